"""The tables of experiments: what each divides, what was done, who was drawn anew, what simulations know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from klarna_shop.shop.database import UtcDateTime


class ExperimentRow(SQLModel, table=True):
    """One experiment."""

    __tablename__ = "experiment"

    slug: str = Field(primary_key=True, max_length=60)
    name: str = Field(max_length=120)
    hypothesis: str = Field(default="", sa_type=Text)
    status: str = Field(default="draft", max_length=10)
    """An `ExperimentStatus`."""
    salt: str = Field(max_length=60)
    """Names its division of visitors (`Allocation.salt`)."""
    share: float = 1.0
    variants: str = Field(sa_type=Text)
    """JSON: a list of `{"name", "design", "weight"}`, the control first."""
    winner: str = Field(default="", max_length=60)
    """The name of the variant that was promoted."""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class ExperimentHistory(SQLModel, table=True):
    """What was done to an experiment. Rows are only added."""

    __tablename__ = "experiment_history"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    slug: str = Field(index=True, max_length=60)
    what: str = Field(max_length=20)
    detail: str = Field(default="", sa_type=Text)


class VisitorDraw(SQLModel, table=True):
    """A browser that has been drawn anew, for trying variants out: how often."""

    __tablename__ = "visitor_draw"

    visitor_id: str = Field(primary_key=True, max_length=64)
    draws: int
    drawn_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SimulationRow(SQLModel, table=True):
    """A simulation that was run, and the truth that its synthetic readers followed."""

    __tablename__ = "simulation"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    seed: int
    visitors: int
    experiment: str = Field(default="", max_length=60)
    truth: str = Field(sa_type=Text)
    """JSON; see `shop.simulation`."""
