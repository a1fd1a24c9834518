"""The current account: what a signed-in customer has and may do (payway-api.md §7, §8, §9.4)."""

from __future__ import annotations

from typing import Any

from klarna_shop.payway import reading
from klarna_shop.payway.answers import understood
from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import Account, ActiveProducts, Eligibility, HistoricPurchase
from klarna_shop.payway.tokens import Identity

READ = "/external/me/r"
WRITE = "/external/me/w"

ACCOUNT = Endpoint("GET", "/v1/me", WRITE, "8.1")
ACCOUNT_V3 = Endpoint("GET", "/v3/me", WRITE, "8.1")
ACTIVE_PRODUCTS = Endpoint("GET", "/v1/me/active_products", WRITE, "8.2")
PRE_VALIDATE = Endpoint("GET", "/v1/me/order/pre_validate_purchase", "/external/me/order/w", "7")
ELIGIBLE = Endpoint("GET", "/v1/me/eligible_for_campaign", READ, "7")
HISTORY = Endpoint("GET", "/v1/me/get_purchase_history", READ, "8.4")
CANCEL = Endpoint("PUT", "/v1/me/cancel_product", WRITE, "9.4")
REACTIVATE = Endpoint("PUT", "/v1/me/reactivate_product", WRITE, "9.4")


class Me:
    """Every call takes the customer's identity.

    Raises (every call):
        IdentityExpired: the customer has to sign in again.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def account(self, identity: Identity) -> Account:
        """The account and what is known of the customer (§8.1)."""
        return understood(ACCOUNT.operation, Account.read, await self._calls.call(ACCOUNT, identity=identity))

    async def account_v3(self, identity: Identity) -> Account:
        """The same from v3, whose addresses are whole ones (§8.1, §13)."""
        body = await self._calls.call(ACCOUNT_V3, identity=identity)
        return understood(ACCOUNT_V3.operation, Account.read, body)

    async def active_products(self, identity: Identity, *, include_articles: bool = False) -> ActiveProducts:
        """All codes the customer may use, products and packages alike (§8.2)."""
        query = {"include_articles": "true"} if include_articles else None
        body = await self._calls.call(ACTIVE_PRODUCTS, identity=identity, query=query)
        return understood(ACTIVE_PRODUCTS.operation, ActiveProducts.read, body)

    async def pre_validate_purchase(
        self, identity: Identity, product_code: str, *, subscription_extension: bool = False
    ) -> Eligibility:
        """Whether the customer may buy this (§7)."""
        query = {"product_code": product_code}
        if subscription_extension:
            query["subscription_extension"] = "true"
        body = await self._calls.call(PRE_VALIDATE, identity=identity, query=query)
        return understood(PRE_VALIDATE.operation, read_eligibility, body)

    async def eligible_for_campaign(self, identity: Identity, campaign_code: str) -> bool:
        """Whether the campaign's own rules let the customer have it (§7)."""
        body = await self._calls.call(ELIGIBLE, identity=identity, query={"campaign_code": campaign_code})
        return understood(ELIGIBLE.operation, _eligible, body)

    async def purchase_history(self, identity: Identity) -> list[HistoricPurchase]:
        """What the customer has paid (§8.4)."""
        body = await self._calls.call(HISTORY, identity=identity)
        return understood(HISTORY.operation, _history, body)

    async def cancel_product(
        self, identity: Identity, user_product_id: str, cancellation_reason_id: str | None = None
    ) -> None:
        """End a subscription at its next renewal (§9.4).

        Raises:
            Conflict: this subscription cannot be cancelled this way.
        """
        body = {"id": user_product_id}
        if cancellation_reason_id:
            body["cancellation_reason_id"] = cancellation_reason_id
        await self._calls.call(CANCEL, identity=identity, body=body)

    async def reactivate_product(self, identity: Identity, user_product_id: str) -> None:
        """Take a cancellation back while the period runs (§9.4).

        Raises:
            Conflict: it is too late, or this subscription cannot be reactivated this way.
        """
        await self._calls.call(REACTIVATE, identity=identity, body={"id": user_product_id})


def read_eligibility(body: Any) -> Eligibility:
    """Whether a purchase is allowed, from either of the two endpoints that say so."""
    source = reading.item(body)
    allowed = reading.boolean(source, "can_purchase")
    if allowed is None:
        raise reading.Unreadable("can_purchase is missing")
    return Eligibility(allowed, reading.text(source, "reason") or "")


def _eligible(body: Any) -> bool:
    eligible = reading.boolean(reading.item(body), "eligible")
    if eligible is None:
        raise reading.Unreadable("eligible is missing")
    return eligible


def _history(body: Any) -> list[HistoricPurchase]:
    return [HistoricPurchase.read(entry) for entry in reading.items(body)]
