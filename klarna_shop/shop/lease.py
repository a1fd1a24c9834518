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

from sqlalchemy import Column, CursorResult, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

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
        free_or_own = or_(col(LeaseRow.until) <= now, col(LeaseRow.holder) == self._holder)
        statement = (
            update(LeaseRow)
            .where(col(LeaseRow.name) == self._name, free_or_own)
            .values(holder=self._holder, until=now + self._length)
        )
        async with self._database.writing() as session:
            result = await session.exec(statement)
            assert isinstance(result, CursorResult)
            if result.rowcount == 1:
                return True
            row = await session.get(LeaseRow, self._name)
            if row is not None:
                return await self._take_void(session, row, now)
        return await self._first(now)

    async def _take_void(self, session: AsyncSession, row: LeaseRow, now: datetime) -> bool:
        """Take a lease that lasts longer than any can: the clock that wrote it was wrong, or this one is."""
        if not is_ahead(row.until, now, self._length):
            return False
        log.warning(
            "lease %s: held until %s, longer than can be; taken. A clock is or was wrong",
            self._name,
            row.until.isoformat(timespec="seconds"),
        )
        statement = (
            update(LeaseRow)
            .where(col(LeaseRow.name) == self._name, col(LeaseRow.holder) == row.holder)
            .values(holder=self._holder, until=now + self._length)
        )
        result = await session.exec(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount == 1

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
        async with self._database.writing() as session:
            own = (col(LeaseRow.name) == self._name, col(LeaseRow.holder) == self._holder)
            await session.exec(delete(LeaseRow).where(*own))

    async def _first(self, now: datetime) -> bool:
        try:
            async with self._database.writing() as session:
                session.add(LeaseRow(name=self._name, holder=self._holder, until=now + self._length))
        except IntegrityError:
            return False
        return True
