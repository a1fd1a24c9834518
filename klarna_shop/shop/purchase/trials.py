"""What became of trials: whether Payway says that one has turned into a paid subscription.

Payway announces changes by webhook where the operator has registered one (`shop.webhooks`). An event may be
lost and is never believed by itself, so Payway is asked about measured trials of known accounts once they
are over, with and without webhooks. A trial bought without an account cannot be asked about: no one knows
whose it is until the reader signs in somewhere else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial

from sqlmodel import col, select

from klarna_shop.payway import PaywayClient, PaywayError, Subscription
from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.measurement.ledger_events import purchase_went_on
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

ASKED_FOR = timedelta(days=30)
"""How long after its end a trial is asked about: longer than any grace period of a failed first charge."""
ASKED_EVERY = timedelta(hours=12)
LONGEST_TRIAL = timedelta(days=400)
AT_MOST = 100
"""Questions of one round."""
DEADLINE_SECONDS = 30.0
BUDGET_SECONDS = 60.0
"""No question of a round is begun later than this after its first; the rest waits for the next."""


@dataclass
class TrialOutcomes:
    """Asks, and adds `trial_turned_paid` to the events."""

    database: Database
    payway: PaywayClient
    clock: Clock
    stopwatch: Stopwatch
    _asked: dict[str, datetime] = field(default_factory=dict, init=False, repr=False)

    async def once(self) -> int:
        """Ask about trials that are over and not known to be paid; how many turned out to be.

        At most `AT_MOST` questions, begun within `BUDGET_SECONDS`; those that were not reached come next
        time.
        """
        now = self.clock()
        self._asked = {one: at for one, at in self._asked.items() if timedelta() <= now - at < ASKED_EVERY}
        due = [purchase for purchase in await self._open() if _is_over(purchase, now)]
        turned = 0
        began = self.stopwatch()
        for purchase in [one for one in due if one.id not in self._asked][:AT_MOST]:
            if self.stopwatch() - began >= BUDGET_SECONDS:
                log.warning("trials: Payway answers slowly; the rest of them is asked about later")
                break
            self._asked[purchase.id] = now
            turned += await self._ask(purchase, now)
        return turned

    async def _open(self) -> Sequence[Purchase]:
        """Measured trials of known accounts, the last ones first."""
        of_purchases = select(MeasuredEvent.purchase_id).where(col(MeasuredEvent.purchase_id).is_not(None))
        told = of_purchases.where(MeasuredEvent.name == EventName.TRIAL_TURNED_PAID.value)
        measured = of_purchases.where(MeasuredEvent.name == EventName.SESSION_CREATED.value)
        trials = select(Purchase).where(
            Purchase.kind == OfferKind.TRIAL.value,
            Purchase.state == PurchaseState.COMPLETED.value,
            col(Purchase.account_id).is_not(None),
            col(Purchase.created_at) >= self.clock() - LONGEST_TRIAL - ASKED_FOR,
            col(Purchase.id).in_(measured),
            col(Purchase.id).not_in(told),
        )
        newest = trials.order_by(col(Purchase.created_at).desc())
        return await self.database.read(lambda session: session.exec(newest).all())

    async def _ask(self, purchase: Purchase, now: datetime) -> bool:
        assert purchase.account_id is not None
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                held = await self.payway.subscriptions.by_account(purchase.account_id)
        except (PaywayError, TimeoutError):
            log.info("Payway did not say what became of the trial of purchase %s", purchase.id[:8])
            return False
        if not any(_is_what_it_became(one, purchase, now) for one in held):
            return False
        turned = partial(
            purchase_went_on,
            purchase_id=purchase.id,
            name=EventName.TRIAL_TURNED_PAID,
            at=now,
            value=purchase.after_price or 0,
        )
        await self.database.write(turned, lock=purchase.id)
        return True


def _is_over(purchase: Purchase, now: datetime) -> bool:
    begins = purchase.start_date or purchase.concluded_on
    ended = datetime.combine(purchase.offer.period.end(begins), time(), UTC)
    return ended <= now < ended + ASKED_FOR


def _is_what_it_became(held: Subscription, purchase: Purchase, now: datetime) -> bool:
    """Whether it is the paid subscription: on the base package, begun after the trial, charged (§6.5)."""
    began = held.valid_from or held.created
    return (
        held.product_code == purchase.after_code
        and held.state in {"activated", "cancelled"}
        and held.grace_period_to is None
        and held.valid_to is not None
        and held.valid_to > now
        and began is not None
        and began > purchase.created_at
    )
