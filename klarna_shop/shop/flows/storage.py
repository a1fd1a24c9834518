"""Where steps are kept: no more than so many, and no longer than so long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, insert
from sqlmodel import col, delete, func, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.flows.tables import FlowStep

TRIM_AFTER = 200
"""Steps written between two looks at their number: so many more than allowed there may be for a while."""


class FlowStorage:
    """Writes steps in batches. `steps` and `days` are the settings `FLOW_STEPS` and `FLOW_DAYS`."""

    def __init__(self, database: Database, clock: Clock, *, steps: int, days: int) -> None:
        self._database = database
        self._clock = clock
        self.steps = steps
        self.days = days
        self._since_trimmed = TRIM_AFTER

    async def write(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add steps, oldest first, and take away the oldest beyond the bound."""
        async with self._database.writing() as session:
            await session.exec(insert(FlowStep).values(list(rows)))
        self._since_trimmed += len(rows)
        if self._since_trimmed >= TRIM_AFTER:
            self._since_trimmed = 0
            await self.trim()

    async def trim(self) -> int:
        """Take away the oldest steps beyond the bound; how many those were."""
        async with self._database.reading() as session:
            newest = (await session.exec(select(func.max(FlowStep.id)))).one()
        if newest is None or newest <= self.steps:
            return 0
        async with self._database.writing() as session:
            result = await session.exec(delete(FlowStep).where(col(FlowStep.id) <= newest - self.steps))
        assert isinstance(result, CursorResult)
        return result.rowcount

    async def erase_old(self) -> int:
        """Take away what is older than it may be, and what is too much; how many steps those were."""
        oldest = self._clock() - timedelta(days=self.days)
        async with self._database.writing() as session:
            result = await session.exec(delete(FlowStep).where(col(FlowStep.at) < oldest))
        assert isinstance(result, CursorResult)
        return result.rowcount + await self.trim()
