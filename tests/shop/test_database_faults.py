"""Real faults of a database, and what goes on all the same: locked, read-only, full, damaged, gone."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from klarna_shop.assembly import House
from klarna_shop.operations.database_check import check_database
from klarna_shop.operations.findings import Grade
from klarna_shop.settings import Settings, read_settings
from klarna_shop.shop.access import MeterRead, Rule
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable, Fault
from klarna_shop.shop.database_probe import probe
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.incidents import Incidents
from klarna_shop.shop.migrating import migrate
from klarna_shop.shop.reader import Reader
from tests.databases import copy_migrated
from tests.house import Elapsed, Later, SignIn
from tests.postgres import empty_database

SUBSCRIBER = "karin.oberg@demo.example"


def _file(house: House) -> Path:
    assert house.shop.database.file.path is not None
    return house.shop.database.file.path


def _pragma(house: House, pragma: str) -> None:
    """Let every connection of the shop begin with this pragma, those that are open as well."""
    connections = house.shop.database._connected()
    for engine in (connections.writer, connections.reader):
        assert engine is not None

        @event.listens_for(engine, "checkout")
        def _set(connection: Any, _record: Any, _proxy: Any) -> None:
            connection.cursor().execute(pragma)


@contextmanager
def _locked(house: House) -> Iterator[None]:
    with closing(sqlite3.connect(_file(house), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def _read_only(house: House) -> Iterator[None]:
    _pragma(house, "PRAGMA query_only=ON")
    yield


@contextmanager
def _full(house: House) -> Iterator[None]:
    _pragma(house, "PRAGMA max_page_count=1")
    yield


@contextmanager
def _deleted(house: House) -> Iterator[None]:
    for suffix in ("", "-wal", "-shm"):
        _file(house).with_name(_file(house).name + suffix).unlink(missing_ok=True)
    yield


@contextmanager
def _replaced(house: House) -> Iterator[None]:
    with _deleted(house):
        copy_migrated(house.shop.settings.database_url.get_secret_value())
        yield


@contextmanager
def _damaged(house: House) -> Iterator[None]:
    with closing(sqlite3.connect(_file(house))) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = _file(house).stat().st_size
    with _file(house).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    yield


FAULTS = {
    Fault.READ_ONLY: _read_only,
    Fault.FULL: _full,
    Fault.GONE: _deleted,
    Fault.DAMAGED: _damaged,
}


def _article(house: House, kind: ArticleKind) -> Article:
    return next(one for one in house.shop.articles.front_page("sv") if one.kind is kind)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in these tests, neither for a lock nor for a count."""
    monkeypatch.setattr("klarna_shop.shop.database.BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr("klarna_shop.shop.database.SOON_SECONDS", 0.01)


@pytest.fixture
async def used(house: House, visitor: Reader) -> House:
    """A shop that has been open for a while: its connections stand, one article is counted."""
    await house.shop.access.decide(visitor, _article(house, ArticleKind.METERED))
    await probe(house.shop.database)
    return house


@pytest.mark.parametrize("fault", [*FAULTS.values(), _locked, _replaced])
async def test_what_cannot_be_counted_keeps_nobody_from_reading(
    fault: Callable[[House], Any],
    at_once: None,
    used: House,
    visitor: Reader,
    sign_in: SignIn,
    later: Later,
) -> None:
    subscriber = await sign_in(SUBSCRIBER)
    await used.shop.access.decide(subscriber, _article(used, ArticleKind.PREMIUM))
    later(timedelta(minutes=5))
    newcomer = Reader(visitor_id="newcomer")
    with fault(used):
        for reader in (visitor, newcomer):
            metered = await used.shop.access.decide(reader, _article(used, ArticleKind.METERED))
            free = await used.shop.access.decide(reader, _article(used, ArticleKind.FREE))
            assert (metered.open, metered.rule, free.open) == (True, Rule.METER, True)
        paid = await used.shop.access.decide(subscriber, _article(used, ArticleKind.PREMIUM))
        assert (paid.open, paid.rule) == (True, Rule.ENTITLED)


@pytest.mark.parametrize(
    ("fault", "kind"), [*((make, kind) for kind, make in FAULTS.items()), (_replaced, Fault.GONE)]
)
async def test_a_faulty_file_is_not_ready(fault: Callable[[House], Any], kind: Fault, used: House) -> None:
    with fault(used), pytest.raises(DatabaseUnavailable) as raised:
        await probe(used.shop.database)
    assert raised.value.fault is kind
    if kind is Fault.GONE and fault is _deleted:
        assert not _file(used).exists(), "a new file in the place of the one that is gone"


async def test_nothing_is_written_into_a_file_that_is_gone(used: House) -> None:
    row = MeterRead(visitor_id="v", slug="s", read_at=used.shop.clock())
    with _deleted(used), pytest.raises(DatabaseUnavailable, match="gone"):
        await used.shop.database.write(lambda session: session.add(row))


async def test_a_postgresql_that_takes_no_writing_is_told_from_one_that_does() -> None:
    with empty_database(f"klarna_shop_faults_{os.getpid()}") as address:
        await asyncio.to_thread(migrate, address)
        database = Database(address)
        await probe(database)
        with psycopg.connect(address, autocommit=True) as other:
            name = address.rpartition("/")[2]
            other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
        await database.close()
        with pytest.raises(DatabaseUnavailable, match="read-only"):
            await probe(database)
        assert await database.read(lambda session: session.scalar(sa.text("SELECT 1"))) == 1
        await database.close()


async def test_the_log_has_one_line_a_minute_for_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    stopwatch = Elapsed()
    database = Database("sqlite:////nowhere/shop.sqlite3", Incidents(stopwatch))

    async def ask() -> None:
        await database.write(lambda session: session.scalar(sa.text("SELECT 1")))

    for _ in range(50):
        await guarded("a round", ask())
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert caplog.records[0].exc_info is None
    stopwatch.seconds += 60
    await guarded("a round", ask())
    assert [" 49 more since" in record.getMessage() for record in caplog.records] == [False, True]
    await database.close()


async def test_doctor_writes_and_says_which_version_is_which(settings: Settings) -> None:
    url = settings.database_url.get_secret_value()
    copy_migrated(url)
    assert (await check_database(settings)).grade is Grade.GOOD
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    finding = await check_database(settings)
    assert finding.grade is Grade.WRONG
    assert "version 9999" in finding.text


async def test_doctor_refuses_memory_and_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for address in ("sqlite:///:memory:", f"sqlite:///{tmp_path}/file/shop.sqlite3"):
        try:
            settings = read_settings(_env_file=None, database_url=address)
        except Exception:  # noqa: BLE001, S112 - the settings have refused it themselves
            continue
        assert (await check_database(settings)).grade is Grade.WRONG


async def test_a_queue_behind_a_lock_waits_once_and_not_one_after_another(
    used: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes after a wait in vain waits the short time, until the lock is had again."""
    monkeypatch.setattr("klarna_shop.shop.database.BUSY_TIMEOUT_MS", 40)
    monkeypatch.setattr("klarna_shop.shop.database.LOCKED_TIMEOUT_MS", 1)
    database, waits = used.shop.database, []
    event.listen(
        database.engine,
        "checkout",
        lambda _connection, record, _proxy: waits.append(record.info["wait"]),
    )

    async def write() -> None:
        freed = sa.text("UPDATE lease SET holder = ''")
        await database.write(lambda session: session.connection().execute(freed))

    with _locked(used):
        found = await asyncio.gather(*(write() for _ in range(4)), return_exceptions=True)
    assert all(isinstance(one, DatabaseUnavailable) for one in found)
    await write()
    await write()
    assert waits[0] == waits[-1] == 40
    assert set(waits[1:-1]) == {1}
