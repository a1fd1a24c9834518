"""The database: migrations make what the models say, and times come back as they went in."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import Session, SQLModel

from klarna_shop.shop.access import MeterRead
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.migrating import migrate
from tests.databases import SharedDatabase, copy_migrated
from tests.postgres import empty_database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_migrations_and_models_agree(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    migrate(f"sqlite:///{path}")
    with sa.create_engine(f"sqlite:///{path}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new folder' / 'shop.sqlite3'}"
    migrate(url)
    migrate(url)


async def test_a_time_comes_back_as_the_same_moment_in_utc(tmp_path: Path) -> None:
    database = _database(tmp_path)
    stockholm = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    row = MeterRead(visitor_id="v", slug="s", read_at=stockholm)
    await database.write(lambda session: session.add(row))
    read = await database.read(lambda session: session.get(MeterRead, ("v", "s")))
    assert read is not None
    assert read.read_at == stockholm
    assert read.read_at.tzinfo is UTC
    await database.close()


async def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    database = _database(tmp_path)
    row = MeterRead(visitor_id="v", slug="s", read_at=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError):
        await database.write(lambda session: session.add(row))
    await database.close()


async def test_nobody_waits_for_ever_for_a_row_of_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klarna_shop.shop.database.LOCK_TIMEOUT_MS", 200)
    with empty_database(f"klarna_shop_lock_{os.getpid()}") as address:
        database = Database(address)
        held, done = threading.Event(), threading.Event()

        def hold(_session: Session) -> None:
            held.set()
            done.wait(30)

        holding = asyncio.create_task(database.write(hold, lock="one"))
        await asyncio.to_thread(held.wait, 30)
        with pytest.raises(DatabaseUnavailable, match="locked"):
            await database.write(nothing, lock="one")
        done.set()
        await holding
        await database.write(nothing, lock="one")
        await database.close()


async def test_a_transaction_that_was_left_open_gives_back_what_it_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a process leaves one that stands still."""
    monkeypatch.setattr("klarna_shop.shop.database.LOCK_TIMEOUT_MS", 0)  # whoever waits would wait for ever
    monkeypatch.setattr("klarna_shop.shop.database.IDLE_TRANSACTION_TIMEOUT_MS", 200)
    with empty_database(f"klarna_shop_idle_{os.getpid()}") as address:
        left, other = Database(address), Database(address)
        held, done = threading.Event(), threading.Event()

        def hold(session: Session) -> None:
            held.set()
            done.wait(30)
            session.connection().execute(sa.text("SELECT 1"))

        holding = asyncio.create_task(left.write(hold, lock="one"))
        await asyncio.to_thread(held.wait, 30)
        async with asyncio.timeout(30):
            await other.write(nothing, lock="one")
        done.set()
        with pytest.raises(DatabaseUnavailable):
            await holding
        await left.write(nothing, lock="one")
        await left.close()
        await other.close()


async def test_cleaning_up_may_take_its_time() -> None:
    with empty_database(f"klarna_shop_clean_{os.getpid()}") as address:
        database = Database(address)
        asked = sa.text("SHOW statement_timeout")
        found = [
            await carry_out(lambda session: session.scalar(asked))
            for carry_out in (database.clean_up, database.write)
        ]
        await database.close()
    assert found == ["0", "30s"]


async def test_every_connection_to_postgresql_has_its_deadlines() -> None:
    with empty_database(f"klarna_shop_deadlines_{os.getpid()}") as address:
        database = Database(address)
        await database.write(lambda session: session.rollback())  # takes nothing of it back
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        found = await database.read(
            lambda session: {name: session.scalar(sa.text(f"SHOW {name}")) for name in names}
        )
        await database.close()
    assert found == {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    }


async def test_a_count_that_is_late_goes_on_and_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klarna_shop.shop.database.SOON_SECONDS", 0.01)
    database, go_on = _database(tmp_path), threading.Event()

    def count(session: Session) -> str:
        go_on.wait(30)
        session.add(MeterRead(visitor_id="late", slug="s", read_at=NOON))
        return "counted"

    assert await database.write_soon(count) is None
    assert await database.write_soon(lambda _session: "another") is None
    go_on.set()
    await database.close()
    read = await database.read(lambda session: session.get(MeterRead, ("late", "s")))
    assert read is not None
    assert await database.write_soon(lambda _session: "counted") == "counted"
    await database.close()


async def test_who_asks_for_the_same_lock_waits_whichever_the_database(
    tmp_path: Path, postgresql: SharedDatabase
) -> None:
    postgresql.empty()
    for database in (_database(tmp_path), Database(postgresql.address)):
        under_way: list[int] = []

        def alone(_session: Session, under_way: list[int] = under_way) -> int:
            under_way.append(1)
            time.sleep(0.005)
            return len(under_way) - under_way.pop()

        assert set(await asyncio.gather(*(database.write(alone, lock="v") for _ in range(8)))) == {0}
        await database.close()


def nothing(session: Session) -> None:
    """A unit that only begins a transaction."""
    session.connection()


def _database(folder: Path) -> Database:
    url = f"sqlite:///{folder / 'shop.sqlite3'}"
    copy_migrated(url)
    return Database(url)
