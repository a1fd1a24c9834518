"""The doctor's look at the shop's database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.settings import Settings
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.database_probe import WrongVersion, probe
from klarna_shop.shop.migrating import newest_version

DEADLINE = 10.0
"""Seconds one part gets to answer."""


async def check_database(settings: Settings) -> Finding:
    """Try the shop's database: its version, reading, writing, and of an SQLite file its place."""
    part, nothing = "database", "Nothing can be bought or read."
    try:
        database = Database(settings.database_url.get_secret_value())
    except (SQLAlchemyError, ValueError) as error:
        return Finding(part, Grade.WRONG, f"DATABASE_URL cannot be used ({type(error).__name__})", nothing)
    path = database.file.path
    if database.url.get_backend_name() == "sqlite":
        if path is None:
            lost = "Every purchase is lost when a process ends: name a file, sqlite:///<path>."
            return Finding(part, Grade.WRONG, "in memory", lost)
        if not await asyncio.to_thread(path.exists):
            return await asyncio.to_thread(_check_place, path)
    try:
        async with asyncio.timeout(2 * DEADLINE):
            await probe(database)
    except WrongVersion as error:
        help_ = "`make run` upgrades an older one; of a newer one docs/deploy.md says how to go back."
        return Finding(part, Grade.WRONG, str(error), f"{nothing} {help_}")
    except DatabaseUnavailable as error:
        cost = "Articles can be read; nobody signs in or buys." if error.fault.is_readable else nothing
        return Finding(part, Grade.WRONG, f"it is {error.fault.value}", f"{cost} Look at DATABASE_URL.")
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        text = f"does not answer as the shop's ({type(error).__name__})"
        help_ = "`make run` makes the tables; else look at DATABASE_URL."
        return Finding(part, Grade.WRONG, text, f"{nothing} {help_}")
    finally:
        await database.close()
    return Finding(part, Grade.GOOD, f"version {newest_version()}, read and written")


def _check_place(path: Path) -> Finding:
    """Check that an SQLite file can be made where there is none yet."""
    above = next((each for each in path.parents if each.exists()), path.parent)
    if path.is_symlink() or not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        text = f"no SQLite file can be made in {path.parent}"
        return Finding("database", Grade.WRONG, text, "The shop does not start. Look at DATABASE_URL.")
    return Finding("database", Grade.GOOD, "an SQLite file, which the first `make run` makes")
