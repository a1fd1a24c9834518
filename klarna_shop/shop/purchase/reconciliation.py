"""Bringing the ledger and Payway to agreement by hand: one round over everything unfinished, at once.

The server does the same by itself every ten seconds. Safe beside it: every change is compare-and-set, and
Payway is asked before anything is repeated.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from klarna_shop.shop.database import Database
from klarna_shop.shop.purchase.recovery import Recovery
from klarna_shop.shop.purchase.states import OVER, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

Count = Counter[PurchaseState]
"""How many purchases there are in each state."""

UNFINISHED = tuple(state for state in PurchaseState if state not in OVER)


@dataclass(frozen=True)
class Reconciled:
    """How things stood before the round and stand after it."""

    before: Count
    after: Count

    @property
    def had_nothing_to_do(self) -> bool:
        """Whether every purchase was over already."""
        return not any(self.before[state] for state in UNFINISHED)

    @property
    def unresolved(self) -> int:
        """Purchases that a person has to look into."""
        return self.after[PurchaseState.UNRESOLVED]

    @property
    def states(self) -> tuple[PurchaseState, ...]:
        """The states worth telling of, in their order."""
        return tuple(state for state in PurchaseState if self.before[state] or self.after[state])


class Reconciliation:
    """Runs rounds by hand, one at a time in a process."""

    def __init__(self, recovery: Recovery, database: Database) -> None:
        self._recovery = recovery
        self._database = database
        self._turn = asyncio.Lock()

    async def run(self) -> Reconciled:
        """One round; whoever asks during one waits for it and then has a round of their own."""
        async with self._turn:
            before = await self.count()
            await self._recovery.once(waiting=timedelta())
            return Reconciled(before, await self.count())

    async def count(self) -> Count:
        """How things stand now."""
        counted = select(Purchase.state, func.count()).group_by(col(Purchase.state))
        rows = await self._database.read(lambda session: session.exec(counted).all())
        return Counter({PurchaseState(state): number for state, number in rows})
