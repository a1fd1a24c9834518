"""Runs migrations on the database that `shop.migrating.migration_config` names.

All of them in one transaction, and in one process at a time: servers that start together wait for the first.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from klarna_shop.shop import tables  # noqa: F401 - registers every table
from klarna_shop.shop.migrating import check_version

LOCK = 0x4B6C61726E61
"""Any number that nobody else on the PostgreSQL server locks."""
WAIT_SECONDS = 120


def _migrate(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_heads()
    check_version(found, set(inspect(connection).get_table_names()), set(SQLModel.metadata.tables))
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def _connect() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _lock_file_for_all(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=LOCK))
        _migrate(connection)


def _lock_file_for_all(engine: Engine) -> None:
    """Begin by taking the write lock; the driver's own way would end the transaction at each new table."""

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


_connect()
