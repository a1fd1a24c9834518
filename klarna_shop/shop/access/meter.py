"""The meter: a number of different articles in a number of days for each browser, counted on the server.

A browser is its visitor cookie; a new browser, or one whose cookies were cleared, starts at nothing.
The same article counts once while its first reading is within the period. There is one count for each
browser: designs differ in how many articles and days they allow, not in what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from klarna_shop.shop.database import UtcDateTime
from klarna_shop.shop.paywalls.document import AccessRules

LONGEST_PERIOD = timedelta(days=366)
"""No design counts further back: what is older is forgotten."""


class MeterRead(SQLModel, table=True):
    """One metered article that one browser has opened, and when it was last counted."""

    __tablename__ = "meter_read"

    visitor_id: str = Field(primary_key=True, max_length=64)
    slug: str = Field(primary_key=True, max_length=200)
    read_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


# Put together once: for an article that is opened, that takes longer than to ask.
_OF_VISITOR = select(MeterRead.slug, MeterRead.read_at).where(
    col(MeterRead.visitor_id) == bindparam("visitor_id")
)


@dataclass(frozen=True)
class Allowance:
    """Number of different articles that are free, and of days in which they are."""

    free_articles: int
    days: int

    def of_design(self, rules: AccessRules) -> Allowance:
        """Return a design's allowance, its gaps filled from this one."""
        return Allowance(
            self.free_articles if rules.free_articles is None else rules.free_articles,
            self.days if rules.days is None else rules.days,
        )


@dataclass(frozen=True)
class MeterReading:
    """Answer of the meter: `admitted` to this article, `left` afterwards, of `total`.

    `is_new`: the article is not among those that were counted in the period.
    """

    admitted: bool
    left: int
    total: int
    is_new: bool = False


@dataclass(frozen=True)
class MeterReads:
    """Metered articles that one browser has read, each with the moment at which it was counted."""

    read_at: Mapping[str, datetime]
    now: datetime

    def reading(self, slug: str, allowance: Allowance) -> MeterReading:
        """Return the meter's answer for an article that is opened now."""
        oldest = self.now - timedelta(days=allowance.days)
        counted = {read for read, at in self.read_at.items() if at > oldest}
        is_new = slug not in counted
        admitted = not is_new or len(counted) < allowance.free_articles
        used = len(counted | {slug}) if admitted else len(counted)
        return MeterReading(admitted, max(allowance.free_articles - used, 0), allowance.free_articles, is_new)


def meter_reads(session: Session, visitor_id: str, now: datetime) -> MeterReads:
    """Return what a browser has read."""
    return MeterReads(dict(session.exec(_OF_VISITOR, params={"visitor_id": visitor_id}).all()), now)


def count_read(
    session: Session, visitor_id: str, slug: str, allowance: Allowance, now: datetime
) -> MeterReading:
    """Count an article that is new if there is one left, and return the meter's answer.

    In a transaction with the browser's lock, so that two tabs cannot both take the last article.
    """
    reads = meter_reads(session, visitor_id, now)
    reading = reads.reading(slug, allowance)
    if reading.admitted and reading.is_new:
        row = MeterRead(visitor_id=visitor_id, slug=slug, read_at=now)
        if slug in reads.read_at:
            # Read before under a longer period than this one's: the same row counts again.
            session.merge(row)
        else:
            session.add(row)
    return reading
