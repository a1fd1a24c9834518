"""Reads funnels from the table of events."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
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
        before: tuple[int, ...] = ()
        if compare:
            earlier, stayed_earlier = await self._visitors(replace(wanted.before, by=None))
            before = reached(earlier, sum(stayed_earlier.values()))
        walks, stayed = await self._visitors(wanted)
        return await asyncio.to_thread(funnel_of, walks, wanted.by, before, stayed)

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

    async def _visitors(self, wanted: FunnelFilter) -> tuple[list[Walk], dict[str, int]]:
        """Who did anything after the filter's wall, as walks; all others as counts, by their value.

        Nine of ten see a wall and do nothing: the database counts them, so that no row comes of each.
        """
        by = wanted.by if wanted.by in _OF_THE_WALL else None
        of_wall = and_(
            _named(EventName.WALL_SHOWN),
            *(_column(dimension) == value for dimension, value in wanted.only if dimension in _OF_THE_WALL),
        )
        then = col(MeasuredEvent.name).in_(_AFTER_THE_WALL)
        async with self._database.reading() as session:
            connection = await session.connection()
            events = (await connection.execute(_active(wanted, of_wall, then, by))).all()
            entered = (await connection.execute(_entered(wanted, of_wall, by))).all()
        return await asyncio.to_thread(_walked, events, entered, wanted.value_of(Dimension.OFFER))


def _active(
    wanted: FunnelFilter, of_wall: ColumnElement[bool], then: ColumnElement[bool], by: Dimension | None
) -> Any:
    """Walls and steps of visitors who took any, as `Happened`."""
    event = MeasuredEvent
    some = select(col(event.visitor_id)).where(_within(wanted), then)
    return (
        select(
            col(event.visitor_id),
            col(event.name),
            col(event.at),
            col(event.outcome),
            col(event.offer),
            _column(by) if by else literal(""),
        )
        .where(_within(wanted), or_(of_wall, then), col(event.visitor_id).in_(some))
        .order_by(col(event.at), col(event.id))
    )


def _entered(wanted: FunnelFilter, of_wall: ColumnElement[bool], by: Dimension | None) -> Any:
    """How many saw a wall, by the value of their first one."""
    event = MeasuredEvent
    if by is None:
        return select(literal(""), func.count(func.distinct(col(event.visitor_id)))).where(
            _within(wanted), of_wall
        )
    place = func.row_number().over(
        partition_by=col(event.visitor_id), order_by=(col(event.at), col(event.id))
    )
    walls = (
        select(_column(by).label("value"), place.label("place")).where(_within(wanted), of_wall).subquery()
    )
    return select(walls.c.value, func.count()).where(walls.c.place == 1).group_by(walls.c.value)


def _walked(events: Sequence[Any], entered: Sequence[Any], offer: str) -> tuple[list[Walk], dict[str, int]]:
    walks = walk_all(events)
    if offer:  # who has chosen none is not asked for
        return [walk for walk in walks if walk.offer == offer], {}
    active = Counter(walk.value for walk in walks)
    return walks, {value: count - active[value] for value, count in entered if count > active[value]}


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
