"""The shop's database: connections and the UTC column type.

SQLite by default, PostgreSQL by `DATABASE_URL`. Nothing connects at import, since the server forks.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import DateTime, Engine, TypeDecorator, create_engine, event, text
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from klarna_shop.database_address import parse_database_url
from klarna_shop.infrastructure.units_of_work import GroupedUnits, SeparateUnits, Work
from klarna_shop.shop.database_faults import DatabaseUnavailable, Fault, fault_of
from klarna_shop.shop.incidents import Incidents

Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 10_000
LOCKED_TIMEOUT_MS = 500
"""As `BUSY_TIMEOUT_MS`, of an SQLite file that has been found locked: the queue for it must not grow."""
STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = BUSY_TIMEOUT_MS
IDLE_TRANSACTION_TIMEOUT_MS = 30_000
"""Of PostgreSQL: nobody waits for a row for ever, and a transaction left open gives back what it holds."""
_REACHING = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How soon a PostgreSQL that has gone without a word counts as gone (libpq; the last in milliseconds).

What `DATABASE_URL` itself says of them holds.
"""
SOON_SECONDS = 1.0
"""How long a reader waits for a count, at most."""
READERS = 6
"""Threads of a process that read an SQLite file at once, each with a connection that is kept."""
CONNECTIONS = 15
"""Of a process to PostgreSQL, at most. All are kept: each that is made anew is a process of PostgreSQL's."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time: aware UTC in Python, UTC in the database, whichever database it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive time; store the rest as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """The shop's database. One object a process; threads and connections are made on first use.

    What is asked of it is a unit of work: a function of a session that needs no event loop. Each raises
    `DatabaseUnavailable` where the database cannot do what is asked: it is locked, read-only, full, damaged
    or gone.
    """

    def __init__(self, url: str, incidents: Incidents | None = None) -> None:
        self.url = driver_url(url)
        self.is_damaged = False
        """True since a statement has met damage; only a restart takes it back."""
        self._incidents = incidents or Incidents()
        self._connections: _Connections | None = None
        self.file = SqliteFile(self.url)
        self._unfinished: set[asyncio.Task[Any]] = set()
        self._late = 0
        """Counts that a reader has stopped waiting for, and that are still being written."""

    async def read(self, work: Work[Result]) -> Result:
        """Return what `work` returns; it only reads."""
        with self._faults_named():
            return await self._connected().read(work)

    async def write(self, work: Work[Result], *, lock: str = "") -> Result:
        """Return what `work` returns, when what it wrote is committed; where it raises, nothing is.

        Args:
            work: reads and writes; may be carried out in one transaction with others that wait.
            lock: whoever gives the same name waits for the end of this one.
        """
        with self._faults_named():
            return await self._connected().write(work, lock)

    async def clean_up(self, work: Work[Result]) -> Result:
        """As `write`, for statements over all that has been kept: they may take as long as they take."""
        with self._faults_named():
            return await self._connected().clean_up(work)

    async def write_soon(self, work: Work[Result], *, lock: str = "") -> Result | None:
        """As `write`; None where that takes longer than `SOON_SECONDS` or fails.

        For counts, which nobody must wait for. One that is late goes on; until it ends no other is begun.
        """
        if self._late:
            return None
        task = asyncio.create_task(self.write(work, lock=lock))
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        done, _ = await asyncio.wait({task}, timeout=SOON_SECONDS)
        if not done:
            self._late += 1
            task.add_done_callback(self._late_is_done)
            return None
        try:
            return task.result()
        except DatabaseUnavailable:
            return None

    def _late_is_done(self, task: asyncio.Task[Any]) -> None:
        self._late -= 1
        if not task.cancelled():
            task.exception()  # looked at: the database has logged its own faults

    async def close(self) -> None:
        """Finish what is under way and give all connections back."""
        if self._unfinished:
            await asyncio.wait(self._unfinished)
        if self._connections is not None:
            await self._connections.close()
        self._connections = None
        self.file.release()

    @property
    def engine(self) -> Engine:
        """The engine that writes (for tools and tests that create tables)."""
        return self._connected().writer

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Turn what the database is to blame for into `DatabaseUnavailable`, and log it once a minute."""
        try:
            yield
        except (SQLAlchemyError, DatabaseUnavailable) as error:
            fault = fault_of(error)
            if fault is None or (isinstance(error, DatabaseUnavailable) and error.incident):
                raise
            self.is_damaged = self.is_damaged or fault is Fault.DAMAGED
            raise DatabaseUnavailable(fault, self._incidents.report(f"database: {fault.value}")) from error

    def _connected(self) -> _Connections:
        if self._connections is None:
            sqlite = self.url.get_backend_name() == "sqlite"
            self._connections = _SqliteConnections(self.file) if sqlite else _PostgresConnections(self.url)
        return self._connections


class _PostgresConnections:
    """One pool and one thread for each of its connections; each unit has a transaction of its own."""

    def __init__(self, url: URL) -> None:
        self.writer = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            connect_args={name: value for name, value in _REACHING.items() if name not in url.query},
        )
        event.listen(self.writer, "connect", _set_deadlines)
        # On the same connections. Each statement has always seen what was committed before it; without a
        # transaction around it, nothing has to be begun and rolled back.
        self.reader = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self._units = SeparateUnits(CONNECTIONS)

    async def read(self, work: Work[Result]) -> Result:
        return await self._units.read(self.reader, work)

    async def write(self, work: Work[Result], lock: str) -> Result:
        if not lock:
            return await self._units.write(self.writer, work)

        def alone(session: Session) -> Result:
            wait = text("SELECT pg_advisory_xact_lock(hashtext(:name))").bindparams(name=lock)
            session.connection().execute(wait)
            return work(session)

        return await self._units.write(self.writer, alone)

    async def clean_up(self, work: Work[Result]) -> Result:
        def unhurried(session: Session) -> Result:
            session.connection().execute(text("SET LOCAL statement_timeout = 0"))
            return work(session)

        return await self._units.write(self.writer, unhurried)

    async def close(self) -> None:
        await self._units.close()
        self.writer.dispose()


class _SqliteConnections:
    """One connection that writes, and one for each thread that reads; one for everything in memory."""

    def __init__(self, file: SqliteFile) -> None:
        # A transaction that reads and then writes may fail in SQLite when another wrote in between;
        # one that says at its beginning that it will write waits its turn instead. SQLite lets waiting
        # connections sleep and try again, some far too long; the queue of one thread is fair.
        in_memory = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        options = in_memory if file.path is None else {"pool_size": 1, "max_overflow": 0}
        self.writer = _sqlite_engine(file, WRITING, **options)
        self._writing = GroupedUnits(self.writer)
        self.reader: Engine | None = None
        self._reading = SeparateUnits(READERS)
        if file.path is not None:
            self.reader = _sqlite_engine(file, "BEGIN", pool_size=READERS, max_overflow=0)

    async def read(self, work: Work[Result]) -> Result:
        if self.reader is None:
            return await self._writing.write(work)
        return await self._reading.read(self.reader, work)

    async def write(self, work: Work[Result], lock: str) -> Result:  # noqa: ARG002 - only one writes
        return await self._writing.write(work)

    async def clean_up(self, work: Work[Result]) -> Result:
        return await self._writing.write(work, apart=True)

    async def close(self) -> None:
        await self._writing.close()
        await self._reading.close()
        if self.reader is not None:
            self.reader.dispose()
        self.writer.dispose()


_Connections = _PostgresConnections | _SqliteConnections


def _set_deadlines(connection: Any, _record: Any) -> None:
    """By statements and not in the connection's options, which a pooler in between may not take."""
    cursor = connection.cursor()
    cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
    cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TRANSACTION_TIMEOUT_MS}")
    cursor.close()
    connection.commit()


_HOLD = getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC
"""Without reading: to close a file that was opened for it would end this process's locks on it."""
WRITING = "BEGIN IMMEDIATE"
"""How a transaction that writes begins in SQLite: with the lock."""


class SqliteFile:
    """The file of a process's SQLite database, which must stay the one that was opened first.

    A connection to a file that was deleted or replaced goes on without an error; what it writes is lost.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        database = url.database if url.get_backend_name() == "sqlite" else None
        self.path = Path(database).absolute() if database and database != ":memory:" else None
        self.is_locked = False
        """True from a wait in vain until the lock is had again."""
        self._identity: tuple[int, int] | None = None
        self._held: int | None = None

    @property
    def existing(self) -> URL:
        """The address by which SQLite opens the file and never makes one: only migrations do."""
        if self.path is None:
            return self.url
        return self.url.set(database=f"file:{quote(str(self.path))}", query={"mode": "rw", "uri": "true"})

    def release(self) -> None:
        """Forget the file; the next connection opens whichever is there."""
        if self._held is not None:
            os.close(self._held)
        self._held = self._identity = None

    def check(self) -> None:
        """Compare the file at the path with the one that was opened first.

        Raises:
            DatabaseUnavailable: it was deleted or replaced.
        """
        if self.path is None:
            return
        try:
            status = self.path.stat()
        except OSError:
            raise DatabaseUnavailable(Fault.GONE) from None
        if self._identity is None:
            self._identity = (status.st_dev, status.st_ino)
            # As long as it is held no other file can get its number.
            self._held = os.open(self.path, _HOLD)
        if self._identity != (status.st_dev, status.st_ino):
            raise DatabaseUnavailable(Fault.GONE)


def _sqlite_engine(file: SqliteFile, begin: str, **options: Any) -> Engine:
    engine = create_engine(file.existing, hide_parameters=True, **options)

    @event.listens_for(engine, "checkout")
    def _check_file(connection: Any, record: Any, _proxy: Any) -> None:
        file.check()
        wait = LOCKED_TIMEOUT_MS if file.is_locked else BUSY_TIMEOUT_MS
        if record.info.get("wait") != wait:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={wait}")
            cursor.close()
            record.info["wait"] = wait

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        try:
            connection.exec_driver_sql(begin)
        except DBAPIError as error:
            # Before the connection goes back: the next in the queue has it at once.
            file.is_locked = file.is_locked or fault_of(error) is Fault.LOCKED
            raise
        if begin == WRITING:
            file.is_locked = False

    return engine


def driver_url(url: str) -> URL:
    """`sqlite:///…` and `postgresql://…` with the drivers the shop uses."""
    parsed = parse_database_url(url)
    driver = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}[parsed.get_backend_name()]
    return parsed.set(drivername=driver)
