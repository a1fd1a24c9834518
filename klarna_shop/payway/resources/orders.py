"""Orders, subscriptions and reasons for cancelling (payway-api.md §9)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import CancellationReason, Order, OrderValidation, Subscription

ORDER = Endpoint("GET", "/v1/order", "/external/order/r", "9.1")
START_DATES = Endpoint("GET", "/v1/order/get_possible_start_dates", "/external/order/r", "17")
VALIDATION = Endpoint("GET", "/v2/order_validation", "/external/order_validation/r", "7")
RANKED = Endpoint("GET", "/v1/ranked_campaign_group/get_purchasable_product_code", "/external/order/r", "7")
SUBSCRIPTIONS = Endpoint("GET", "/v1/subscription/get_by_account", "/external/subscription/r", "9.3")
USER_PRODUCTS = Endpoint("GET", "/v1/userproducts/{account_id}", "/external/userproduct/w", "9.3")
CANCEL = Endpoint(
    "PUT",
    "/v1/subscription_system/cancel_payway_provisioned_subscription",
    "/external/subscription_system/w",
    "9.4",
)
REACTIVATE = Endpoint(
    "PUT",
    "/v1/subscription_system/reactivate_payway_provisioned_subscription",
    "/external/subscription_system/w",
    "17",
)
REASONS = Endpoint("GET", "/v1/cancellation_reasons", "/external/cancellation_reason/r", "9.4")

ENTITY_ID = re.compile(r"[a-f\d]{24}", re.ASCII | re.IGNORECASE)
"""Payway's form of an id (§1.4): nothing else may become part of a path."""


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

    async def possible_start_dates(
        self, product_code: str, *, account_id: str | None = None
    ) -> tuple[date, ...]:
        """Return the days on which a subscription may begin, in order (§17); any other may be refused.

        Raises:
            NotFound: there is no such code or account.
        """
        query = {"product_code": product_code} | ({"account_id": account_id} if account_id else {})
        body = await self._calls.call(START_DATES, query=query)
        return understood(START_DATES.operation, _start_dates, body)

    async def validate(
        self,
        product_code: str,
        *,
        account_id: str | None = None,
        date_of_birth: date | None = None,
        ssn: str | None = None,
    ) -> OrderValidation:
        """What the organisation's own rules say, such as a lowest age (§7). Takes one of the three."""
        given = {
            "account_id": account_id,
            "date_of_birth": date_of_birth.isoformat() if date_of_birth else None,
            "ssn": ssn,
        }
        query = {name: value for name, value in given.items() if value is not None}
        if len(query) != 1:
            raise ValueError(f"takes exactly one of {', '.join(given)}")
        body = await self._calls.call(VALIDATION, query={"product_code": product_code, **query})
        return understood(VALIDATION.operation, OrderValidation.read, body)

    async def purchasable_product_code(
        self,
        account_id: str,
        *,
        package_code: str | None = None,
        campaign_code: str | None = None,
        ignore_active_subscriptions: bool = False,
    ) -> str | None:
        """The first code of a ranked group that the account may buy; None for none (§7)."""
        given = {"package_code": package_code, "campaign_code": campaign_code}
        query = {name: value for name, value in given.items() if value is not None}
        if len(query) != 1:
            raise ValueError(f"takes exactly one of {', '.join(given)}")
        if ignore_active_subscriptions:
            query["ignore_active_subscriptions"] = "true"
        body = await self._calls.call(RANKED, query={"account_id": account_id, **query})
        return understood(RANKED.operation, _code, body)


class Subscriptions:
    """Subscriptions of an account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def by_account(self, account_id: str) -> list[Subscription]:
        """All subscriptions of an account, ended ones included (§9.3)."""
        body = await self._calls.call(SUBSCRIPTIONS, query={"account_id": account_id})
        return understood(
            SUBSCRIPTIONS.operation,
            _subscriptions,
            body,
        )

    async def user_products(self, account_id: str) -> list[Subscription]:
        """The same in fewer words, for a client that holds this scope only (§9.3).

        Raises:
            ValueError: an account id has 24 hexadecimal digits.
        """
        if not ENTITY_ID.fullmatch(account_id):
            raise ValueError("not an account id")
        body = await self._calls.call(USER_PRODUCTS, path={"account_id": account_id})
        return understood(USER_PRODUCTS.operation, _subscriptions, body)

    async def cancel(
        self,
        account_id: str,
        user_product_id: str,
        cancellation_reason_id: str | None = None,
        *,
        credit_invoice_if_sent: bool = False,
    ) -> None:
        """End a subscription at its next renewal, as a subscription system may (§9.4).

        Raises:
            NotFound: the account has no such subscription.
            Conflict: this subscription cannot be cancelled this way.
        """
        body: dict[str, Any] = {"account_id": account_id, "user_product_id": user_product_id}
        if cancellation_reason_id:
            body["cancellation_reason_id"] = cancellation_reason_id
        if credit_invoice_if_sent:
            body["credit_invoice_if_sent"] = True
        await self._calls.call(CANCEL, body=body)

    async def reactivate(self, account_id: str, user_product_id: str) -> None:
        """Take a cancellation back, as a subscription system may (§17); its parameters are inferred.

        Raises:
            NotFound: the account has no such subscription.
            Conflict: it is too late, or this subscription cannot be reactivated this way.
        """
        body = {"account_id": account_id, "user_product_id": user_product_id}
        await self._calls.call(REACTIVATE, body=body)


class CancellationReasons:
    """Why customers cancel, as the organisation words it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def all(
        self, *, include_internal: bool = False, visible_to_end_customer: bool | None = None
    ) -> list[CancellationReason]:
        """Every reason (§9.4); internal ones only where they are asked for."""
        query = {"include_internal": "true"} if include_internal else {}
        if visible_to_end_customer is not None:
            query["visible_to_end_customer"] = "true" if visible_to_end_customer else "false"
        reasons = understood(REASONS.operation, _reasons, await self._calls.call(REASONS, query=query))
        return [reason for reason in reasons if include_internal or not reason.internal]


def _start_dates(body: Any) -> tuple[date, ...]:
    """Read the list; an entry that is no date is left out."""
    source = reading.item(body)
    if not isinstance(source.get("subscription_start_dates"), list):
        raise reading.Unreadable("subscription_start_dates is missing")
    return tuple(sorted(set(reading.days(source, "subscription_start_dates"))))


def _subscriptions(body: Any) -> list[Subscription]:
    return [Subscription.read(entry) for entry in reading.items(body)]


def _reasons(body: Any) -> list[CancellationReason]:
    return [CancellationReason.read(entry) for entry in reading.items(body)]


def _code(body: Any) -> str | None:
    """`{"item": "<code>"}`, or `{"item": null}`: the one answer whose item is not an object (§1.3)."""
    if not isinstance(body, dict) or "item" not in body or not isinstance(body["item"], str | None):
        raise reading.Unreadable("item is missing")
    return body["item"] or None
