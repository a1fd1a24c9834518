"""A PostgreSQL database for tests that must hold on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from klarna_shop.settings import Settings
from tests.databases import SERVER, SharedDatabase, copy_migrated, server_connection

__all__ = ["SERVER", "empty_database", "settings_on_both"]


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The address of a new database, dropped afterwards; skips the test where no server answers."""
    with server_connection() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
        yield f"{SERVER.rpartition('/')[0]}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(name="settings", params=["sqlite", "postgresql"])
def settings_on_both(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """In the place of `settings`: every test of a folder runs on SQLite and on PostgreSQL, both migrated."""
    if request.param == "sqlite":
        copy_migrated(settings.database_url.get_secret_value())
        return settings
    database: SharedDatabase = request.getfixturevalue("postgresql")
    database.empty()
    return settings.model_copy(update={"database_url": SecretStr(database.address)})
