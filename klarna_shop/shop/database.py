"""The shop's database: connections, the UTC column type, and migrations.

SQLite by default, PostgreSQL by `DATABASE_URL`. Nothing connects at import, since the server forks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, TypeDecorator, event, make_url, text
from sqlalchemy.engine import URL, Dialect, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel.ext.asyncio.session import AsyncSession

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
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
    """Sessions on the shop's database. One object a process; connections are made on first use."""

    def __init__(self, url: str) -> None:
        self.url = async_url(url)
        self._reader: AsyncEngine | None = None
        self._writer: AsyncEngine | None = None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads."""
        async with self._sessions(writing=False)() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session that writes: committed when the block ends, rolled back when it raises."""
        async with self._sessions(writing=True)() as session, session.begin():
            yield session

    @asynccontextmanager
    async def cleaning_up(self) -> AsyncIterator[AsyncSession]:
        """As `writing`, for statements over all that has been kept: they may take as long as they take."""
        async with self.writing() as session:
            if self.url.get_backend_name() == "postgresql":
                await (await session.connection()).execute(text("SET LOCAL statement_timeout = 0"))
            yield session

    @asynccontextmanager
    async def writing_alone(self, name: str) -> AsyncIterator[AsyncSession]:
        """As `writing`, while everybody else who gives the same name waits for the end of it."""
        async with self.writing() as session:
            if self.url.get_backend_name() == "postgresql":  # in SQLite only one writes at a time
                lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))").bindparams(name=name)
                await (await session.connection()).execute(lock)
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        for engine in {engine for engine in (self._reader, self._writer) if engine is not None}:
            await engine.dispose()
        self._reader = self._writer = None

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes (for tools and tests that create tables)."""
        self._start()
        assert self._writer is not None
        return self._writer

    def _sessions(self, *, writing: bool) -> async_sessionmaker[AsyncSession]:
        self._start()
        return async_sessionmaker(
            self._writer if writing else self._reader, class_=AsyncSession, expire_on_commit=False
        )

    def _start(self) -> None:
        if self._writer is not None:
            return
        if self.url.get_backend_name() != "sqlite":
            self._writer = create_async_engine(
                self.url,
                pool_pre_ping=True,
                pool_size=CONNECTIONS,
                max_overflow=0,
                hide_parameters=True,
                connect_args={name: value for name, value in _REACHING.items() if name not in self.url.query},
            )
            event.listen(self._writer.sync_engine, "connect", _set_deadlines)
            event.listen(self._writer.sync_engine, "handle_error", _replace_what_does_not_answer)
            # On the same connections. Each statement has always seen what was committed before it; without a
            # transaction around it, nothing has to be begun and rolled back.
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        elif self.url.database in {None, "", ":memory:"}:
            self._writer = self._reader = _sqlite_engine(self.url, "BEGIN IMMEDIATE", poolclass=StaticPool)
        else:
            # A transaction that reads and then writes may fail in SQLite when another wrote in between;
            # one that says at its beginning that it will write waits its turn instead. SQLite lets waiting
            # connections sleep and try again, some far too long; the queue for one connection is fair.
            self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
            self._reader = _sqlite_engine(self.url, "BEGIN")


def _set_deadlines(connection: Any, _record: Any) -> None:
    """By statements and not in the connection's options, which a pooler in between may not take."""
    cursor = connection.cursor()
    cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
    cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TRANSACTION_TIMEOUT_MS}")
    cursor.close()
    connection.commit()


def _replace_what_does_not_answer(context: ExceptionContext) -> None:
    """A pooled connection that fails its test is replaced, for whatever reason it fails.

    A cancelled task can leave one in the middle of a command, which counts as an error of the program and
    not as a lost connection; whoever gets it next would meet an error that is none of theirs.
    """
    if context.is_pre_ping:
        context.is_disconnect = True


def _sqlite_engine(url: URL, begin: str, **options: Any) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def async_url(url: str) -> URL:
    """`sqlite:///…` and `postgresql://…` with the drivers the shop uses."""
    parsed = make_url(url)
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}[parsed.get_backend_name()]
    return parsed.set(drivername=driver)


def migrate(url: str) -> None:
    """Bring the database to the newest version, making it where it is missing. Blocks the thread."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(migration_config(url), "head")


def migration_config(url: str) -> Config:
    """Alembic's configuration for the shop's migrations, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = async_url(url)
    return config
