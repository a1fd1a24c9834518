"""What a target sells, and what its test customer has: codes and ids for the probes to use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from klarna_shop.operations.conformance.knowledge import Knowledge, NotKnown
from klarna_shop.operations.conformance.wire import Wire

_LOOKED_AT = 10
"""How many packages and how many campaigns are asked for their periods."""


async def discover(wire: Wire, knowledge: Knowledge) -> None:
    """Learn what there is. What is missing stays unknown; the probes that need it say so.

    Raises:
        Unreachable: the target does not answer.
    """
    for look in (_look_for_offers, _look_at_customer):
        try:
            await look(wire, knowledge)
        except NotKnown:
            continue


async def _look_for_offers(wire: Wire, knowledge: Knowledge) -> None:
    catalogue = await wire.client_token("/external/product/r")
    klarna = await wire.client_token("/external/klarna_payments/r")
    title = knowledge.value("title_code")
    wanted = {"package": {"package"}, "campaign": {"campaign", "trial"}}
    for kind, roles in wanted.items():
        found = await wire.get(f"/v2/products/{kind}/search", catalogue, title_code=title)
        for product in list(_entries(found))[:_LOOKED_AT]:
            code = product.get("product_code")
            if not roles or not isinstance(code, str):
                continue
            periods = await wire.get("/v2/klarna_payments/payment_periods", klarna, code=code)
            period = next((entry for entry in _entries(periods) if entry.get("enabled") is True), None)
            if period is None:
                continue
            role = "trial" if kind == "campaign" and period.get("price") == 0 else kind
            if role in roles:
                roles.remove(role)
                knowledge.learn(f"{role}_code", code)
                knowledge.learn(f"{role}_id", product.get("id"))
                knowledge.learn(f"{role}_period_id", period.get("id"))
                knowledge.learn(f"{role}_period_type", period.get("type"))


async def _look_at_customer(wire: Wire, knowledge: Knowledge) -> None:
    account = await wire.get("/v1/me", await wire.customer_token("/external/me/w"))
    if not isinstance(account, dict):
        return
    item = account.get("item", account)
    if not isinstance(item, dict):
        return
    knowledge.learn("account_id", item.get("id"))
    for product in _objects(item.get("user_products")):
        knowledge.learn("order_id", product.get("order_id"))
        if product.get("state") == "activated":
            knowledge.learn("user_product_id", product.get("id"))


def _entries(body: Any) -> Iterator[dict[str, Any]]:
    held = body.get("items", body.get("item")) if isinstance(body, dict) else body
    return _objects(held)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else iter(())
