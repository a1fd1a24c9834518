"""Finishing what was interrupted: crashes, lost answers, silence (law 3 of the architecture)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from klarna_shop.payway import PaywayClient, PaywayError, PlacedOrder
from klarna_shop.settings import Settings
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.placing import SESSION_LIFETIME, Placing
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.settling import Settling
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
WAITING = timedelta(seconds=10)
"""How long an approved or placed purchase is left to the page that is working on it."""
SLOWEST_RETRY = timedelta(minutes=5)


@dataclass
class Recovery:
    """Looks at unfinished purchases, at start and then periodically."""

    settings: Settings
    payway: PaywayClient
    ledger: Ledger
    placing: Placing
    settling: Settling
    clock: Clock
    last_run: datetime | None = field(default=None, init=False)

    async def run(self) -> None:
        """Run until cancelled. One failing round is logged and does not end the next."""
        await self._guarded(self.after_start)
        while True:
            await self._guarded(self.once)
            await asyncio.sleep(EVERY_SECONDS)

    async def after_start(self) -> None:
        """Nobody can still be waiting for an answer that went to a process which is gone."""
        if self.settings.app_workers == 1:
            await self._lost_answers(self.clock())

    async def once(self) -> None:
        """One round over everything unfinished."""
        now = self.clock()
        deadline = timedelta(seconds=2 * self.settings.payway_timeout + 30)
        await self._lost_answers(now - deadline)
        for purchase in await self.ledger.in_states([PurchaseState.AUTHORIZED], changed_before=now - WAITING):
            await self.placing.place(purchase)
        for purchase in await self.ledger.in_states([PurchaseState.UNKNOWN], changed_before=now - WAITING):
            if now - purchase.changed_at >= _patience(purchase):
                await self.resolve(purchase)
        for purchase in await self.ledger.in_states([PurchaseState.PLACED], changed_before=now - WAITING):
            await self.settling.settle(purchase)
        await self._expire(now - SESSION_LIFETIME)
        self.last_run = now

    async def resolve(self, purchase: Purchase) -> Purchase:
        """Find out what became of a lost call: look for the order, else repeat it as it was."""
        try:
            order = await self._look_for_order(purchase)
        except PaywayError:
            order = None
        if order is not None:
            return await self.placing.placed(purchase, order)
        return await self.placing.place(purchase)

    async def _look_for_order(self, purchase: Purchase) -> PlacedOrder | None:
        if purchase.account_id is None:
            return None
        for order in await self.payway.orders.by_account(purchase.account_id):
            if order.merchant_reference == purchase.id and order.state == "closed":
                return PlacedOrder(order_id=order.order_id, redirect_url=None)
        return None

    async def _lost_answers(self, changed_before: datetime) -> None:
        for purchase in await self.ledger.in_states([PurchaseState.PLACING], changed_before=changed_before):
            await self.ledger.change(
                purchase,
                PurchaseState.UNKNOWN,
                cause="nobody is waiting for the answer any more",
                answers_lost=purchase.answers_lost + 1,
            )

    async def _expire(self, changed_before: datetime) -> None:
        for purchase in await self.ledger.in_states(
            [PurchaseState.SESSION_OPEN], changed_before=changed_before
        ):
            await self.ledger.change(
                purchase, PurchaseState.EXPIRED, cause="48 hours", reason=Reason.SESSION_EXPIRED.value
            )

    async def _guarded(self, step: object) -> None:
        assert callable(step)
        try:
            await step()
        except Exception:
            log.exception("recovery: this round failed; the next one tries again")


def _patience(purchase: Purchase) -> timedelta:
    """Ten seconds, then twice as long after each lost answer, at most five minutes."""
    return min(WAITING * 2 ** max(purchase.answers_lost - 1, 0), SLOWEST_RETRY)
