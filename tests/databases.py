"""Migrated databases, made once by each test process and used for all its tests.

Migrating takes longer than most tests. What is made here is made from the migrations as they are now, and
goes when the process ends; a process that was killed leaves it to the next one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event

from klarna_shop.shop.migrating import migrate

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
PREFIX = "klarna_shop_shared_"
SWEEP_LOCK = 0x5377656570
"""Number that nothing else on the server locks: held while databases are made, and left ones looked for."""
GONE_WITHIN_MS = 10_000
_SHAPE = """
SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
    SELECT concat_ws(' ', relname, attname, atttypid, atttypmod, attnotnull) AS part
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT concat_ws(' ', tgrelid, tgname, tgenabled, tgtype, tgfoid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', conrelid, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
) AS parts
"""


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="klarna-shop-templates-")


@cache
def migrated_file() -> Path:
    """A migrated SQLite file, to be copied and never opened."""
    path = Path(_folder().name) / "migrated.sqlite3"
    # In a thread: migrating runs a loop of its own, and a test's may be running here.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(migrate, f"sqlite:///{path}").result()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return path


def copy_migrated(url: str) -> None:
    """Put a migrated SQLite file where the address says, unless one is there; others stay as they are."""
    backend, _, path = url.partition(":///")
    if backend == "sqlite" and path and not Path(path).exists():
        shutil.copyfile(migrated_file(), path)


@event.listens_for(Engine, "connect")
def _leave_writing_to_the_system(connection: Any, _record: Any) -> None:
    """Spare tests the waits for the disk: they would only show what a power cut leaves, and none has one."""
    if "sqlite" in type(connection).__module__:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()


class SharedDatabase:
    """A migrated PostgreSQL database that is emptied instead of made again.

    A connection to it is held as long as this process lives, by which others see that it is in use.
    """

    def __init__(self, server: psycopg.Connection[Any]) -> None:
        self._server = server
        self.name = f"{PREFIX}{os.getpid()}_{uuid.uuid4().hex[:12]}"
        self.address = f"{SERVER.rpartition('/')[0]}/{self.name}"
        self._begin()

    def _begin(self) -> None:
        with _making_alone(self._server):
            self._server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
            self._held = psycopg.connect(self.address, autocommit=True)
        without_waiting = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
        self._server.execute(without_waiting.format(sql.Identifier(self.name)))
        migrate(self.address)
        self._held.execute("SET synchronous_commit = off")
        self._tables = [
            name
            for (name,) in self._held.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        ]
        self._filled = [name for name, filled in self._rows().items() if filled]
        self._as_migrated = self._state()

    def empty(self) -> None:
        """Bring it back to what the migrations made; a test that changed more than rows gets a new one."""
        self._held.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            [GONE_WITHIN_MS],
        )
        if self._state() != self._as_migrated or not self._delete_rows():
            self.drop()
            self._begin()

    def drop(self) -> None:
        """Remove it."""
        self._held.close()
        _drop(self._server, self.name, force=True)

    def _delete_rows(self) -> bool:
        """Delete all rows of tests, past the guards of the ledger; False where that is not allowed here."""
        rows = self._rows()
        to_empty = [name for name, filled in rows.items() if filled and name not in self._filled]
        try:
            with self._held.transaction():
                # Only a superuser may; triggers, and with them foreign keys, are then not asked.
                self._held.execute("SET LOCAL session_replication_role = replica")
                for name in to_empty:
                    self._held.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                self._held.execute(
                    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
                    " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
                )
        except psycopg.errors.InsufficientPrivilege:
            return not to_empty
        return True

    def _rows(self) -> dict[str, bool]:
        """Each table, and True if there are rows in it."""
        asked = [sql.SQL("EXISTS (SELECT FROM {})").format(sql.Identifier(name)) for name in self._tables]
        row = self._held.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked))).fetchone()
        assert row is not None
        return dict(zip(self._tables, row, strict=True))

    def _state(self) -> tuple[Any, ...]:
        """A digest of the schema, and of the rows that the migrations themselves put in."""
        asked = [sql.SQL("({})").format(sql.SQL(_SHAPE))]
        asked += [
            sql.SQL("(SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM {} AS one)").format(
                sql.Identifier(name)
            )
            for name in self._filled
        ]
        row = self._held.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked))).fetchone()
        assert row is not None
        return tuple(row)


@contextmanager
def _making_alone(server: psycopg.Connection[Any]) -> Iterator[None]:
    """Remove what killed processes left, and let no other process look before the block is through."""
    server.execute("SELECT pg_advisory_lock(%s)", [SWEEP_LOCK])
    try:
        unused = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND NOT EXISTS"
            " (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)",
            [PREFIX],
        ).fetchall()
        for (name,) in unused:
            _drop(server, name, force=False)
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def _drop(server: psycopg.Connection[Any], name: str, *, force: bool) -> None:
    statement = "DROP DATABASE IF EXISTS {} WITH (FORCE)" if force else "DROP DATABASE IF EXISTS {}"
    server.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def server_connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the tests' PostgreSQL; skips the test where none answers."""
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL ({type(error).__name__})")
    with server:
        yield server


@contextmanager
def shared_database() -> Iterator[SharedDatabase]:
    """The PostgreSQL database of this process; `empty` it before use. Dropped afterwards."""
    with server_connection() as server:
        database = SharedDatabase(server)
        yield database
        database.drop()
