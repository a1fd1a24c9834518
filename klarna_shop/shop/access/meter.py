"""The meter: so many different articles in so many days for each browser, counted on the server.

A browser is its visitor cookie; a new browser, or one whose cookies were cleared, starts at nothing.
The same article counts once while its first reading is within the period. There is one count for each
browser: designs differ in how many articles and days they allow, not in what was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Column, delete
from sqlmodel import Field, Session, SQLModel, col, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database, UtcDateTime

LONGEST_PERIOD = timedelta(days=366)
"""No design counts further back: what is older is forgotten."""


class MeterRead(SQLModel, table=True):
    """One metered article that one browser has opened, and when it was last counted."""

    __tablename__ = "meter_read"

    visitor_id: str = Field(primary_key=True, max_length=64)
    slug: str = Field(primary_key=True, max_length=200)
    read_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


@dataclass(frozen=True)
class Allowance:
    """How many different articles are free in how many days."""

    free_articles: int
    days: int


@dataclass(frozen=True)
class MeterReading:
    """What the meter says: `admitted` for this article, `left` afterwards, of `total`."""

    admitted: bool
    left: int
    total: int


class Meter:
    """Counts and admits in one transaction, so that two tabs cannot both take the last article.

    `free_articles` and `days` are the settings' allowance, for designs that have none of their own.
    """

    def __init__(self, database: Database, clock: Clock, free_articles: int, days: int) -> None:
        self._database = database
        self._clock = clock
        self.standard = Allowance(free_articles, days)

    def allowance(self, free_articles: int | None = None, days: int | None = None) -> Allowance:
        """An allowance whose gaps are filled from the settings."""
        return Allowance(
            self.standard.free_articles if free_articles is None else free_articles,
            self.standard.days if days is None else days,
        )

    async def read(self, visitor_id: str, slug: str, allowance: Allowance | None = None) -> MeterReading:
        """Open `slug` on the meter: counted if it is new and there is one left.

        Where it cannot be counted in time the reading is the same.
        """
        allowed, now = allowance or self.standard, self._clock()
        count = partial(_count, visitor_id=visitor_id, slug=slug, allowed=allowed, now=now)
        counted = await self._database.write_soon(count, lock=visitor_id)
        return counted or await self.peek(visitor_id, slug, allowed)

    async def peek(self, visitor_id: str, slug: str, allowance: Allowance | None = None) -> MeterReading:
        """What `read` would say; nothing is counted."""
        allowed, now = allowance or self.standard, self._clock()
        return await self._database.read(
            lambda session: _reading(slug, _counted(session, visitor_id, allowed, now), allowed)
        )

    async def forget(self, visitor_id: str) -> None:
        """This browser has read nothing."""
        own = delete(MeterRead).where(col(MeterRead.visitor_id) == visitor_id)
        await self._database.write(lambda session: session.exec(own), lock=visitor_id)

    async def erase_old(self) -> None:
        """Forget what no design counts any more."""
        oldest = self._clock() - LONGEST_PERIOD
        old = delete(MeterRead).where(col(MeterRead.read_at) <= oldest)
        await self._database.clean_up(lambda session: session.exec(old))


def _count(session: Session, visitor_id: str, slug: str, allowed: Allowance, now: datetime) -> MeterReading:
    counted = _counted(session, visitor_id, allowed, now)
    reading = _reading(slug, counted, allowed)
    if reading.admitted and slug not in counted:
        # Read before under a longer period than this one's: the same row counts again.
        session.merge(MeterRead(visitor_id=visitor_id, slug=slug, read_at=now))
    return reading


def _counted(session: Session, visitor_id: str, allowed: Allowance, now: datetime) -> set[str]:
    found = session.exec(
        select(MeterRead.slug).where(
            MeterRead.visitor_id == visitor_id,
            col(MeterRead.read_at) > now - timedelta(days=allowed.days),
        )
    )
    return set(found)


def _reading(slug: str, counted: set[str], allowed: Allowance) -> MeterReading:
    admitted = slug in counted or len(counted) < allowed.free_articles
    used = len(counted | {slug}) if admitted else len(counted)
    return MeterReading(admitted, max(allowed.free_articles - used, 0), allowed.free_articles)
