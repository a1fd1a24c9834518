"""Units of work on a database: a function of a session, run in a thread in one hop, there and back.

Who stops waiting for a unit does not stop it: it is carried out, and what it wrote stays.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

Result = TypeVar("Result")
Work = Callable[[Session], Result]

MOST_TOGETHER = 64
"""Units in one commit: so many answers wait for the slowest of them."""


class SeparateUnits:
    """Threads that carry out each unit by itself, with a connection of its own."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def read(self, engine: Engine, work: Work[Result]) -> Result:
        """Carry out a unit that changes nothing."""
        return await self._carry_out(_read, engine, work)

    async def write(self, engine: Engine, work: Work[Result]) -> Result:
        """Carry out a unit in a transaction: committed when it returns, rolled back when it raises."""
        return await self._carry_out(_write, engine, work)

    async def _carry_out(
        self, how: Callable[[Engine, Work[Result]], Result], engine: Engine, work: Work[Result]
    ) -> Result:
        return await _answer(self._threads.submit(copy_context().run, how, engine, work))

    async def close(self) -> None:
        """Carry out what is waiting, and end the threads."""
        await asyncio.to_thread(self._threads.shutdown)


@dataclass(frozen=True)
class _Unit:
    carry_out: Work[Any]
    apart: bool
    answer: Future[Any] = field(default_factory=Future)

    def settle(self, outcome: object, error: BaseException | None) -> None:
        if error is None:
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(error)


class GroupedUnits:
    """One thread that commits together what waits: for a database in which only one writes at a time.

    Each unit has a savepoint, so that one that raises takes back its own changes alone. All are answered
    after the commit; a commit that fails fails all of them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="database-writer", daemon=True)
        self._thread.start()

    async def write(self, work: Work[Result], *, apart: bool = False) -> Result:
        """Carry out a unit, `apart` from others where it takes long."""
        context = copy_context()
        unit = _Unit(lambda session: context.run(work, session), apart)
        self._waiting.put(unit)
        return await _answer(unit.answer)

    async def close(self) -> None:
        """Carry out what is waiting, and end the thread."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        ends = False
        while not ends:
            units, ends = self._gather()
            together = [unit for unit in units if not unit.apart]
            if together:
                self._commit(together)
            for unit in units:
                if unit.apart:
                    self._commit([unit])

    def _gather(self) -> tuple[list[_Unit], bool]:
        """Wait for a unit, and take with it what else is there; true where it is the last."""
        units: list[_Unit] = []
        while len(units) < MOST_TOGETHER:
            try:
                unit = self._waiting.get(block=not units)
            except queue.Empty:
                break
            if unit is None:
                return units, True
            units.append(unit)
        return units, False

    def _commit(self, units: Sequence[_Unit]) -> None:
        try:
            if len(units) == 1:
                outcomes: list[tuple[object, BaseException | None]] = [
                    (_write(self._engine, units[0].carry_out), None)
                ]
            else:
                with self._engine.begin() as connection:
                    outcomes = [_in_savepoint(connection, unit.carry_out) for unit in units]
        except BaseException as failure:  # noqa: BLE001 - it is the answer
            outcomes = [(None, failure)] * len(units)
        for unit, (outcome, error) in zip(units, outcomes, strict=True):
            unit.settle(outcome, error)


def _read(engine: Engine, work: Work[Result]) -> Result:
    with Session(engine) as session:
        return work(session)


def _write(engine: Engine, work: Work[Result]) -> Result:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


def _in_savepoint(connection: Connection, work: Work[object]) -> tuple[object, BaseException | None]:
    """Return what the unit returned or raised; raises only where the whole transaction is lost."""
    try:
        with (
            Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            return work(session), None
    except BaseException as error:
        # After some errors (no room, for one) SQLite has taken back the transaction. What a later unit wrote
        # would be committed at once, and what an earlier one wrote is gone.
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            raise
        return None, error


async def _answer(future: Future[Result]) -> Result:
    return await asyncio.shield(asyncio.wrap_future(future))
