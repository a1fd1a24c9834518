"""Orders, subscriptions and reasons for cancelling (payway-api.md §9)."""

from __future__ import annotations

from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import CancellationReason, Order, Subscription

ORDER = Endpoint("GET", "/v1/order", "/external/order/r")
SUBSCRIPTIONS = Endpoint("GET", "/v1/subscription/get_by_account", "/external/subscription/r")
REASONS = Endpoint("GET", "/v1/cancellation_reasons", "/external/cancellation_reason/r")


class Orders:
    """Orders by number or by account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def by_id(self, order_id: str) -> Order:
        """One order by its number (§9.1).

        Raises:
            NotFound: there is no such order.
        """
        body = await self._calls.call(ORDER, query={"order_id": order_id})
        return understood(ORDER.operation, lambda answer: Order.read(reading.item(answer)), body)

    async def by_account(self, account_id: str) -> list[Order]:
        """All orders of an account (§9.1)."""
        body = await self._calls.call(ORDER, query={"account_id": account_id})
        return understood(
            ORDER.operation, lambda answer: [Order.read(entry) for entry in reading.items(answer)], body
        )


class Subscriptions:
    """Subscriptions of an account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def by_account(self, account_id: str) -> list[Subscription]:
        """All subscriptions of an account, ended ones included (§9.3)."""
        body = await self._calls.call(SUBSCRIPTIONS, query={"account_id": account_id})
        return understood(
            SUBSCRIPTIONS.operation,
            lambda answer: [Subscription.read(entry) for entry in reading.items(answer)],
            body,
        )


class CancellationReasons:
    """Why customers cancel, as the organisation words it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def all(self) -> list[CancellationReason]:
        """Every reason that is not internal (§9.4)."""
        return understood(REASONS.operation, _reasons, await self._calls.call(REASONS))


def _reasons(body: Any) -> list[CancellationReason]:
    return [
        CancellationReason(
            id=reading.required(entry, "id"),
            name=reading.text(entry, "name") or "",
            visible_to_end_customer=reading.boolean(entry, "visible_to_end_customer") is True,
        )
        for entry in reading.items(body)
        if reading.boolean(entry, "internal") is not True
    ]
