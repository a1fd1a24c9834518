"""Reads funnels from the table of events."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlmodel import col

from klarna_shop.shop.database import Database, UtcDateTime
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
        rows, of_offers, [(count,)] = await asyncio.gather(*map(self._read, (walls, offers, simulated)))
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
        some = col(MeasuredEvent.visitor_id).in_(
            select(col(MeasuredEvent.visitor_id)).where(_within(wanted), then)
        )
        first = _first_walls(wanted, of_wall, by)
        # Side by side: each takes about as long as all others.
        walls, steps, entered = await asyncio.gather(
            self._read(select(_first_walls(wanted, of_wall, by, some))),
            self._read(_steps(wanted, then)),
            self._read(select(first.c.value, func.count()).group_by(first.c.value)),
        )
        return await asyncio.to_thread(_walked, walls, steps, entered, wanted.value_of(Dimension.OFFER))

    async def _read(self, statement: Any) -> Sequence[Any]:
        async with self._database.reading() as session:
            return (await (await session.connection()).execute(statement)).all()


def _steps(wanted: FunnelFilter, then: ColumnElement[bool]) -> Any:
    """What was done after walls."""
    event = MeasuredEvent
    columns = (event.visitor_id, event.name, event.at, event.outcome, event.offer, event.id)
    return select(*map(col, columns)).where(_within(wanted), then)


def _first_walls(
    wanted: FunnelFilter, of_wall: ColumnElement[bool], by: Dimension | None, *some: ColumnElement[bool]
) -> Any:
    """Visitor, moment and value of each visitor's first wall."""
    visitor, at, number = col(MeasuredEvent.visitor_id), col(MeasuredEvent.at), col(MeasuredEvent.id)
    if by is None:
        first = func.min(at, type_=UtcDateTime()).label("at")
        plain: Any = select(visitor.label("visitor_id"), first, literal("").label("value"))
        return plain.where(_within(wanted), of_wall, *some).group_by(visitor).subquery()
    place = func.row_number().over(partition_by=visitor, order_by=(at, number)).label("place")
    each = select(visitor.label("visitor_id"), at.label("at"), _column(by).label("value"), place)
    ranked = each.where(_within(wanted), of_wall, *some).subquery()
    chosen = select(ranked.c.visitor_id, ranked.c.at, ranked.c.value)
    return chosen.where(ranked.c.place == 1).subquery()


def _walked(
    walls: Sequence[Any], steps: Sequence[Any], entered: Sequence[Any], offer: str
) -> tuple[list[Walk], dict[str, int]]:
    walks = {visitor: Walk(value, [at]) for visitor, at, value in walls}
    walk_all(walks, sorted(steps, key=_in_order))
    if offer:  # who has chosen none is not asked for
        return [walk for walk in walks.values() if walk.offer == offer], {}
    active = Counter(walk.value for walk in walks.values())
    stayed = {value: count - active[value] for value, count in entered if count > active[value]}
    return list(walks.values()), stayed


_in_order = itemgetter(2, 5)
"""By moment, and where that is the same as they were written."""


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
