"""What a reader has bought and may withdraw from: in this shop, and what else their account has in Payway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from klarna_shop.payway import Order, PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import Purchase, Purchases
from klarna_shop.shop.purchase.repository import purchases_by_ids
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal.period import deadline

log = logging.getLogger(__name__)

ASKING_SECONDS = 5.0
"""How long whoever declares waits for Payway to say that an order is theirs."""


class CannotTell(Exception):
    """Payway does not answer, so nobody knows whose an order is that was not bought in this shop."""


@dataclass(frozen=True)
class Contract:
    """One order of the reader. `price` in öre; `is_open` says whether the right still stands.

    `order_id` is empty where Payway's answer with it was lost: then the purchase alone says which it is.
    """

    order_id: str
    name: str
    price: int
    bought: date
    is_open: bool
    account_id: str | None = None
    purchase_id: str | None = None

    @property
    def reference(self) -> str:
        """What a form names it by."""
        return self.order_id or self.purchase_id or ""


@dataclass(frozen=True)
class Contracts:
    """Finds contracts; every answer is about the reader's own."""

    payway: PaywayClient
    purchases: Purchases
    clock: Clock

    async def of(self, reader: Reader) -> list[Contract]:
        """The reader's contracts, newest first. Without Payway's answer, those that this shop knows."""
        here = await self._here(reader)
        known = {name for one in here for name in (one.order_id, one.purchase_id) if name}
        there = await self._there(await self._orders(reader.account_id), reader.account_id)
        elsewhere = [one for one in there if known.isdisjoint({one.order_id, one.purchase_id})]
        return sorted([*here, *elsewhere], key=lambda contract: contract.bought, reverse=True)

    async def find(self, reader: Reader, reference: str) -> Contract | None:
        """The reader's contract with this order number, or of this purchase; Payway is asked last.

        Raises:
            CannotTell: it was not bought here, and Payway does not say in time whose it is.
        """
        named = (one for one in await self._here(reader) if reference in {one.order_id, one.purchase_id})
        if (found := next(named, None)) is not None or reader.account_id is None:
            return found
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                orders = await self.payway.orders.by_account(reader.account_id)
        except (PaywayError, TimeoutError) as error:
            raise CannotTell from error
        there = await self._there(orders, reader.account_id)
        return next((one for one in there if one.order_id == reference), None)

    async def _here(self, reader: Reader) -> list[Contract]:
        return [self.of_purchase(purchase) for purchase in await self.purchases.bought_by(reader)]

    async def _orders(self, account_id: str | None) -> Sequence[Order]:
        if account_id is None:
            return ()
        try:
            return await self.payway.orders.by_account(account_id)
        except PaywayError as error:
            log.warning("withdrawal: Payway's orders are missing (%s)", type(error).__name__)
            return ()

    async def _there(self, orders: Sequence[Order], account_id: str | None) -> list[Contract]:
        """Return the contracts among an account's orders; those of purchases here name the purchase.

        Another browser may have made the purchase, and the answer to it may have lacked the order's number
        (payway-api.md §17): the order's `merchant_reference` says which purchase it is of.
        """
        main = [order for order in orders if order.state == "closed" and order.parent_order_id is None]
        references = [one.merchant_reference for one in main]
        bought = await self.purchases.ledger.database.read(
            lambda session: purchases_by_ids(session, references)
        )
        here = {purchase.id: purchase for purchase in bought}
        return [self._of_order(order, account_id, here.get(order.merchant_reference or "")) for order in main]

    def of_purchase(self, purchase: Purchase) -> Contract:
        """The contract of a purchase that has an order."""
        bought, today = purchase.concluded_on, seller_date(self.clock())
        begun = purchase.start_date is None or purchase.start_date <= today
        return Contract(
            order_id=purchase.order_id or "",
            name=purchase.name,
            price=purchase.price,
            bought=bought,
            is_open=today <= deadline(bought) and not (purchase.waived_at is not None and begun),
            account_id=purchase.account_id,
            purchase_id=purchase.id,
        )

    def _of_order(self, order: Order, account_id: str | None, purchase: Purchase | None) -> Contract:
        if purchase is not None:
            return replace(self.of_purchase(purchase), order_id=order.order_id, account_id=account_id)
        today = seller_date(self.clock())
        bought = seller_date(order.created) if order.created else today
        return Contract(
            order_id=order.order_id,
            name=order.description or order.product_code or order.order_id,
            price=order.price_ore or 0,
            bought=bought,
            is_open=today <= deadline(bought),
            account_id=account_id,
        )
