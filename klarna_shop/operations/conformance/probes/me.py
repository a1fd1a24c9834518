"""The current account (§8) and its cancellations (§9.4). No subscription that exists is touched."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import (
    FORMAT,
    NO_SUCH_ID,
    Learned,
    Leave,
    Probe,
    invalid,
    missing,
    not_found,
)
from klarna_shop.sandbox.provenance import Provenance

_READ, _WRITE = "/external/me/r", "/external/me/w"
_CANCEL, _REACTIVATE = "/v1/me/cancel_product", "/v1/me/reactivate_product"


def _get(name: str, section: str, path: str, scope: str = _WRITE, **facts: Any) -> Probe:
    return Probe(name, section, "GET", path, scope, identity=True, **facts)


def _put(name: str, path: str, body: dict[str, Any], **facts: Any) -> Probe:
    facts = {"leave": Leave.WRITE, **facts}
    return Probe(name, "9.4", "PUT", path, _WRITE, True, body=body, **facts)


PROBES = (
    _get("account, v1", "8.1", "/v1/me"),
    _get("account, v1 with a slash", "15.2", "/v1/me/", declared="/v1/me", known=Provenance.INFERRED),
    _get("account, v3", "8.1", "/v3/me"),
    _get("active products", "8.2", "/v1/me/active_products"),
    _get(
        "active products with articles", "8.2", "/v1/me/active_products", query={"include_articles": "true"}
    ),
    _get("purchase history", "8.4", "/v1/me/get_purchase_history", _READ),
    _put("cancellation of nothing", _CANCEL, {"id": NO_SUCH_ID}, claims=not_found()),
    _put("cancellation without an id", _CANCEL, {}, claims=missing("id")),
    _put("cancellation by an id in a wrong format", _CANCEL, {"id": "x"}, claims=invalid("id", FORMAT)),
    _put("reactivation of nothing", _REACTIVATE, {"id": NO_SUCH_ID}, claims=not_found()),
)

_OWN = {"id": Learned("user_product_id")}
CHANGES = (
    _put("cancellation", _CANCEL, _OWN, leave=Leave.SANDBOX),
    _put("cancellation of what is cancelled", _CANCEL, _OWN, leave=Leave.SANDBOX),
    _put("reactivation", _REACTIVATE, _OWN, leave=Leave.SANDBOX),
    _put("reactivation of what is active", _REACTIVATE, _OWN, leave=Leave.SANDBOX),
    Probe(
        "cancellation for an account",
        "9.4",
        "PUT",
        "/v1/accounts/cancel_product",
        "/external/account/w",
        body={"id": Learned("account_id"), "user_product_id": Learned("user_product_id")},
        leave=Leave.SANDBOX,
    ),
    _put("second reactivation", _REACTIVATE, _OWN, leave=Leave.SANDBOX),
    Probe(
        "cancellation by a subscription system",
        "9.4",
        "PUT",
        "/v1/subscription_system/cancel_payway_provisioned_subscription",
        "/external/subscription_system/w",
        body={"account_id": Learned("account_id"), "user_product_id": Learned("user_product_id")},
        leave=Leave.SANDBOX,
    ),
    Probe(
        "reactivation by a subscription system",
        "17",
        "PUT",
        "/v1/subscription_system/reactivate_payway_provisioned_subscription",
        "/external/subscription_system/w",
        body={"account_id": Learned("account_id"), "user_product_id": Learned("user_product_id")},
        leave=Leave.SANDBOX,
        known=Provenance.INFERRED,
    ),
)
"""What ends subscriptions and takes that back; sent last, and to sandboxes alone."""
