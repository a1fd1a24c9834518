"""A browser's visits: how many there were, and where this one came from. For the targeting of designs.

Counted when an article is opened, by the visitor cookie; a visit ends after half an hour of quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Column, delete
from sqlmodel import Field, Session, SQLModel, col

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database, UtcDateTime

QUIET = timedelta(minutes=30)
SEEN_STEP = timedelta(minutes=2)
"""How exactly the last moment of a visit is known: not every article is a write."""
FORGOTTEN_AFTER = timedelta(days=90)
DIRECT = "direct"
LONGEST_SOURCE = 64


class VisitorVisits(SQLModel, table=True):
    """What is known of one browser's visits."""

    __tablename__ = "visitor_visits"

    visitor_id: str = Field(primary_key=True, max_length=64)
    visits: int
    traffic_source: str = Field(max_length=LONGEST_SOURCE)
    """Of the visit that goes on."""
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


@dataclass(frozen=True)
class Visit:
    """The visit that goes on: its number, from 1, and where it came from."""

    number: int
    traffic_source: str


class Visits:
    """Counts visits."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def see(self, visitor_id: str, traffic_source: str = "") -> Visit:
        """The browser is here now; `traffic_source` as the page's address says, empty where it says none."""
        source, now = _source(traffic_source), self._clock()
        row = await self._row(visitor_id)
        if row is None or abs(now - row.seen_at) >= SEEN_STEP:
            count = partial(_count, visitor_id=visitor_id, source=source, now=now)
            await self._database.write_soon(count, lock=visitor_id)
        return _going_on(row, source, now)

    async def peek(self, visitor_id: str, traffic_source: str = "") -> Visit:
        """What `see` would say; nothing is counted."""
        return _going_on(await self._row(visitor_id), _source(traffic_source), self._clock())

    async def _row(self, visitor_id: str) -> VisitorVisits | None:
        return await self._database.read(lambda session: session.get(VisitorVisits, visitor_id))

    async def erase_old(self) -> None:
        """Forget browsers that have not been here for a long time."""
        oldest = self._clock() - FORGOTTEN_AFTER
        old = delete(VisitorVisits).where(col(VisitorVisits.seen_at) <= oldest)
        await self._database.clean_up(lambda session: session.exec(old))


def _count(session: Session, visitor_id: str, source: str, now: datetime) -> None:
    row = session.get(VisitorVisits, visitor_id)
    visit = _going_on(row, source, now)
    row = row or VisitorVisits(visitor_id=visitor_id, visits=1, traffic_source=source, seen_at=now)
    row.visits, row.traffic_source, row.seen_at = visit.number, visit.traffic_source, now
    session.add(row)


def _going_on(row: VisitorVisits | None, source: str, now: datetime) -> Visit:
    """The visit at `now` of a browser of which `row` is known."""
    if row is None:
        return Visit(1, source)
    if abs(now - row.seen_at) >= QUIET:
        return Visit(row.visits + 1, source)
    return Visit(row.visits, row.traffic_source)


def _source(given: str) -> str:
    """A source as it is stored: short, small letters, printable."""
    cleaned = "".join(letter for letter in given.strip().casefold() if letter.isprintable())
    return cleaned[:LONGEST_SOURCE] or DIRECT
