"""The sandbox's own SQLite database: started at first use, shared safely by tasks and processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from klarna_shop.infrastructure.units_of_work import GroupedUnits, Result, SeparateUnits, Work
from klarna_shop.sandbox.tables import SCHEMA_VERSION, Table

BUSY_TIMEOUT_MS = 15_000
READERS = 4
"""Threads of a process that read the file at once."""
Seed = Callable[[Session], None]


class Database:
    """Units of work on one file, or on memory. Nothing is opened before the first unit.

    Memory is one connection, and so one unit at a time.
    """

    def __init__(self, path: Path | None, seed: Seed) -> None:
        self._path = path
        self._seed = seed
        self._opened: Opened | None = None
        self._start = asyncio.Lock()

    async def read(self, work: Work[Result]) -> Result:
        """Return what a unit returns that only reads."""
        opened = await self._started()
        if opened.reader is None:
            return await opened.writing.write(work)
        return await opened.reading.read(opened.reader, work)

    async def write(self, work: Work[Result]) -> Result:
        """Return what a unit returns, when what it wrote is committed; where it raises, nothing is."""
        return await (await self._started()).writing.write(work)

    async def reset(self) -> None:
        """Empty every table and put the seed back, as one transaction."""

        def empty(session: Session) -> None:
            for table in reversed(Table.metadata.sorted_tables):
                session.execute(table.delete())
            self._seed(session)

        await self.write(empty)

    async def close(self) -> None:
        """Give the connections back; the next unit opens new ones (memory is then empty)."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    async def _started(self) -> Opened:
        if self._opened is None:
            async with self._start:
                if self._opened is None:
                    opened = Opened(self._path)
                    try:
                        await opened.writing.write(self._make)
                    except BaseException:
                        await opened.close()
                        raise
                    self._opened = opened
        return self._opened

    def _make(self, session: Session) -> None:
        """Make and seed the tables in one transaction, so that of several processes exactly one does it."""
        connection = session.connection()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version == SCHEMA_VERSION:
            return
        if version:
            Table.metadata.drop_all(connection)
        Table.metadata.create_all(connection)
        self._seed(session)
        session.flush()
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


class Opened:
    """Engines and threads of an open database."""

    def __init__(self, path: Path | None) -> None:
        self.reader: Engine | None = None
        self.reading = SeparateUnits(READERS)
        if path is None:
            shared = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
            self.writer = _engine(None, "BEGIN IMMEDIATE", **shared)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = _engine(path, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
            self.reader = _engine(path, "BEGIN", pool_size=READERS, max_overflow=0)
        self.writing = GroupedUnits(self.writer)

    async def close(self) -> None:
        """Carry out what waits, and close the connections."""
        await self.writing.close()
        await self.reading.close()
        if self.reader is not None:
            self.reader.dispose()
        self.writer.dispose()


def _engine(path: Path | None, begin: str, **options: Any) -> Engine:
    address = URL.create("sqlite+pysqlite", database=None if path is None else str(path))
    engine = create_engine(address, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
