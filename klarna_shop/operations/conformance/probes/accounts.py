"""Accounts, server to server (§8.2, §8.3, §10). None is made: each creation misses something."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    FORMAT,
    NO_SUCH_ID,
    NOBODY,
    Learned,
    Leave,
    Probe,
    invalid,
    missing,
    not_found,
)

_READ, _WRITE = "/external/account/r", "/external/account/w"
_ATTEMPTS, _REPORT = "/v1/accounts/get_authentication_attempts", "/v1/accounts/create_authentication_attempt"
_PASSWORD = "conformance-made-up"  # noqa: S105
_CUSTOMER = {"email": Learned("email")}


def _get(name: str, section: str, path: str, query: dict[str, Any], **facts: Any) -> Probe:
    return Probe(name, section, "GET", path, _READ, query=query, **facts)


def _post(name: str, section: str, path: str, body: dict[str, Any], **facts: Any) -> Probe:
    facts = {"leave": Leave.WRITE, **facts}
    return Probe(name, section, "POST", path, _WRITE, body=body, **facts)


PROBES = (
    _get("status by e-mail", "8.3", "/v1/accounts/status", _CUSTOMER),
    _get("status by id", "8.3", "/v1/accounts/status", {"id": Learned("account_id")}),
    _get("status of an unknown e-mail", "8.3", "/v1/accounts/status", {"email": NOBODY}, claims=not_found()),
    _get("status of an unknown id", "8.3", "/v1/accounts/status", {"id": NO_SUCH_ID}, claims=not_found()),
    _get(
        "active products of an account",
        "8.2",
        "/v1/accounts/active_products",
        {"account_id": Learned("account_id")},
    ),
    _get(
        "active products of an account with articles",
        "17",
        "/v1/accounts/active_products",
        {"account_id": Learned("account_id"), "include_articles": "true"},
    ),
    _get(
        "active products of an unknown account",
        "8.2",
        "/v1/accounts/active_products",
        {"account_id": NO_SUCH_ID},
        claims=not_found(),
    ),
    _get("attempts to sign in", "10.3", _ATTEMPTS, _CUSTOMER),
    _get("attempts of an unknown e-mail", "10.3", _ATTEMPTS, {"email": NOBODY}),
    _get("attempts of nobody", "10.3", _ATTEMPTS, {}, claims=missing("email")),
    _post(
        "report of a successful sign-in",
        "10.4",
        _REPORT,
        {**_CUSTOMER, "login_successful": True, "user_agent": "Klarna Shop conformance", "persist": False},
    ),
    _post("report without an e-mail", "10.4", _REPORT, {"login_successful": True}, claims=missing("email")),
    *(
        probe
        for version in ("v1", "v2")
        for probe in (
            _post(
                f"new account without a password, {version}",
                "10.1",
                f"/{version}/accounts",
                {"email": NOBODY},
                claims=missing("password"),
            ),
            _post(
                f"new account with a password that is too short, {version}",
                "10.1",
                f"/{version}/accounts",
                {"email": NOBODY, "password": "short"},
                claims=invalid("password", section="10.1"),
            ),
        )
    ),
    _post(
        "new account without an e-mail",
        "10.1",
        "/v2/accounts",
        {"password": _PASSWORD},
        claims=missing("email"),
    ),
    _post(
        "new account with an e-mail that is none",
        "10.1",
        "/v2/accounts",
        {"email": "conformance", "password": _PASSWORD},
        claims=invalid("email", FORMAT, "10.2"),
    ),
    _post(
        "new account with an origin that is a text",
        "17",
        "/v2/accounts",
        {"email": NOBODY, "password": "short", "created_from_source": "conformance"},
        claims=invalid(section="2.2"),
    ),
    _post(
        "new account with an e-mail that is taken",
        "10.1",
        "/v2/accounts",
        {**_CUSTOMER, "password": _PASSWORD},
    ),
    # In a sandbox alone: at Payway an account that was made would stay.
    *(
        _post(
            f"new account, {version}",
            "10.1",
            f"/{version}/accounts",
            {"email": Learned("fresh_email"), "password": _PASSWORD},
            leave=Leave.SANDBOX,
        )
        for version in ("v1", "v2")
    ),
)
