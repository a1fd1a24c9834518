"""Whether somebody may buy (§7)."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    FORMAT,
    NO_SUCH_CODE,
    NOBODY,
    ONE_OF,
    ONLY_ONE,
    Learned,
    Probe,
    invalid,
    missing,
)
from klarna_shop.sandbox.provenance import Provenance

_OWN, _OWN_SCOPE = "/v1/me/order/pre_validate_purchase", "/external/me/order/w"
_ANY, _ANY_SCOPE = "/v4/accounts/pre_validate_purchase", "/external/account/r"
_CAMPAIGN, _CAMPAIGN_SCOPE = "/v1/me/eligible_for_campaign", "/external/me/r"
_VALIDATION, _VALIDATION_SCOPE = "/v2/order_validation", "/external/order_validation/r"
_RANKED = "/v1/ranked_campaign_group/get_purchasable_product_code"
_PACKAGE = Learned("package_code")


def _get(name: str, path: str, scope: str, query: dict[str, Any], **facts: Any) -> Probe:
    return Probe(name, "7", "GET", path, scope, path.startswith("/v1/me/"), query=query, **facts)


PROBES = (
    _get("may the customer buy a package", _OWN, _OWN_SCOPE, {"product_code": _PACKAGE}),
    _get("may the customer buy a campaign", _OWN, _OWN_SCOPE, {"product_code": Learned("campaign_code")}),
    _get(
        "may the customer extend a package",
        _OWN,
        _OWN_SCOPE,
        {"product_code": _PACKAGE, "subscription_extension": "true"},
    ),
    _get("may the customer buy an unknown code", _OWN, _OWN_SCOPE, {"product_code": NO_SUCH_CODE}),
    _get("may the customer buy, without a code", _OWN, _OWN_SCOPE, {}, claims=missing("product_code")),
    _get("may a stranger buy", _ANY, _ANY_SCOPE, {"product_code": _PACKAGE, "contact_email": NOBODY}),
    _get(
        "may the customer buy, by e-mail",
        _ANY,
        _ANY_SCOPE,
        {"product_code": _PACKAGE, "contact_email": Learned("email")},
    ),
    _get(
        "may a stranger buy an unknown code",
        _ANY,
        _ANY_SCOPE,
        {"product_code": NO_SUCH_CODE, "contact_email": NOBODY},
    ),
    _get(
        "may nobody buy",
        _ANY,
        _ANY_SCOPE,
        {"product_code": _PACKAGE, "contact_email": "conformance"},
        claims=invalid("contact_email", FORMAT),
    ),
    _get(
        "is the customer eligible for a campaign",
        _CAMPAIGN,
        _CAMPAIGN_SCOPE,
        {"campaign_code": Learned("campaign_code")},
    ),
    _get(
        "is the customer eligible for an unknown campaign",
        _CAMPAIGN,
        _CAMPAIGN_SCOPE,
        {"campaign_code": NO_SUCH_CODE},
    ),
    _get(
        "order rules for a date of birth",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"product_code": _PACKAGE, "date_of_birth": "1980-06-10"},
    ),
    _get(
        "order rules for a child",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"product_code": _PACKAGE, "date_of_birth": Learned("ten_years_ago")},
    ),
    _get(
        "order rules for the customer",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"product_code": _PACKAGE, "account_id": Learned("account_id")},
    ),
    _get(
        "order rules by the older parameter",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"package_code": _PACKAGE, "date_of_birth": "1980-06-10"},
        known=Provenance.INFERRED,
    ),
    _get(
        "order rules for nobody",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"product_code": _PACKAGE},
        claims=invalid(message=ONE_OF),
    ),
    _get(
        "order rules for two people at once",
        _VALIDATION,
        _VALIDATION_SCOPE,
        {"product_code": _PACKAGE, "account_id": "f" * 24, "date_of_birth": "1980-06-10"},
        claims=invalid(message=ONLY_ONE),
    ),
    *(
        _get(name, _RANKED, "/external/order/r", {"account_id": Learned("account_id"), **query}, **facts)
        for name, query, facts in (
            ("best campaign on a package", {"package_code": _PACKAGE}, {}),
            ("best campaign of a group", {"campaign_code": Learned("campaign_code")}, {}),
            (
                "best campaign beside an active subscription",
                {"package_code": _PACKAGE, "ignore_active_subscriptions": "true"},
                {},
            ),
            ("best campaign on an unknown package", {"package_code": NO_SUCH_CODE}, {}),
            ("best campaign of nothing", {}, {"claims": invalid(section="7")}),
        )
    ),
    _get(
        "best campaign for nobody",
        _RANKED,
        "/external/order/r",
        {"package_code": _PACKAGE},
        claims=missing("account_id"),
    ),
)
