"""From an order in Payway to an open article: is the access there?"""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.payway import NotFound, PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase


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
        return changed or await self.ledger.find(purchase.id) or purchase

    async def _truth(self, purchase: Purchase) -> tuple[PurchaseState, Reason | None]:
        if purchase.account_id is None:
            # A new customer has no identity to ask with: Payway's 2xx is what there is to know.
            return PurchaseState.COMPLETED, None
        if purchase.start_date and purchase.start_date > seller_date(self.clock()):
            return PurchaseState.COMPLETED, None
        active = await self.payway.accounts.active_products(purchase.account_id)
        if active.codes & purchase.offer.codes:
            return PurchaseState.COMPLETED, None
        if purchase.order_id and await self._order_failed(purchase.order_id):
            return PurchaseState.REFUSED, Reason.PAYMENT_METHOD_FAILED
        return PurchaseState.PLACED, None

    async def _order_failed(self, order_id: str) -> bool:
        try:
            return (await self.payway.orders.by_id(order_id)).state == "failed"
        except NotFound:
            return False
