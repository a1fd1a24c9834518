"""What is done again and again while the shop runs, by one process at a time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from klarna_shop.shop.access import Access
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.flows import FlowStorage
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.identity import Identities
from klarna_shop.shop.lease import Lease
from klarna_shop.shop.mails import MailSending
from klarna_shop.shop.measurement import Consents
from klarna_shop.shop.measurement.storage import EventStorage
from klarna_shop.shop.purchase import Recovery
from klarna_shop.shop.purchase.retention import Retention
from klarna_shop.shop.purchase.trials import TrialOutcomes
from klarna_shop.shop.rounds import SILENCE_ALLOWED, Rounds
from klarna_shop.shop.withdrawal import Withdrawals

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
LEASE = timedelta(seconds=30)
"""How long after a process died another one takes over, at most."""
HOURLY = timedelta(hours=1)


@dataclass
class Housekeeping:
    """Finishes what was interrupted, and erases what is no longer needed."""

    lease: Lease
    recovery: Recovery
    retention: Retention
    identities: Identities
    flow_storage: FlowStorage
    consents: Consents
    event_storage: EventStorage
    trials: TrialOutcomes
    access: Access
    withdrawals: Withdrawals
    mails: MailSending
    clock: Clock
    rounds: Rounds
    _tidied_at: datetime | None = field(default=None, init=False, repr=False)
    _silence_is_told: bool = field(default=False, init=False, repr=False)

    async def run(self) -> None:
        """Run until cancelled. What fails is logged and does not end the next round."""
        await guarded("housekeeping: after the start", self.recovery.after_start())
        try:
            while True:
                await guarded("housekeeping: this round", self.once())
                await guarded("housekeeping: rounds of all processes", self._heed_silence())
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            await guarded("housekeeping: giving the lease back", self.lease.give_back())

    async def _heed_silence(self) -> None:
        """Tell the operator, once, that no process finishes a round any more."""
        silence = await self.rounds.silence()
        is_long = silence > SILENCE_ALLOWED
        if is_long and not self._silence_is_told:
            seconds = silence.total_seconds()
            log.error("housekeeping: no process has finished a round for %.0f s; purchases wait", seconds)
        self._silence_is_told = is_long

    async def once(self) -> None:
        """One round, unless another process is at it."""
        await guarded("housekeeping: calls under way", self.recovery.watch())
        if not await self.lease.take():
            return
        async with self.lease.kept():
            await self.recovery.once()
            # Readiness asks whether purchases are recovered: nothing that comes later takes part in that.
            await guarded("housekeeping: counting the round", self.rounds.finished())
            await guarded("housekeeping: withdrawals", self.withdrawals.once())
            await guarded("housekeeping: mails", self.mails.once())
            now = self.clock()
            if self._tidied_at is None or not timedelta() <= now - self._tidied_at < HOURLY:
                self._tidied_at = now
                await self.erase()
                await guarded("housekeeping: trials", self.trials.once())

    async def erase(self) -> None:
        """Erase what is older than it may be kept. One kind that fails hinders no other."""
        for kind, step in (
            ("purchases", self._erase_purchases),
            ("sign-ins", self.identities.erase_old),
            ("flows", self.flow_storage.erase_old),
            ("events", self.event_storage.erase_old),
            ("consents", self.consents.erase_old),
            ("visits", self.access.erase_old),
            ("withdrawals", lambda: self.withdrawals.erase_old(self.retention.days)),
            ("mails", self.mails.erase_old),
        ):
            await guarded(f"housekeeping: erasing old {kind}", step())

    async def _erase_purchases(self) -> None:
        erased = await self.retention.erase()
        if erased:
            log.info("erased personal data and tokens of %d finished purchases", erased)
