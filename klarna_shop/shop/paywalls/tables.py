"""The tables of designs: the draft of each, its published versions, and what was done when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime

LONGEST_SLUG = 60
LONGEST_NOTE = 300


class PaywallDesignRow(SQLModel, table=True):
    """A design's draft, and which version is published."""

    __tablename__ = "paywall_design"

    slug: str = Field(primary_key=True, max_length=LONGEST_SLUG)
    draft: str = Field(sa_type=Text)
    """The document as JSON."""
    revision: int
    """Grows by one with each change of the draft: whoever saves names the one they read."""
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    published_version: int | None = None


class PaywallVersion(SQLModel, table=True):
    """One version that was published. Rows are only added."""

    __tablename__ = "paywall_version"

    slug: str = Field(primary_key=True, max_length=LONGEST_SLUG)
    number: int = Field(primary_key=True)
    document: str = Field(sa_type=Text)
    published_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    note: str = Field(default="", max_length=LONGEST_NOTE)


class PaywallHistory(SQLModel, table=True):
    """One thing done to a design. Rows are only added."""

    __tablename__ = "paywall_history"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    slug: str = Field(index=True, max_length=LONGEST_SLUG)
    what: str = Field(max_length=20)
    """A value of `Change`."""
    version: int | None = None
    summary: str = Field(default="", sa_type=Text)
    """The fields that were changed."""
