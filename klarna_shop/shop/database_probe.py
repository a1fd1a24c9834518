"""Trying a database out: what a shop that is ready, or a doctor, has to know of it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable, Fault, fault_of
from klarna_shop.shop.migrating import newest_version
from klarna_shop.shop.rounds import RoundsRow

PROBE = "probe"
"""Name of the row that is written, in the table of finished rounds."""
ROOM_BYTES = 64 * 1024
"""What must fit into an SQLite file beside what is there."""
FREE_BYTES = 16 * 1024 * 1024
"""What must be free beside an SQLite file, whose journal grows with every change."""
CHECK_SECONDS = 0.25
"""How long an SQLite file is searched for damage, at most; a large one is not searched to its end."""


class WrongVersion(Exception):
    """The database has another version than this program; the text names both."""


async def probe(database: Database) -> None:
    """Read, write, read back, and look at an SQLite file itself.

    Raises:
        DatabaseUnavailable: it cannot be read or written, is damaged, or is not the file that was opened.
        WrongVersion: the tables are not this program's.
    """
    if database.is_damaged:
        raise DatabaseUnavailable(Fault.DAMAGED)
    await _check_version(database)
    if database.file.path is not None:
        await asyncio.to_thread(_look_at, database.file.path)
    written = await database.write(partial(_count, database.file.path is not None), lock=PROBE)
    if await database.read(_number) < written:
        raise DatabaseUnavailable(Fault.GONE)


async def _check_version(database: Database) -> None:
    version = text("SELECT version_num FROM alembic_version")
    found = await database.read(lambda session: session.connection().execute(version).all())
    versions = [version for (version,) in found]
    if versions != [newest_version()]:
        known = ", ".join(versions) or "none"
        raise WrongVersion(f"the database has version {known}, and this program is of {newest_version()}")


def _count(in_file: bool, session: Session) -> int:
    """Write the row of the probe; return its number."""
    if in_file:
        _find_room(session)
    counted = (
        update(RoundsRow)
        .where(col(RoundsRow.name) == PROBE)
        .values(number=RoundsRow.number + 1, finished_at=system_clock())
    )
    if session.exec(counted).rowcount == 0:
        session.add(RoundsRow(name=PROBE, number=1, finished_at=system_clock()))
    return _number(session)


def _number(session: Session) -> int:
    return session.exec(select(RoundsRow.number).where(RoundsRow.name == PROBE)).one()


def _find_room(session: Session) -> None:
    """Put something large into the file and take it back, which a full one does not let happen."""
    connection = session.connection()
    for statement in (
        "SAVEPOINT room",
        f"INSERT INTO finished_rounds VALUES (zeroblob({ROOM_BYTES}), 0, '')",  # noqa: S608 - a number
        "ROLLBACK TO room",
        "RELEASE room",
    ):
        connection.exec_driver_sql(statement)


def _look_at(path: Path) -> None:
    """Open the file as a stranger would, and look for damage and for room beside it."""
    if shutil.disk_usage(path.parent).free < FREE_BYTES:
        raise DatabaseUnavailable(Fault.FULL)
    ends_at = time.monotonic() + CHECK_SECONDS
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=CHECK_SECONDS)
        try:
            connection.set_progress_handler(lambda: time.monotonic() > ends_at, 10_000)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        if error.sqlite_errorcode in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY}:
            return
        raise DatabaseUnavailable(fault_of(error) or Fault.DAMAGED) from error
    if found != ("ok",):
        raise DatabaseUnavailable(Fault.DAMAGED)
