"""Codes and articles that an account may use, the same for both endpoints that tell them (§8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from klarna_shop.sandbox.endpoint import Call
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.subscriptions import active_products
from klarna_shop.sandbox.tables import Subscription

INCLUDE_ARTICLES = Parameter(
    "include_articles",
    "boolean",
    default=False,
    description="Whether single articles that were bought are listed, too.",
)


def allowed(call: Call, account_id: str, subscriptions: Sequence[Subscription]) -> dict[str, Any]:
    """Return the answer for an account. Single articles are not sold here: their list is empty."""
    item: dict[str, Any] = {
        "id": account_id,
        "active_products": active_products(call.services, list(subscriptions)),
    }
    if call.values["include_articles"]:
        item["active_articles"] = []
    return item
