"""Writes events in batches: those of who agreed, completed with their visit and the wall they saw."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import column, func, insert, table
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.measurement.consent import who_accepted
from klarna_shop.shop.measurement.event_names import EventName, Traffic
from klarna_shop.shop.measurement.repetitions import Repetitions
from klarna_shop.shop.measurement.tables import MeasuredEvent

KEPT_FOR = timedelta(days=400)
"""A year to compare with, and some."""
_visits = table("visitor_visits", column("visitor_id"), column("visits"), column("traffic_source"))
"""Named and not imported: `shop.access` may use this room, not this room that one."""


@dataclass(frozen=True)
class SeenWall:
    """The wall that an event is about."""

    article: str
    design: str
    design_version: int | None = None
    experiment: str = ""
    variant: str = ""


@dataclass(frozen=True)
class Happening:
    """What a page tells of an event; the rest is looked up when it is written. Fields as in `MeasuredEvent`.

    `visit` and `source` are given by simulations alone, whose visitors have no visits.
    """

    name: EventName
    at: datetime
    visitor_id: str
    traffic: Traffic = Traffic.READER
    wall: SeenWall | None = None
    purchase_id: str | None = None
    article: str = ""
    offer: str = ""
    value: int = 0
    language: str = ""
    device: str = ""
    outcome: str = ""
    visit: int = 0
    source: str = ""


class EventStorage:
    """The table of events."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._repetitions = Repetitions()

    async def write(self, happenings: Sequence[Happening]) -> int:
        """Add the events of those who agreed, oldest first, and the simulated ones; return their number.

        Repetitions are left out.
        """
        try:
            return await self._database.write(partial(self._add, happenings))
        except BaseException:
            self._repetitions.forget()
            raise

    def _add(self, happenings: Sequence[Happening], session: Session) -> int:
        accepted = who_accepted(session, {one.visitor_id for one in happenings})
        kept = [one for one in happenings if one.traffic is Traffic.SIMULATED or one.visitor_id in accepted]
        rows = self._repetitions.without(session, completed(session, kept)) if kept else []
        if rows:
            # One statement for all rows: with the rows in it, it would be composed for each batch.
            session.connection().execute(insert(MeasuredEvent), rows)
        return len(rows)

    async def erase_old(self) -> None:
        """Take away what is older than it is kept."""
        old = delete(MeasuredEvent).where(col(MeasuredEvent.at) < self._clock() - KEPT_FOR)
        await self._database.clean_up(lambda session: session.exec(old))

    async def erase_simulated(self) -> None:
        """Take away what simulations wrote."""
        simulated = delete(MeasuredEvent).where(col(MeasuredEvent.traffic) == Traffic.SIMULATED.value)
        await self._database.clean_up(lambda session: session.exec(simulated))


def completed(session: Session, happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """Rows of `MeasuredEvent`: each event with its visit, and the wall that was seen last in that visit."""
    asked = {one.visitor_id for one in happenings if one.wall is None or not one.visit}
    visits, walls = _visits_of(session, asked), _last_walls(session, asked)
    rows = []
    for one in happenings:
        number, source = visits.get(one.visitor_id, (0, ""))
        number, source = one.visit or number, one.source or source
        if one.wall is not None:
            walls[one.visitor_id] = (number, one.wall)
        seen_in, wall = walls.get(one.visitor_id, (number, None))
        if seen_in != number:  # of an earlier visit
            wall = None
        rows.append(
            {
                "at": one.at,
                "name": one.name.value,
                "traffic": one.traffic.value,
                "visitor_id": one.visitor_id,
                "visit": number,
                "purchase_id": one.purchase_id,
                "article": one.article or (wall.article if wall else ""),
                "design": wall.design if wall else "",
                "design_version": wall.design_version if wall else None,
                "experiment": wall.experiment if wall else "",
                "variant": wall.variant if wall else "",
                "offer": one.offer,
                "value": one.value,
                "language": one.language,
                "device": one.device,
                "source": source,
                "outcome": one.outcome[:60],
            }
        )
    return rows


def _visits_of(session: Session, visitors: Collection[str]) -> dict[str, tuple[int, str]]:
    found = session.connection().execute(
        select_columns(_visits.c.visitor_id, _visits.c.visits, _visits.c.traffic_source).where(
            _visits.c.visitor_id.in_(visitors)
        )
    )
    return {visitor_id: (number, source) for visitor_id, number, source in found.all()}


def _last_walls(session: Session, visitors: Collection[str]) -> dict[str, tuple[int, SeenWall]]:
    """The wall that each visitor saw last, with the visit in which that was."""
    newest = (
        select_columns(func.max(MeasuredEvent.id))
        .where(
            col(MeasuredEvent.visitor_id).in_(visitors),
            col(MeasuredEvent.name) == EventName.WALL_SHOWN.value,
        )
        .group_by(col(MeasuredEvent.visitor_id))
    )
    found = session.exec(select(MeasuredEvent).where(col(MeasuredEvent.id).in_(newest)))
    return {
        row.visitor_id: (
            row.visit,
            SeenWall(row.article, row.design, row.design_version, row.experiment, row.variant),
        )
        for row in found.all()
    }
