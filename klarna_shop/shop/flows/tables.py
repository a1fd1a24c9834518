"""The table of recorded steps. Rows are added, and taken away when they are too old or too many."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime


class FlowStep(SQLModel, table=True):
    """One step of a flow. Nothing in it is secret or personal (`redaction`).

    `request` and `response` are JSON objects with some of `query`, `headers`, `body` and `bytes`.
    """

    __tablename__ = "flow_step"

    id: int | None = Field(default=None, primary_key=True)
    purchase_id: str | None = Field(default=None, index=True, max_length=64)
    """None for what was done before there was one. Steps may name a purchase that never got a row."""
    visitor_id: str | None = Field(default=None, index=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    party: str = Field(max_length=10)
    operation: str = Field(max_length=120)
    section: str = Field(default="", max_length=10)
    """Of the Payway reference."""
    status: str = Field(default="", max_length=40)
    error: str = Field(default="", index=True, max_length=80)
    """Payway's code, the name of a failure, or the shop's reason."""
    milliseconds: float | None = None
    attempt: int = 1
    request: str = Field(default="", sa_type=Text)
    response: str = Field(default="", sa_type=Text)
