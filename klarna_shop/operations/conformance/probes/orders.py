"""Orders and subscriptions, server to server (§9)."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    NO_SUCH_CODE,
    NO_SUCH_ID,
    ONE_OF,
    ONLY_ONE,
    Learned,
    Leave,
    Probe,
    invalid,
    missing,
    not_found,
)

_ORDER, _ORDER_SCOPE = "/v1/order", "/external/order/r"
_START_DATES = "/v1/order/get_possible_start_dates"
_PACKAGE = Learned("package_code")
_SUBSCRIPTIONS, _SUBSCRIPTION_SCOPE = "/v1/subscription/get_by_account", "/external/subscription/r"
_USER_PRODUCTS, _USER_PRODUCT_SCOPE = "/v1/userproducts/{account_id}", "/external/userproduct/w"
_REASONS, _REASON_SCOPE = "/v1/cancellation_reasons", "/external/cancellation_reason/r"
_SYSTEM = "/v1/subscription_system/cancel_payway_provisioned_subscription"
_SYSTEM_SCOPE = "/external/subscription_system/w"


def _get(name: str, section: str, path: str, scope: str, query: dict[str, Any], **facts: Any) -> Probe:
    return Probe(name, section, "GET", path, scope, query=query, **facts)


PROBES = (
    _get("orders of an account", "9.1", _ORDER, _ORDER_SCOPE, {"account_id": Learned("account_id")}),
    _get("order by its number", "9.1", _ORDER, _ORDER_SCOPE, {"order_id": Learned("order_id")}),
    _get(
        "unknown order",
        "9.1",
        _ORDER,
        _ORDER_SCOPE,
        {"order_id": Learned("no_such_order")},
    ),
    _get(
        "orders of an unknown account",
        "9.1",
        _ORDER,
        _ORDER_SCOPE,
        {"account_id": NO_SUCH_ID},
    ),
    _get("order without parameters", "9.1", _ORDER, _ORDER_SCOPE, {}, claims=invalid(message=ONE_OF)),
    _get(
        "order by number and account at once",
        "9.1",
        _ORDER,
        _ORDER_SCOPE,
        {"order_id": Learned("no_such_order"), "account_id": NO_SUCH_ID},
        claims=invalid(message=ONLY_ONE),
    ),
    _get("start dates of a package", "17", _START_DATES, _ORDER_SCOPE, {"product_code": _PACKAGE}),
    _get(
        "start dates of a package for an account",
        "17",
        _START_DATES,
        _ORDER_SCOPE,
        {"product_code": _PACKAGE, "account_id": Learned("account_id")},
    ),
    _get("start dates of an unknown code", "17", _START_DATES, _ORDER_SCOPE, {"product_code": NO_SUCH_CODE}),
    _get("start dates of nothing", "17", _START_DATES, _ORDER_SCOPE, {}, claims=missing("product_code")),
    _get(
        "subscriptions of an account",
        "9.3",
        _SUBSCRIPTIONS,
        _SUBSCRIPTION_SCOPE,
        {"account_id": Learned("account_id")},
    ),
    _get(
        "subscriptions of an unknown account",
        "9.3",
        _SUBSCRIPTIONS,
        _SUBSCRIPTION_SCOPE,
        {"account_id": NO_SUCH_ID},
    ),
    _get(
        "subscriptions of nobody",
        "9.3",
        _SUBSCRIPTIONS,
        _SUBSCRIPTION_SCOPE,
        {},
        claims=missing("account_id"),
    ),
    _get("user products of an account", "9.3", _USER_PRODUCTS, _USER_PRODUCT_SCOPE, {}),
    _get("reasons for cancelling", "9.4", _REASONS, _REASON_SCOPE, {}),
    _get(
        "reasons for cancelling, internal ones too",
        "9.4",
        _REASONS,
        _REASON_SCOPE,
        {"include_internal": "true"},
    ),
    _get("reasons that customers see", "9.4", _REASONS, _REASON_SCOPE, {"visible_to_end_customer": "true"}),
    Probe(
        "cancellation of nothing for an account",
        "9.4",
        "PUT",
        "/v1/accounts/cancel_product",
        "/external/account/w",
        body={"id": Learned("account_id"), "user_product_id": NO_SUCH_ID},
        leave=Leave.WRITE,
        claims=not_found(),
    ),
    Probe(
        "cancellation of nothing by a subscription system",
        "9.4",
        "PUT",
        _SYSTEM,
        _SYSTEM_SCOPE,
        body={"account_id": Learned("account_id"), "user_product_id": NO_SUCH_ID},
        leave=Leave.WRITE,
        claims=not_found(),
    ),
)
