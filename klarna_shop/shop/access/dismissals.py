"""Soft walls that were dismissed: for one browser and one article, and remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, delete
from sqlmodel import Field, SQLModel, col

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database, UtcDateTime

REMEMBERED_FOR = timedelta(days=90)


class WallDismissal(SQLModel, table=True):
    """One article whose soft wall one browser has dismissed."""

    __tablename__ = "wall_dismissal"

    visitor_id: str = Field(primary_key=True, max_length=64)
    slug: str = Field(primary_key=True, max_length=200)
    dismissed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


class Dismissals:
    """Remembers for `REMEMBERED_FOR` which walls were dismissed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, visitor_id: str, slug: str) -> None:
        """The wall before this article was dismissed. Doing it again is the same.

        Nothing is remembered where it cannot be written soon.
        """
        row = WallDismissal(visitor_id=visitor_id, slug=slug, dismissed_at=self._clock())
        await self._database.write_soon(lambda session: session.merge(row), lock=visitor_id)

    async def has(self, visitor_id: str, slug: str) -> bool:
        """Whether it was dismissed, and not too long ago."""
        row = await self._database.read(lambda session: session.get(WallDismissal, (visitor_id, slug)))
        return row is not None and row.dismissed_at > self._clock() - REMEMBERED_FOR

    async def forget(self, visitor_id: str) -> None:
        """This browser has dismissed nothing."""
        own = delete(WallDismissal).where(col(WallDismissal.visitor_id) == visitor_id)
        await self._database.write(lambda session: session.exec(own), lock=visitor_id)

    async def erase_old(self) -> None:
        """Forget what is no longer remembered."""
        oldest = self._clock() - REMEMBERED_FOR
        old = delete(WallDismissal).where(col(WallDismissal.dismissed_at) <= oldest)
        await self._database.clean_up(lambda session: session.exec(old))
