"""The meter: so many different articles in so many days for each browser, counted on the server.

A browser is its visitor cookie; a new browser, or one whose cookies were cleared, starts at nothing.
The same article counts once while its first reading is within the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, delete, text
from sqlmodel import Field, SQLModel, col, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database, UtcDateTime


class MeterRead(SQLModel, table=True):
    """One metered article that one browser has opened, and when first."""

    __tablename__ = "meter_read"

    visitor_id: str = Field(primary_key=True, max_length=64)
    slug: str = Field(primary_key=True, max_length=200)
    read_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


@dataclass(frozen=True)
class MeterReading:
    """What the meter says: `admitted` for this article, `left` afterwards, of `total`."""

    admitted: bool
    left: int
    total: int


class Meter:
    """Counts and admits in one transaction, so that two tabs cannot both take the last article."""

    def __init__(self, database: Database, clock: Clock, free_articles: int, days: int) -> None:
        self._database = database
        self._clock = clock
        self._total = free_articles
        self._period = timedelta(days=days)

    async def read(self, visitor_id: str, slug: str) -> MeterReading:
        """Open `slug` on the meter: counted if it is new and there is one left."""
        now = self._clock()
        async with self._database.writing() as session:
            if self._database.url.get_backend_name() == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(hashtext(:visitor))").bindparams(visitor=visitor_id)
                await (await session.connection()).execute(lock)
            await session.exec(
                delete(MeterRead).where(
                    col(MeterRead.visitor_id) == visitor_id, col(MeterRead.read_at) <= now - self._period
                )
            )
            found = await session.exec(select(MeterRead.slug).where(MeterRead.visitor_id == visitor_id))
            slugs = set(found.all())
            admitted = slug in slugs or len(slugs) < self._total
            if admitted and slug not in slugs:
                session.add(MeterRead(visitor_id=visitor_id, slug=slug, read_at=now))
                slugs.add(slug)
        return MeterReading(admitted, max(self._total - len(slugs), 0), self._total)

    @property
    def total(self) -> int:
        """Free articles in a period."""
        return self._total
