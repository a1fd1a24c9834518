"""A PostgreSQL database for tests that must hold on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from pydantic import SecretStr

from klarna_shop.settings import Settings
from klarna_shop.shop.database import migrate

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The address of a new database, dropped afterwards; skips the test where no server answers."""
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL ({type(error).__name__})")
    with server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{SERVER.rpartition('/')[0]}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(name="settings", params=["sqlite", "postgresql"])
def settings_on_both(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """In the place of `settings`: every test of a folder runs on SQLite and on PostgreSQL, both migrated."""
    if request.param == "sqlite":
        migrate(settings.database_url.get_secret_value())
        yield settings
        return
    with empty_database(f"klarna_shop_test_{os.getpid()}") as address:
        migrate(address)
        yield settings.model_copy(update={"database_url": SecretStr(address)})
