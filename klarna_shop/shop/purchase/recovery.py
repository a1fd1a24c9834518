"""Finishing what was interrupted: crashes, lost answers, silence (law 3 of the architecture)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from klarna_shop.payway import Order, PaywayClient, PaywayError, PlacedOrder, calls_in_scope
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.flows import in_flow
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.purchase.call_lease import CallWatch
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.lifetimes import oldest_session
from klarna_shop.shop.purchase.orders import order_of
from klarna_shop.shop.purchase.placing import Placing
from klarna_shop.shop.purchase.reasons import Reason
from klarna_shop.shop.purchase.repository import calls_under_way
from klarna_shop.shop.purchase.settling import Settling
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

WAITING = timedelta(seconds=10)
"""How long an approved or placed purchase is left to the page that is working on it."""
SLOWEST_WHILE_VALID = timedelta(minutes=2)
"""The longest pause while Klarna's approval can still be used."""
SLOWEST = timedelta(hours=6)
AT_ONCE = 8
"""Purchases looked at side by side: one slow answer must not hold up everybody else's."""


@dataclass
class Recovery:
    """Looks at unfinished purchases; `shop.housekeeping` says when."""

    payway: PaywayClient
    ledger: Ledger
    placing: Placing
    settling: Settling
    clock: Clock
    calls: CallWatch
    _looked_at: dict[str, datetime] = field(default_factory=dict, init=False, repr=False)

    async def after_start(self) -> None:
        """Give a new SECRET_KEY its copy of the digests' key, and purchases without digests theirs."""
        await self.placing.addresses.load()
        await self.placing.remember_addresses()

    async def watch(self) -> None:
        """Take note of the calls under way, and of those that are over write down that the answer is lost.

        For every process, also one that leaves the rest of recovery to another.
        """
        for purchase in self.calls.look(
            await self.ledger.database.read(calls_under_way), self.placing.deadline
        ):
            await guarded(f"recovery: purchase {purchase.id[:8]}", self._lost_answer(purchase))

    async def once(self, *, waiting: timedelta = WAITING) -> None:
        """One round over everything that has been unfinished for `waiting`.

        A purchase that fails is logged and hinders no other.
        """
        now = self.clock()
        # A clock that was put back must not keep a purchase waiting until it is there again.
        self._looked_at = {
            key: at for key, at in self._looked_at.items() if timedelta() <= now - at <= SLOWEST
        }
        await self.watch()
        await self._each(PurchaseState.SESSION_OPEN, oldest_session(now), self._expire)
        for state, step, slowest in (
            (PurchaseState.AUTHORIZED, self.placing.place, SLOWEST_WHILE_VALID),
            (PurchaseState.UNKNOWN, self.resolve, SLOWEST_WHILE_VALID),
            (PurchaseState.PLACED, self.settling.settle, SLOWEST),
            (PurchaseState.UNRESOLVED, self._look_again, SLOWEST),
        ):
            await self._each(state, now - waiting, step, slowest)

    async def resolve(self, purchase: Purchase) -> Purchase:
        """Find out what became of a lost call: look for the order, else repeat it as it was."""
        try:
            order = await order_of(self.payway, purchase)
        except PaywayError:
            order = None
        if order is not None and order.state == "closed":
            return await self._found(purchase, order)
        return await self.placing.place(purchase)

    async def _look_again(self, purchase: Purchase) -> None:
        """Payway may have been silent for the whole hour: what it says later still counts."""
        try:
            order = await order_of(self.payway, purchase)
        except PaywayError:
            return
        if order is not None and order.state == "closed":
            await self._found(purchase, order)
        elif order is not None and order.state == "failed":
            reason = Reason.PAYMENT_METHOD_FAILED.value
            await self.ledger.change(
                purchase, PurchaseState.FAILED, cause="the order failed in Payway", reason=reason
            )

    async def _found(self, purchase: Purchase, order: Order) -> Purchase:
        return await self.placing.placed(purchase, PlacedOrder(order_id=order.order_id, redirect_url=None))

    async def _lost_answer(self, purchase: Purchase) -> None:
        log.warning("purchase %s: no process waits for place_order any more", purchase.id[:8])
        if purchase.sent_attempt < purchase.place_attempts:
            # Its process ended before anything was sent, such as while it asked if the buyer may buy.
            before = PurchaseState.UNKNOWN if purchase.answers_lost else PurchaseState.AUTHORIZED
            await self.ledger.change(purchase, before, cause="place_order was not sent")
            return
        await self.ledger.change(
            purchase,
            PurchaseState.UNKNOWN,
            cause="no process waits for the answer any more",
            answers_lost=purchase.answers_lost + 1,
        )

    async def _expire(self, purchase: Purchase) -> None:
        await self.ledger.change(
            purchase, PurchaseState.EXPIRED, cause="48 hours", reason=Reason.SESSION_EXPIRED.value
        )

    async def _each(
        self,
        state: PurchaseState,
        changed_before: datetime,
        step: Callable[[Purchase], Awaitable[object]],
        slowest: timedelta | None = None,
    ) -> None:
        """Take a step with every purchase in a state whose turn it is."""
        places = asyncio.Semaphore(AT_ONCE)

        async def taken(purchase: Purchase) -> None:
            async with places:
                with calls_in_scope(purchase.visitor_id), in_flow(purchase.id):
                    await guarded(f"recovery: purchase {purchase.id[:8]}", step(purchase))

        async for page in self.ledger.in_state(state, changed_before=changed_before):
            due = page if slowest is None else [p for p in page if self._is_due(p, slowest)]
            await asyncio.gather(*(taken(purchase) for purchase in due))

    def _is_due(self, purchase: Purchase, slowest: timedelta) -> bool:
        """At first every round, then ever more rarely: each pause is a quarter of the purchase's age."""
        now = self.clock()
        looked_at = self._looked_at.get(purchase.id)
        age = now - (purchase.authorized_at or purchase.created_at)
        if looked_at is not None and now - looked_at < min(max(age / 4, WAITING), slowest):
            return False
        self._looked_at[purchase.id] = now
        return True
