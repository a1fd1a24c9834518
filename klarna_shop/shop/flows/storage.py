"""Where steps are kept: no more than so many, and no longer than so long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import column, insert, table
from sqlalchemy import select as select_columns
from sqlmodel import col, delete, or_, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.flows.tables import FlowStep

TRIM_AFTER = 200
"""Steps written between two looks at their number: so many more than allowed there may be for a while."""
PASSING = timedelta(hours=1)
"""How long what was done without a purchase is kept for one that may follow, where room is scarce."""
_purchases = table("purchase", column("visitor_id"))
"""Named and not imported: the ledger's own modules record flows."""
_BUYERS = select_columns(_purchases.c.visitor_id).where(_purchases.c.visitor_id.is_not(None))


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
        await self._database.write(lambda session: session.exec(insert(FlowStep).values(list(rows))))
        self._since_trimmed += len(rows)
        if self._since_trimmed >= TRIM_AFTER:
            self._since_trimmed = 0
            await self.trim()

    async def trim(self) -> int:
        """Where there are too many steps, take some away; how many those were.

        First what readers without any purchase did some time ago, such as opening articles, which would push
        purchases out otherwise; then the oldest.
        """
        if await self._oldest_too_many() is None:
            return 0
        gone = await self._delete(
            col(FlowStep.purchase_id).is_(None),
            col(FlowStep.at) < self._clock() - PASSING,
            or_(col(FlowStep.visitor_id).is_(None), col(FlowStep.visitor_id).not_in(_BUYERS)),
        )
        oldest = await self._oldest_too_many()
        return gone if oldest is None else gone + await self._delete(col(FlowStep.id) <= oldest)

    async def erase_old(self) -> int:
        """Take away what is older than it may be, and what is too much; how many steps those were."""
        gone = await self._delete(col(FlowStep.at) < self._clock() - timedelta(days=self.days))
        return gone + await self.trim()

    async def _oldest_too_many(self) -> int | None:
        """The newest step that there is no room for any more."""
        newest_first = select(FlowStep.id).order_by(col(FlowStep.id).desc())
        beyond = newest_first.offset(self.steps).limit(1)
        return await self._database.read(lambda session: session.exec(beyond).first())

    async def _delete(self, *conditions: Any) -> int:
        gone = delete(FlowStep).where(*conditions)
        return await self._database.clean_up(lambda session: session.exec(gone).rowcount)
