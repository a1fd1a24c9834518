"""Reads funnels from the table of events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import col

from klarna_shop.shop.database import Database
from klarna_shop.shop.funnel.filters import Dimension, FunnelFilter
from klarna_shop.shop.funnel.steps import BESIDE, REASONS, STEPS
from klarna_shop.shop.funnel.walks import Funnel, Walk, funnel_of, reached, walk_all
from klarna_shop.shop.measurement import EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent

_OF_THE_WALL = tuple(dimension for dimension in Dimension if dimension is not Dimension.OFFER)
_AFTER_THE_WALL = tuple(name.value for name in (*STEPS[1:], *BESIDE, *REASONS))
MOST_CHOICES = 200
"""Values of one dimension that are offered, the most frequent."""


@dataclass(frozen=True)
class Choices:
    """Values that visitors of the period have, the most frequent first."""

    of: Mapping[Dimension, tuple[str, ...]]
    simulated: int
    """Simulated walls of the period, for whoever finds no reader's."""


class Funnels:
    """Funnels of this shop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, wanted: FunnelFilter, *, compare: bool = False) -> Funnel:
        """The funnel; with `compare` also how many took each step in the period before."""
        before = reached(await self._walks(wanted.before)) if compare else ()
        walks = await self._walks(wanted)
        return await asyncio.to_thread(funnel_of, walks, wanted.by, before)

    async def choices(self, wanted: FunnelFilter) -> Choices:
        """What can be asked for in the filter's period, whatever else the filter asks for."""
        columns = [_column(dimension) for dimension in _OF_THE_WALL]
        walls = (
            select(*columns, func.count())
            .where(_within(wanted), _named(EventName.WALL_SHOWN))
            .group_by(*columns)
        )
        offers = (
            select(_column(Dimension.OFFER), func.count())
            .where(_within(wanted), _named(EventName.OFFER_CHOSEN))
            .group_by(_column(Dimension.OFFER))
        )
        simulated = select(func.count()).where(
            _within(wanted, Traffic.SIMULATED), _named(EventName.WALL_SHOWN)
        )
        async with self._database.reading() as session:
            connection = await session.connection()
            rows = (await connection.execute(walls)).all()
            of_offers = (await connection.execute(offers)).all()
            count = (await connection.execute(simulated)).scalar_one()
        frequent = {
            dimension: _frequent((row[place], row[-1]) for row in rows)
            for place, dimension in enumerate(_OF_THE_WALL)
        }
        return Choices(frequent | {Dimension.OFFER: _frequent(map(tuple, of_offers))}, count)

    async def _walks(self, wanted: FunnelFilter) -> list[Walk]:
        """One of each visitor who saw a wall of the filter in its period."""
        event = MeasuredEvent
        only = [_column(dimension) == value for dimension, value in wanted.only if dimension in _OF_THE_WALL]
        walls = (
            select(col(event.visitor_id), col(event.at), *(_column(dimension) for dimension in _OF_THE_WALL))
            .where(_within(wanted), _named(EventName.WALL_SHOWN), *only)
            .order_by(col(event.at), col(event.id))
        )
        then = (
            select(
                col(event.visitor_id),
                col(event.name),
                col(event.at),
                col(event.outcome),
                col(event.offer),
            )
            .where(_within(wanted), col(event.name).in_(_AFTER_THE_WALL))
            .order_by(col(event.at), col(event.id))
        )
        async with self._database.reading() as session:
            connection = await session.connection()
            entries = (await connection.execute(walls)).all()
            events = (await connection.execute(then)).all() if entries else []
        return await asyncio.to_thread(_walked, entries, events, wanted.value_of(Dimension.OFFER))


def _walked(entries: Sequence[Any], events: Sequence[Any], offer: str) -> list[Walk]:
    walks: dict[str, Walk] = {}
    for visitor, at, *values in entries:
        if visitor not in walks:
            walks[visitor] = Walk(dict(zip(_OF_THE_WALL, values, strict=True)), [at])
    walk_all(walks, events)
    return [walk for walk in walks.values() if not offer or walk.offer == offer]


def _column(dimension: Dimension) -> Any:
    return col(getattr(MeasuredEvent, dimension.value))


def _within(wanted: FunnelFilter, traffic: Traffic | None = None) -> ColumnElement[bool]:
    return and_(
        col(MeasuredEvent.traffic) == (traffic or wanted.traffic).value,
        col(MeasuredEvent.at) >= wanted.begin,
        col(MeasuredEvent.at) < wanted.end,
    )


def _named(name: EventName) -> ColumnElement[bool]:
    return col(MeasuredEvent.name) == name.value


def _frequent(counted: Any) -> tuple[str, ...]:
    times: dict[str, int] = {}
    for value, count in counted:
        times[value] = times.get(value, 0) + count
    in_order = sorted((value for value in times if value), key=lambda value: (-times[value], value))
    return tuple(in_order[:MOST_CHOICES])
