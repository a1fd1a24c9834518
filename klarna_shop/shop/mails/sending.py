"""Sends what is queued; housekeeping calls it, one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, delete, or_, select

from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.mails.delivery import Delivery, NotDelivered
from klarna_shop.shop.mails.mail import Composer, MailKind
from klarna_shop.shop.mails.queue import QueuedMail

log = logging.getLogger(__name__)

AT_A_TIME = 50
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=4)
"""As mail servers do among each other."""
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class MailSending:
    """Takes what is due, has it written, and hands it over.

    A mail whose delivery broke off may come twice, and never not at all: it bears the same identifier again.
    """

    database: Database
    clock: Clock
    composer: Composer
    delivery: Delivery | None

    async def once(self) -> None:
        """Send what is due. One mail that fails hinders no other."""
        if self.delivery is None:
            return
        for queued in await self._due():
            await guarded(f"mail {queued.id}", self._send(queued, self.delivery))

    async def _due(self) -> Sequence[QueuedMail]:
        now = self.clock()
        later_than_can_be = now + LONGEST_PAUSE + CLOCK_TOLERANCE
        due = (
            select(QueuedMail)
            .where(or_(col(QueuedMail.due_at) <= now, col(QueuedMail.due_at) > later_than_can_be))
            .order_by(col(QueuedMail.due_at))
            .limit(AT_A_TIME)
        )
        return await self.database.read(lambda session: session.exec(due).all())

    async def _send(self, queued: QueuedMail, delivery: Delivery) -> None:
        # Before anything can fail: what breaks off here in a way nobody designed is not tried at once again.
        await self._note(queued, due_at=self._next(queued), attempts=queued.attempts + 1)
        mail = await self.composer.compose(MailKind(queued.kind), queued.about)
        if mail is None:
            await self._note(queued, due_at=None)
            return
        try:
            await delivery.deliver(mail)
        except NotDelivered as failure:
            given_up = failure.final or self.clock() - queued.queued_at > GIVEN_UP_AFTER
            log.warning(
                "mail %s (%s): %s%s", queued.id, queued.kind, failure, ", given up" if given_up else ""
            )
            if given_up:
                await self._note(queued, due_at=None)
            return
        await self._note(queued, due_at=None, sent_at=self.clock())

    def _next(self, queued: QueuedMail) -> datetime:
        return self.clock() + min(FIRST_PAUSE * 2 ** min(queued.attempts, 10), LONGEST_PAUSE)

    async def _note(self, queued: QueuedMail, **columns: object) -> None:
        noted = update(QueuedMail).where(col(QueuedMail.id) == queued.id).values(**columns)
        await self.database.write(lambda session: session.exec(noted))

    async def erase_old(self) -> None:
        """Forget what was sent or given up long ago."""
        over = delete(QueuedMail).where(
            col(QueuedMail.due_at).is_(None), col(QueuedMail.queued_at) < self.clock() - KEPT
        )
        await self.database.write(lambda session: session.exec(over))
