"""The tables of measuring: events, which are only added and erased, and who agreed to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime


class MeasuredEvent(SQLModel, table=True):
    """One event. Empty strings where something is not known or does not apply.

    From `design` to `variant`: the wall that this visitor saw last in this visit, or the one that this event
    is about.
    """

    __tablename__ = "measured_event"
    __table_args__ = (
        Index("ix_measured_event_traffic_name_at", "traffic", "name", "at"),
        Index("ix_measured_event_visitor_id", "visitor_id", "id"),
        Index("ix_measured_event_purchase_id", "purchase_id"),
        Index("ix_measured_event_experiment", "experiment", "name"),
    )

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    )
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    name: str = Field(max_length=30)
    """An `EventName`."""
    traffic: str = Field(max_length=10)
    """A `Traffic`."""
    visitor_id: str = Field(max_length=64)
    """The browser's, as the meter knows it: a one-way fingerprint of its cookie."""
    visit: int = 0
    """Which visit of this browser's, from 1: a visit ends after half an hour of quiet. 0: not known."""
    purchase_id: str | None = Field(default=None, max_length=64)
    article: str = Field(default="", max_length=200)
    design: str = Field(default="", max_length=60)
    design_version: int | None = None
    experiment: str = Field(default="", max_length=60)
    variant: str = Field(default="", max_length=60)
    offer: str = Field(default="", max_length=160)
    """Code and payment period: `code|period id`."""
    value: int = 0
    """Öre, VAT included."""
    language: str = Field(default="", max_length=10)
    device: str = Field(default="", max_length=10)
    """`phone`, `tablet` or `desktop`."""
    source: str = Field(default="", max_length=64)
    """Where the visit came from: `utm_source`, or `direct`."""
    outcome: str = Field(default="", max_length=60)


class MeasuringConsent(SQLModel, table=True):
    """One browser's answer to whether it may be measured. No row: it has not been asked, or not answered."""

    __tablename__ = "measuring_consent"

    visitor_id: str = Field(primary_key=True, max_length=64)
    accepted: bool
    chosen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
