"""A browser's visits: how many there were, and where this one came from. For the targeting of designs.

Counted when an article is opened, by the visitor cookie; a visit ends after half an hour of quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from klarna_shop.shop.database import UtcDateTime

QUIET = timedelta(minutes=30)
SEEN_STEP = timedelta(minutes=2)
"""How exactly the last moment of a visit is known: not every article is a write."""
FORGOTTEN_AFTER = timedelta(days=90)
DIRECT = "direct"
LONGEST_SOURCE = 64


class VisitorVisits(SQLModel, table=True):
    """One browser's visits."""

    __tablename__ = "visitor_visits"

    visitor_id: str = Field(primary_key=True, max_length=64)
    visits: int
    traffic_source: str = Field(max_length=LONGEST_SOURCE)
    """Of the visit that goes on."""
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


# Put together once: for an article that is opened, that takes longer than to ask.
_OF_VISITOR = select(VisitorVisits).where(col(VisitorVisits.visitor_id) == bindparam("visitor_id"))


@dataclass(frozen=True)
class Visit:
    """The visit that goes on: its number, from 1, and where it came from.

    `is_noted`: the browser's row says so already.
    """

    number: int
    traffic_source: str
    is_noted: bool = True


def visit_of(session: Session, visitor_id: str, traffic_source: str, now: datetime) -> Visit:
    """Return a browser's visit at `now`; `traffic_source` as the page's address says, empty for none."""
    row = session.exec(_OF_VISITOR, params={"visitor_id": visitor_id}).first()
    return _visit_at(row, _stored(traffic_source), now)


def note_visit(session: Session, visitor_id: str, traffic_source: str, now: datetime) -> None:
    """Write down that a browser is here, in a transaction with its lock."""
    source = _stored(traffic_source)
    row = session.exec(_OF_VISITOR, params={"visitor_id": visitor_id}).first()
    visit = _visit_at(row, source, now)
    if visit.is_noted:
        return
    row = row or VisitorVisits(visitor_id=visitor_id, visits=1, traffic_source=source, seen_at=now)
    row.visits, row.traffic_source, row.seen_at = visit.number, visit.traffic_source, now
    session.add(row)


def _visit_at(row: VisitorVisits | None, source: str, now: datetime) -> Visit:
    if row is None:
        return Visit(1, source, is_noted=False)
    quiet = abs(now - row.seen_at)
    if quiet >= QUIET:
        return Visit(row.visits + 1, source, is_noted=False)
    return Visit(row.visits, row.traffic_source, is_noted=quiet < SEEN_STEP)


def _stored(source: str) -> str:
    """Return a source as it is stored: short, small letters, printable."""
    cleaned = "".join(letter for letter in source.strip().casefold() if letter.isprintable())
    return cleaned[:LONGEST_SOURCE] or DIRECT
