"""The database: migrations make what the models say, and times come back as they went in."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from klarna_shop.shop.access import MeterRead
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.migrating import migrate
from tests.databases import copy_migrated
from tests.postgres import empty_database


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
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    copy_migrated(url)
    database = Database(url)
    stockholm = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    async with database.writing() as session:
        session.add(MeterRead(visitor_id="v", slug="s", read_at=stockholm))
    async with database.reading() as session:
        read = await session.get(MeterRead, ("v", "s"))
    assert read is not None
    assert read.read_at == stockholm
    assert read.read_at.tzinfo is UTC
    await database.close()


async def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    copy_migrated(url)
    database = Database(url)
    with pytest.raises(sa.exc.StatementError):
        async with database.writing() as session:
            session.add(MeterRead(visitor_id="v", slug="s", read_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    await database.close()


async def test_a_pooled_connection_left_in_the_middle_of_a_command_is_replaced() -> None:
    with empty_database(f"klarna_shop_pool_{os.getpid()}") as address:
        database = Database(address)
        async with database.reading() as session:
            raw = await (await session.connection()).get_raw_connection()
            left = raw.driver_connection
            assert isinstance(left, psycopg.AsyncConnection)
        left.pgconn.send_query(b"SELECT 1")  # as a task that was cancelled may leave it
        for _ in range(3):
            async with database.reading() as session:
                answer = await (await session.connection()).execute(sa.text("SELECT 2"))
                assert answer.scalar() == 2
        await database.close()


async def test_nobody_waits_for_ever_for_a_row_of_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klarna_shop.shop.database.LOCK_TIMEOUT_MS", 200)
    with empty_database(f"klarna_shop_lock_{os.getpid()}") as address:
        database = Database(address)
        async with database.writing_alone("one"):
            with pytest.raises(DatabaseUnavailable, match="locked"):
                async with database.writing_alone("one"):
                    pass
        async with database.writing_alone("one"):
            pass
        await database.close()


async def test_a_transaction_that_was_left_open_gives_back_what_it_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a task leaves one that was cancelled at the wrong moment."""
    monkeypatch.setattr("klarna_shop.shop.database.LOCK_TIMEOUT_MS", 0)  # whoever waits would wait for ever
    monkeypatch.setattr("klarna_shop.shop.database.IDLE_TRANSACTION_TIMEOUT_MS", 200)
    entered = False
    with empty_database(f"klarna_shop_idle_{os.getpid()}") as address:
        left, other = Database(address), Database(address)
        with pytest.raises(DatabaseUnavailable):  # for whoever comes back to it
            async with left.writing_alone("one"), asyncio.timeout(30), other.writing_alone("one"):
                entered = True
        async with left.writing_alone("one"):
            pass
        await left.close()
        await other.close()
    assert entered


async def test_cleaning_up_may_take_its_time() -> None:
    with empty_database(f"klarna_shop_clean_{os.getpid()}") as address:
        database = Database(address)
        found = []
        for session_of in (database.cleaning_up, database.writing):
            async with session_of() as session:
                answer = await (await session.connection()).execute(sa.text("SHOW statement_timeout"))
                found.append(answer.scalar())
        await database.close()
    assert found == ["0", "30s"]


async def test_every_connection_to_postgresql_has_its_deadlines() -> None:
    with empty_database(f"klarna_shop_deadlines_{os.getpid()}") as address:
        database = Database(address)
        async with database.writing() as session:  # a rollback takes nothing of it back
            await session.rollback()
        async with database.reading() as session:
            connection = await session.connection()
            found = {
                name: (await connection.execute(sa.text(f"SHOW {name}"))).scalar()
                for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            }
        await database.close()
    assert found == {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    }
