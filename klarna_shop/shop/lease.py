"""Leases: work that several processes could do, and that one at a time does.

A lease is a row in the database. Whoever holds it renews it before it runs out; a holder that dies is
followed by another as soon as it has. What is done under a lease must be safe even so: a process that was
suspended may go on for a moment after its lease has run out.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import Column
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, delete

from klarna_shop.shop.clock import Clock, is_ahead, system_clock
from klarna_shop.shop.database import Database, UtcDateTime
from klarna_shop.shop.guarded import log_failure

log = logging.getLogger(__name__)


class LeaseRow(SQLModel, table=True):
    """Who does a kind of work, until when (UTC)."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=64)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Lease:
    """One kind of work, as one process sees it.

    Counted in the computer's time and not in the shop's, which can be moved in the sandbox.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        length: timedelta,
        *,
        now: Clock = system_clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._name = name
        self._length = length
        self._now = now
        self._sleep = sleep
        self._holder = secrets.token_urlsafe(16)

    async def take(self) -> bool:
        """Take or renew the lease; whether it is this process's until `length` from now."""
        now = self._now()
        try:
            is_taken, void = await self._database.write(lambda session: self._take(session, now))
        except IntegrityError:
            # Another process was the first of all.
            return False
        if void is not None:
            log.warning(
                "lease %s: held until %s, longer than can be; taken. A clock is or was wrong",
                self._name,
                void.isoformat(timespec="seconds"),
            )
        return is_taken

    def _take(self, session: Session, now: datetime) -> tuple[bool, datetime | None]:
        """Return True if it is taken, and the end of another's lease that lasts longer than any can.

        The clock that wrote that end was wrong, or this one is: such a lease is taken.
        """
        until = now + self._length
        row = session.get(LeaseRow, self._name, with_for_update=True)
        if row is None:
            session.add(LeaseRow(name=self._name, holder=self._holder, until=until))
            return True, None
        is_others = row.holder != self._holder and row.until > now
        is_void = is_others and is_ahead(row.until, now, self._length)
        if is_others and not is_void:
            return False, None
        void = row.until if is_void else None
        row.holder, row.until = self._holder, until
        return True, void

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew a lease that was taken, for as long as the block runs."""
        renewals = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewals.cancel()
            with suppress(asyncio.CancelledError):
                await renewals

    async def _renew(self) -> None:
        while True:
            await self._sleep(self._length.total_seconds() / 3)
            try:
                if not await self.take():
                    log.warning("lease %s: another process has taken it", self._name)
            except Exception:  # noqa: BLE001 - logged
                log_failure(log, "lease %s: could not be renewed", self._name)

    async def give_back(self) -> None:
        """Let another process take it at once; nothing where it is not this process's."""
        own = (col(LeaseRow.name) == self._name, col(LeaseRow.holder) == self._holder)
        await self._database.write(lambda session: session.exec(delete(LeaseRow).where(*own)))
