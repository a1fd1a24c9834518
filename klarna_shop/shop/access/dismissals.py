"""Soft walls that were dismissed: for one browser and one article, and remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column
from sqlmodel import Field, Session, SQLModel

from klarna_shop.shop.database import UtcDateTime

REMEMBERED_FOR = timedelta(days=90)


class WallDismissal(SQLModel, table=True):
    """One article whose soft wall one browser has dismissed."""

    __tablename__ = "wall_dismissal"

    visitor_id: str = Field(primary_key=True, max_length=64)
    slug: str = Field(primary_key=True, max_length=200)
    dismissed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


def is_dismissed(session: Session, visitor_id: str, slug: str, now: datetime) -> bool:
    """True if the wall before an article was dismissed, and not too long ago."""
    row = session.get(WallDismissal, (visitor_id, slug))
    return row is not None and row.dismissed_at > now - REMEMBERED_FOR
