"""From an order in Payway to an open article: is the access there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from klarna_shop.payway import PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock, is_ahead
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.flows import in_flow
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.orders import order_of
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

SWITCHED_ON_WITHIN = timedelta(hours=1)
"""A paid order whose code Payway does not list by then has arrived all the same (it may be listed under the
codes of its products alone): the reader is not kept waiting for ever."""


@dataclass(frozen=True)
class Settling:
    """Completes a placed purchase as soon as Payway says that it opens articles."""

    payway: PaywayClient
    entitlements: Entitlements
    ledger: Ledger
    clock: Clock

    async def settle(self, purchase: Purchase) -> Purchase:
        """Complete `purchase` if it can be; an unreachable Payway leaves it as it is, to be asked again."""
        if purchase.status is not PurchaseState.PLACED:
            return purchase
        try:
            with in_flow(purchase.id):
                state, reason = await self._truth(purchase)
        except PaywayError:
            return purchase
        if state is PurchaseState.PLACED:
            return purchase
        changed = await self.ledger.change(
            purchase,
            state,
            cause="access confirmed" if state is PurchaseState.COMPLETED else "the order failed in Payway",
            reason=reason.value if reason else "",
            completed_at=self.clock() if state is PurchaseState.COMPLETED else None,
        )
        if changed is not None and purchase.account_id:
            self.entitlements.forget(purchase.account_id)
        return changed or await self.ledger.current(purchase)

    async def _truth(self, purchase: Purchase) -> tuple[PurchaseState, Reason | None]:
        if purchase.account_id is None:
            # A new customer has no identity to ask with: Payway's 2xx is what there is to know.
            return PurchaseState.COMPLETED, None
        if purchase.start_date and purchase.start_date > seller_date(self.clock()):
            return PurchaseState.COMPLETED, None
        active = await self.payway.accounts.active_products(purchase.account_id)
        if active.codes & purchase.offer.codes:
            return PurchaseState.COMPLETED, None
        order = await order_of(self.payway, purchase)
        if order is not None and order.state == "failed":
            return PurchaseState.REFUSED, Reason.PAYMENT_METHOD_FAILED
        placed_at = purchase.placed_at or purchase.created_at
        now = self.clock()
        is_late = now - placed_at > SWITCHED_ON_WITHIN or is_ahead(placed_at, now)
        if order is not None and order.state == "closed" and is_late:
            return PurchaseState.COMPLETED, None
        return PurchaseState.PLACED, None
