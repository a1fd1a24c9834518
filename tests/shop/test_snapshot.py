"""A value kept in memory: one look a second, own changes at once, and never an older value after a newer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlmodel import Session, col, func, select

from klarna_shop.settings import Settings
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.experiments.tables import ExperimentHistory
from klarna_shop.shop.snapshot import FRESH_SECONDS, Known, Snapshot
from tests.databases import copy_migrated
from tests.house import Elapsed


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    url = settings.database_url.get_secret_value()
    copy_migrated(url)
    database = Database(url)
    yield database
    await database.close()


class Numbers:
    """A snapshot of the newest row's number."""

    def __init__(self) -> None:
        self.stopwatch = Elapsed()
        self.loads = 0
        self.snapshot = Snapshot(ExperimentHistory, self._load, 0, self.stopwatch)

    def _load(self, session: Session) -> int:
        self.loads += 1
        return session.exec(select(func.max(col(ExperimentHistory.id)))).one() or 0


async def _change(database: Database) -> None:
    row = ExperimentHistory(at=system_clock(), slug="one", what="changed")
    await database.write(lambda session: session.add(row))


async def test_it_is_looked_at_once_a_second_and_loaded_where_it_has_changed(database: Database) -> None:
    numbers = Numbers()
    for _ in range(3):
        assert await numbers.snapshot.current(database) == 0
    await _change(database)
    assert await numbers.snapshot.current(database) == 0
    numbers.stopwatch.seconds += FRESH_SECONDS
    assert await numbers.snapshot.current(database) == 1
    numbers.stopwatch.seconds += FRESH_SECONDS
    assert await numbers.snapshot.current(database) == 1
    assert numbers.loads == 2


async def test_a_change_of_this_process_is_met_at_once(database: Database) -> None:
    numbers = Numbers()
    await numbers.snapshot.current(database)
    await _change(database)
    numbers.snapshot.invalidate()
    assert await numbers.snapshot.current(database) == 1


async def test_a_look_that_began_before_a_change_takes_nothing_back(database: Database) -> None:
    numbers = Numbers()
    await numbers.snapshot.current(database)
    numbers.snapshot.invalidate()
    slow: Known[int] = await database.read(numbers.snapshot.look())
    await _change(database)
    numbers.snapshot.invalidate()
    numbers.snapshot.keep(await database.read(numbers.snapshot.look()))
    numbers.snapshot.keep(slow)
    assert numbers.snapshot.known.value == 1


async def test_while_the_database_cannot_be_read_the_known_value_stands(
    database: Database, settings: Settings
) -> None:
    numbers = Numbers()
    gone = Database("sqlite:////nowhere/shop.sqlite3")
    assert await numbers.snapshot.current(gone) == 0
    await _change(database)
    assert await numbers.snapshot.current(database) == 1, "a first value is looked for until there is one"
    numbers.stopwatch.seconds += FRESH_SECONDS
    assert await numbers.snapshot.current(gone) == 1
    await gone.close()
