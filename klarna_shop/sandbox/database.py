"""The sandbox's own SQLite database: started at first use, shared safely by tasks and processes."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool

from klarna_shop.sandbox.tables import SCHEMA_VERSION, Table

BUSY_TIMEOUT_MS = 15_000
Seed = Callable[[AsyncSession], Awaitable[None]]


class Database:
    """Sessions on one file, or on memory. Nothing is opened before the first session."""

    def __init__(self, path: Path | None, seed: Seed) -> None:
        self._path = path
        self._seed = seed
        self._reader: AsyncEngine | None = None
        self._writer: AsyncEngine | None = None
        self._ready = False
        self._memory: sqlite3.Connection | None = None
        """Keeps the memory's tables when a call that was cancelled takes its connection with it."""
        # Writers of this process queue up here, in order; writers of other processes meet at SQLite's lock.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads."""
        if self._path is None:  # memory is one connection, and so one transaction at a time
            async with self.writing() as session:
                yield session
            return
        if not self._ready:
            async with self._turn:
                await self._start()
        async with async_sessionmaker(self._reader, expire_on_commit=False)() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session that holds the write lock from its beginning; commits at the end, rolls back on error."""
        async with self._turn:
            await self._start()
            async with async_sessionmaker(self._writer, expire_on_commit=False).begin() as session:
                yield session

    async def reset(self) -> None:
        """Empty every table and put the seed back, as one transaction."""
        async with self.writing() as session:
            for table in reversed(Table.metadata.sorted_tables):
                await session.execute(table.delete())
            await self._seed(session)

    async def close(self) -> None:
        """Give the connections back; the next session opens new ones (memory is then empty)."""
        engines = {engine for engine in (self._reader, self._writer) if engine is not None}
        self._reader, self._writer, self._ready = None, None, False
        for engine in engines:
            await engine.dispose()
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _open(self) -> None:
        if self._writer is not None:
            return
        if self._path is None:
            name = f"file:sandbox-{uuid.uuid4()}"
            # In shared memory there is nothing to wait for, so that this blocks no event loop.
            self._memory = sqlite3.connect(
                f"{name}?mode=memory&cache=shared", uri=True, check_same_thread=False
            )
            shared = {"mode": "memory", "cache": "shared", "uri": "true"}
            self._writer = self._reader = _engine(name, "BEGIN IMMEDIATE", shared, poolclass=StaticPool)
        else:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _engine(str(self._path), "BEGIN IMMEDIATE", pool_size=1)
            self._reader = _engine(str(self._path), "BEGIN", pool_size=4, max_overflow=12)

    async def _start(self) -> None:
        if self._ready:
            return
        self._open()
        # One transaction makes and seeds the file, so that of several processes exactly one does it.
        async with async_sessionmaker(self._writer, expire_on_commit=False).begin() as session:
            connection = await session.connection()
            version = (await connection.exec_driver_sql("PRAGMA user_version")).scalar()
            if version != SCHEMA_VERSION:
                if version:
                    await connection.run_sync(Table.metadata.drop_all)
                await connection.run_sync(Table.metadata.create_all)
                await self._seed(session)
                await connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
        self._ready = True


def _engine(database: str, begin: str, query: Mapping[str, str] | None = None, **options: Any) -> AsyncEngine:
    address = URL.create("sqlite+aiosqlite", database=database, query=query or {})
    engine = create_async_engine(address, hide_parameters=True, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
