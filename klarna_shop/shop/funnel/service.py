"""Reads funnels from the table of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    and_,
    collate,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import col

from klarna_shop.shop.database import Database, UtcDateTime
from klarna_shop.shop.funnel.filters import Dimension, FunnelFilter
from klarna_shop.shop.funnel.steps import BESIDE, REASONS, STEPS
from klarna_shop.shop.funnel.walks import Funnel, Happened, Walk, funnel_of, reached
from klarna_shop.shop.measurement import EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent

_OF_THE_WALL = tuple(dimension for dimension in Dimension if dimension is not Dimension.OFFER)
_AFTER_THE_WALL = tuple(name.value for name in (*STEPS[1:], *BESIDE, *REASONS))
_JSON_LIST = {"sqlite": func.json_array, "postgresql": func.json_build_array}
_MOMENT = len("2026-11-23 12:00:00.000000")
_AS_TEXT: Mapping[str, Callable[[Any], Any]] = {
    "sqlite": lambda at: type_coerce(at, String()),  # as it is stored
    "postgresql": lambda at: collate(
        func.to_char(func.timezone("UTC", at), "YYYY-MM-DD HH24:MI:SS.US", type_=String()), "C"
    ),
}
"""A moment as text of one length, which sorts as moments do."""
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
        """Who did anything after the filter's wall, as walks; all others as counts, by their value."""
        rows = await self._read(_visitors_of(wanted, self._database.url.get_backend_name()))
        return await asyncio.to_thread(_walked, rows, wanted.value_of(Dimension.OFFER))

    async def _read(self, statement: Any) -> Sequence[Any]:
        return await self._database.read(lambda session: session.connection().execute(statement).all())


def _visitors_of(wanted: FunnelFilter, backend: str) -> Any:
    """Rows of visitors: moment and value of the first wall, what was done as JSON, and how many visitors.

    Nine of ten see a wall and do nothing: they are counted here, in a row of each value, so that none comes
    of each. All others come in one row each: reading rows holds the event loop, taking JSON apart does not.
    Nothing is joined: of visitors and steps a database that plans for any period at once expects a handful,
    and would go through them one by one.
    """
    walls = _walls(wanted, wanted.by if wanted.by in _OF_THE_WALL else None, backend)
    event = MeasuredEvent
    told = _JSON_LIST[backend](*map(col, (event.name, event.at, event.outcome, event.offer, event.id)))
    steps = select(
        col(event.visitor_id),
        null().cast(UtcDateTime()).label("at"),
        null().cast(String()).label("value"),
        told.cast(Text()).label("told"),
    ).where(_within(wanted), col(event.name).in_(_AFTER_THE_WALL))
    every = union_all(walls, steps).subquery()
    each = (
        select(
            func.min(every.c.at, type_=UtcDateTime()).label("at"),
            func.substr(func.min(every.c.value), _MOMENT + 1).label("value"),
            func.aggregate_strings(every.c.told, ",").label("told"),
        )
        .group_by(every.c.visitor_id)
        .cte()
    )
    went_on = select(each.c.at, each.c.value, each.c.told, literal(1)).where(
        each.c.at.is_not(None), each.c.told.is_not(None)
    )
    stayed = (
        select(null().cast(UtcDateTime()), each.c.value, null().cast(Text()), func.count())
        .where(each.c.told.is_(None))
        .group_by(each.c.value)
    )
    return union_all(went_on, stayed)


def _walls(wanted: FunnelFilter, by: Dimension | None, backend: str) -> Any:
    """Visitor, moment and value of each wall. The value stands behind its moment: the least is the first."""
    at = col(MeasuredEvent.at)
    dated = literal("") if by is None else _AS_TEXT[backend](at) + _column(by)
    return select(
        col(MeasuredEvent.visitor_id),
        at.label("at"),
        dated.label("value"),
        null().cast(Text()).label("told"),
    ).where(
        _within(wanted),
        _named(EventName.WALL_SHOWN),
        *(_column(dimension) == value for dimension, value in wanted.only if dimension in _OF_THE_WALL),
    )


def _walked(rows: Sequence[Any], offer: str) -> tuple[list[Walk], dict[str, int]]:
    walks, stayed = [], {}
    for at, value, told, visitors in rows:
        if told is None:
            stayed[value] = visitors
            continue
        walk = Walk(value, [at])
        for name, when, outcome, chosen, _ in sorted(_happened(told), key=_in_order):
            walk.go_on(name, when, outcome, chosen)
        walks.append(walk)
    if offer:  # who has chosen none is not asked for
        return [walk for walk in walks if walk.offer == offer], {}
    return walks, stayed


def _happened(told: str) -> Iterator[Happened]:
    for name, at, outcome, offer, number in json.loads(f"[{told}]"):
        moment = datetime.fromisoformat(at)
        yield name, moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment, outcome, offer, number


_in_order = itemgetter(1, 4)
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
