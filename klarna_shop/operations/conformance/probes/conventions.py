"""What all endpoints have in common: tokens, parameters, bodies, unknown paths (§1, §2)."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    FORMAT,
    NO_SUCH_ID,
    ONE_OF,
    ONLY_ONE,
    UNKNOWN,
    Bearer,
    Learned,
    Leave,
    Probe,
    invalid,
    missing,
    refusal,
)
from klarna_shop.sandbox.provenance import Provenance

_TITLE, _FIND = "/external/title/r", "/v1/titles/find_one"
_ACCOUNT, _STATUS = "/external/account/r", "/v1/accounts/status"
_ME = "/external/me/w"
_KLARNA, _SESSION = "/external/klarna_payments/w", "/v2/klarna_payments/create_session"
_TITLE_CODE = {"title_code": Learned("title_code")}


def _get(
    name: str, path: str, scope: str, query: dict[str, Any], section: str = "2.2", **facts: Any
) -> Probe:
    return Probe(name, section, "GET", path, scope, query=query, **facts)


def _broken(name: str, method: str, path: str, scope: str, raw: bytes, code: str, **facts: Any) -> Probe:
    """A body that is refused before anything is looked at."""
    return Probe(name, "2.2", method, path, scope, raw=raw, claims=refusal(400, code, section="2.2"), **facts)


PROBES = (
    _get("call without a token", _FIND, _TITLE, _TITLE_CODE, bearer=Bearer.NONE),
    _get("call with a made-up token", _FIND, _TITLE, _TITLE_CODE, bearer=Bearer.MADE_UP),
    _get("call with a token of another scope", _FIND, _TITLE, _TITLE_CODE, bearer=Bearer.OTHER_SCOPE),
    _get(
        "identity endpoint with a token without identity",
        "/v1/me/active_products",
        _ME,
        {},
        identity=True,
        bearer=Bearer.WITHOUT_IDENTITY,
    ),
    _get(
        "identity endpoint of orders with a token without identity",
        "/v1/me/order/pre_validate_purchase",
        "/external/me/order/w",
        {"product_code": Learned("package_code")},
        identity=True,
        bearer=Bearer.WITHOUT_IDENTITY,
    ),
    _get(
        "unknown parameters",
        _FIND,
        _TITLE,
        {**_TITLE_CODE, "foo": "1", "bar": "2"},
        claims=refusal(400, "unknown_parameter", message=UNKNOWN, section="2.2"),
    ),
    _get("missing parameter", _FIND, _TITLE, {}, claims=missing("title_code")),
    _get(
        "missing code",
        "/v2/klarna_payments/payment_periods",
        "/external/klarna_payments/r",
        {},
        claims=missing("code"),
    ),
    _get(
        "id in a wrong format",
        "/v1/accounts/active_products",
        _ACCOUNT,
        {"account_id": "conformance"},
        claims=invalid("account_id", FORMAT),
    ),
    _get(
        "e-mail in a wrong format",
        _STATUS,
        _ACCOUNT,
        {"email": "conformance"},
        claims=invalid("email", FORMAT),
    ),
    _get("code in a wrong format", _FIND, _TITLE, {"title_code": "å b"}, claims=invalid("title_code")),
    _get("code that is too long", _FIND, _TITLE, {"title_code": "x" * 16}, claims=invalid("title_code")),
    _get("neither of two parameters", _STATUS, _ACCOUNT, {}, claims=invalid(message=ONE_OF)),
    _get(
        "both of two exclusive parameters",
        _STATUS,
        _ACCOUNT,
        {"id": NO_SUCH_ID, "email": "nobody@conformance.example"},
        claims=invalid(message=ONLY_ONE),
    ),
    _get(
        "number out of range",
        "/v2/products/package/search",
        "/external/product/r",
        {**_TITLE_CODE, "page_size": "26"},
        "1.6",
        claims=invalid("page_size", section="1.6"),
    ),
    _get(
        "boolean that is none",
        "/v2/products/package/search",
        "/external/product/r",
        {**_TITLE_CODE, "include_inactive": "maybe"},
        claims=invalid("include_inactive"),
    ),
    _broken("broken JSON", "POST", _SESSION, _KLARNA, b"{", "json_parser_error"),
    _broken(
        "broken JSON with an identity",
        "PUT",
        "/v1/me/reactivate_product",
        _ME,
        b"{",
        "json_parser_error",
        identity=True,
    ),
    _broken("JSON that is no object", "POST", _SESSION, _KLARNA, b"[]", "json_parser_error"),
    _broken(
        "body of another content type",
        "POST",
        _SESSION,
        _KLARNA,
        b"{}",
        "invalid_content_type_error",
        media_type="text/plain",
    ),
    Probe(
        "form in place of JSON",
        "2.2",
        "POST",
        _SESSION,
        _KLARNA,
        raw=b"code=conformance",
        media_type="application/x-www-form-urlencoded",
        claims=refusal(400, "invalid_content_type_error", section="2.2"),
    ),
    Probe(
        "parameters of a GET as JSON",
        "15.2",
        "GET",
        _FIND,
        _TITLE,
        body=_TITLE_CODE,
        known=Provenance.INFERRED,
    ),
    Probe("unknown path", "2.2", "GET", "/v1/conformance/no_such_endpoint", _TITLE),
    Probe(
        "verb that a path does not take",
        "2.2",
        "POST",
        _FIND,
        _TITLE,
        body=_TITLE_CODE,
        leave=Leave.WRITE,
    ),
    Probe(
        "write without a token",
        "2.2",
        "POST",
        _SESSION,
        _KLARNA,
        body={"code": "conformance-no-such-code"},
        bearer=Bearer.NONE,
    ),
)
