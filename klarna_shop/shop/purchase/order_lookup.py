"""Looking up the order of an unfinished purchase at once, on a hint that there is news of it.

Sends nothing but reads to Payway: anyone who gives false hints makes it be asked, and no order placed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from klarna_shop.payway import NotFound, Order, PaywayClient, PaywayError, PlacedOrder, calls_in_scope
from klarna_shop.shop.flows import in_flow
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.orders import order_of
from klarna_shop.shop.purchase.placing import Placing
from klarna_shop.shop.purchase.repository import purchases_named
from klarna_shop.shop.purchase.settling import Settling
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 20.0
"""For one purchase, all its questions together; after that it is left to recovery."""
AWAITS_WORD = frozenset({PurchaseState.UNKNOWN, PurchaseState.PLACED, PurchaseState.UNRESOLVED})
"""States in which only Payway's word is missing. A call that is under way (`placing`) has one that waits for
its answer, with the address that the buyer is led to; before that there is no order."""


@dataclass(frozen=True)
class OrderLookup:
    """Asks Payway what has become of one purchase, beside recovery and safe at the same time as it."""

    payway: PaywayClient
    ledger: Ledger
    placing: Placing
    settling: Settling

    async def unfinished(
        self, *, purchase_id: str = "", order_number: str = "", account_id: str = ""
    ) -> Sequence[Purchase]:
        """Return the purchases with this id, order or account of which only Payway's word is missing."""
        named = partial(
            purchases_named,
            states=AWAITS_WORD,
            purchase_id=purchase_id,
            order_number=order_number,
            account_id=account_id,
        )
        return await self.ledger.database.read(named)

    async def look_up(self, purchase: Purchase, order_number: str = "") -> Purchase:
        """Finish `purchase` as far as Payway's API says; return it as it is afterwards.

        `order_number` is where to look first; it counts only if that order carries this purchase's
        `merchant_reference`. An unreachable Payway leaves the purchase as it is.
        """
        with calls_in_scope(purchase.visitor_id), in_flow(purchase.id):
            try:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    if purchase.status is not PurchaseState.PLACED:
                        purchase = await self._with_order(purchase, order_number)
                    return await self.settling.settle(purchase)
            except (PaywayError, TimeoutError) as error:
                log.info("purchase %s: could not be looked up (%s)", purchase.id[:8], type(error).__name__)
                return purchase

    async def _with_order(self, purchase: Purchase, order_number: str) -> Purchase:
        order = await self._hinted(purchase, order_number) or await order_of(self.payway, purchase)
        if order is None or order.state != "closed":
            return purchase
        return await self.placing.placed(purchase, PlacedOrder(order_id=order.order_id, redirect_url=None))

    async def _hinted(self, purchase: Purchase, order_number: str) -> Order | None:
        if not order_number:
            return None
        try:
            order = await self.payway.orders.by_id(order_number)
        except NotFound:
            return None
        return order if order.merchant_reference == purchase.id else None
