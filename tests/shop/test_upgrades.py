"""Databases of earlier versions, filled with what those versions allowed, are brought to the newest."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from klarna_shop.operations.migrate import main
from klarna_shop.shop import tables  # noqa: F401 - registers every table
from klarna_shop.shop.database import driver_url
from klarna_shop.shop.migrating import DatabaseUnusable, known_versions, migrate, newest_version
from tests.postgres import empty_database

VERSIONS = known_versions()
LAWS = {"alembic_version", "purchase_transition"}
"""Tables that the migrations themselves fill."""
_number = count(1)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'shop.sqlite3'}"
        return
    with empty_database(f"klarna_shop_upgrade_{os.getpid()}") as address:
        yield address


def _engine(url: str) -> sa.Engine:
    parsed = driver_url(url)
    return sa.create_engine(parsed.set(drivername=parsed.drivername.replace("+pysqlite", "")))


def _uniques() -> dict[str, list[tuple[str, ...]]]:
    """Columns of which the newest version keeps two rows from being equal, by table."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, table in SQLModel.metadata.tables.items():
        constraints = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
        indexes = [one for one in table.indexes if one.unique]
        found[name] = [tuple(column.name for column in one.columns) for one in constraints]
        found[name] += [tuple(column.name for column in one.columns) for one in indexes]
    return found


def _value(column: sa.Column[Any]) -> Any:
    number = next(_number)
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1)
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer | sa.Float):
        return number
    return f"v{number}"[: getattr(kind, "length", None) or 20]


def _fill(connection: sa.Connection) -> dict[str, int]:
    """Put rows into each table, pairs that only a later version forbids among them; count them."""
    reflected = sa.MetaData()
    reflected.reflect(connection)
    for table in reflected.sorted_tables:
        if table.name in LAWS:
            continue
        for same in [(), *_uniques().get(table.name, [])]:
            if set(same) <= set(table.columns.keys()):
                _add_pair(connection, table, same)
    return _rows(connection)


def _add_pair(connection: sa.Connection, table: sa.Table, same: tuple[str, ...]) -> None:
    """Add two rows that are equal in the columns `same`; one where this version forbids the second."""
    shared = {name: _value(table.columns[name]) for name in same}
    for key in table.foreign_keys:
        known = connection.execute(sa.select(key.column)).scalars().first()
        if key.parent.name in same:
            shared[key.parent.name] = known
    for _ in range(2):
        row = {column.name: _value(column) for column in table.columns} | shared
        for key in table.foreign_keys:
            row.setdefault(key.parent.name, None)
            if key.parent.name not in same:
                row[key.parent.name] = connection.execute(sa.select(key.column)).scalars().first()
        if table.name == "purchase":
            row["state"] = "session_open"
        try:
            with connection.begin_nested():
                connection.execute(table.insert().values(row))
                if table.name == "purchase":
                    approved = table.update().where(table.c.id == row["id"]).values(state="authorized")
                    connection.execute(approved)
        except DBAPIError:
            continue


def _rows(connection: sa.Connection) -> dict[str, int]:
    names = [name for name in sa.inspect(connection).get_table_names() if name not in LAWS]
    return {
        name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
        for name in names
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_each_version_allowed_is_brought_to_the_newest(kind: str, tmp_path: Path) -> None:
    """Each version adds its rows, so that those of every version pass every later migration."""
    before: dict[str, int] = {}
    with _database(kind, tmp_path) as url:
        for version in VERSIONS:
            migrate(url, version)
            engine = _engine(url)
            with engine.begin() as connection:
                kept = _rows(connection)
                assert {name: kept[name] for name in before} == before, f"rows went with {version}"
                before = _fill(connection)
            engine.dispose()
            assert min(before.values()) >= 1, f"a table of {version} stayed empty"
    assert set(SQLModel.metadata.tables) <= {*before, *LAWS}


def test_the_buyers_declaration_that_names_the_order_keeps_its_purchase(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    migrate(url, "0008")
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as file:
        for name, order, outcome in (
            ("first", None, "ended"),
            ("second", "order-1", "ended"),
            ("third", "order-2", "recorded"),
        ):
            file.execute(
                "INSERT INTO withdrawal (id, at, language, purchase_id, order_id, price, standing, outcome,"
                " email_digest, changed_at, name_encrypted) VALUES (?, '2026-01-01', 'sv', 'p', ?, 1, 'own',"
                " ?, '', '2026-01-01', 'sealed')",
                [name, order, outcome],
            )
        file.commit()
    migrate(url)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as file:
        found = file.execute("SELECT id, purchase_id, name_encrypted FROM withdrawal ORDER BY id").fetchall()
    assert found == [("first", None, "sealed"), ("second", "p", "sealed"), ("third", None, "sealed")]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_a_newer_program_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    with _database(kind, tmp_path) as url:
        migrate(url)
        engine = _engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseUnusable) as refused:
            migrate(url)
        engine.dispose()
    assert "version 9999" in str(refused.value)
    assert f"up to {newest_version()}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("forget", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_the_shops_tables_without_a_version_are_refused_in_one_line(forget: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    migrate(url)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as file:
        file.execute(forget)
        file.commit()
    with pytest.raises(DatabaseUnusable, match=r"^database: it has the table \w+ and no version[^\n]*$"):
        migrate(url)


def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite3"
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(DatabaseUnusable, match="file is not a database"):
        migrate(f"sqlite:///{file}")


def test_an_impossible_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnusable, match=r"^DATABASE_URL: [^\n]*$"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'shop.sqlite3'}")


def test_the_command_goes_back_to_an_earlier_version_and_on_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr("klarna_shop.operations.migrate.settings_at_start", _settings_of(url))
    assert main([]) == 0
    assert main(["--back-to", VERSIONS[-2]]) == 0
    assert VERSIONS[-2] in capsys.readouterr().out
    assert main([]) == 0


def _settings_of(url: str) -> Any:
    from klarna_shop.settings import read_settings

    return lambda: read_settings(_env_file=None, database_url=url)
