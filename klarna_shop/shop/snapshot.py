"""Values that every page needs and that seldom change, kept in memory."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlmodel import Session, func, select

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable

Value = TypeVar("Value")

FRESH_SECONDS = 1.0
"""Time for which a process goes on with the value it knows before it looks whether there is another."""
NEVER = -1


@dataclass(frozen=True)
class Known(Generic[Value]):
    """A value as one look found it: the looks are numbered, and `changes` are the rows of history."""

    value: Value
    look: int = 0
    changes: int = NEVER


class Snapshot(Generic[Value]):
    """A value whose every change adds a row to a table of history, in the same transaction.

    A process looks once in `FRESH_SECONDS`, with one more statement in a unit of work that a page needs
    anyway, and loads the value only where the history has grown. It meets its own changes with the next
    unit, and those of another process at most `FRESH_SECONDS` and the length of one unit later. Meanwhile,
    and where the database cannot be read, pages go on with what is known.
    """

    def __init__(
        self, history: Any, load: Work[Value], value: Value, monotonic: Stopwatch = time.monotonic
    ) -> None:
        # Counted, since PostgreSQL may commit a higher number before a lower one.
        self._count = select(func.count()).select_from(history)
        self._load = load
        self._monotonic = monotonic
        self._known = Known(value)
        self._looks = 0
        self._looked_at = float("-inf")

    @property
    def known(self) -> Known[Value]:
        """The value that is kept."""
        return self._known

    def invalidate(self) -> None:
        """Let the next unit look: this process has changed something."""
        self._looked_at = float("-inf")

    def look(self) -> Work[Known[Value]]:
        """Return a part of a unit of work that finds the value; it asks nothing while that is fresh."""
        if self._is_fresh():
            known = self._known
            return lambda _session: known
        self._looked_at = self._monotonic()
        self._looks += 1
        return partial(self._find, known=self._known, look=self._looks)

    def keep(self, found: Known[Value]) -> None:
        """Keep what a look has found, unless a later look was faster."""
        if found.look > self._known.look:
            self._known = found

    async def current(self, database: Database) -> Value:
        """Return the value, looked at in a unit of its own where it is not fresh."""
        if not self._is_fresh():
            with suppress(DatabaseUnavailable):
                self.keep(await database.read(self.look()))
        return self._known.value

    def _is_fresh(self) -> bool:
        return self._known.changes != NEVER and self._monotonic() - self._looked_at < FRESH_SECONDS

    def _find(self, session: Session, known: Known[Value], look: int) -> Known[Value]:
        changes = session.exec(self._count).one()
        value = known.value if changes == known.changes else self._load(session)
        return Known(value, look, changes)
