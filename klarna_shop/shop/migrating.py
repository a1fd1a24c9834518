"""Bringing the shop's database to the version that this program knows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from klarna_shop.database_address import parse_database_url
from klarna_shop.shop.database import driver_url

VERSION_TABLE = "alembic_version"


class DatabaseUnusable(Exception):
    """The database cannot be brought to this program's version; the text is one line without secrets."""


def migrate(url: str, to: str = "head") -> None:
    """Bring the database to a version, the newest by default, making it where it is missing.

    Blocks the thread.

    Raises:
        DatabaseUnusable: it does not answer, is not the shop's, or belongs to a newer program.
    """
    try:
        _make_folder(url)
        command.upgrade(migration_config(url), to)
    except (SQLAlchemyError, OSError, ValueError) as failure:
        raise DatabaseUnusable(reason_of(failure)) from failure
    except CommandError as failure:
        raise DatabaseUnusable(_one_line(failure)) from failure


def undo(url: str, to: str) -> None:
    """Take back the migrations after the version `to`. Blocks the thread. Raises as `migrate` does."""
    try:
        command.downgrade(migration_config(url), to)
    except SQLAlchemyError as failure:
        raise DatabaseUnusable(reason_of(failure)) from failure
    except CommandError as failure:
        raise DatabaseUnusable(_one_line(failure)) from failure


def reason_of(failure: Exception) -> str:
    """Return why the database does not answer, in one line."""
    # The driver's own words name host and reason; the address with its password is not among them.
    reason = _one_line(getattr(failure, "orig", None) or failure)
    return f"DATABASE_URL: the database does not answer as one the shop can use: {reason}"


def newest_version() -> str:
    """Return the version that this program brings a database to."""
    return _scripts().get_current_head() or ""


def known_versions() -> tuple[str, ...]:
    """Return every version that this program knows, the oldest first."""
    return tuple(reversed([script.revision for script in _scripts().walk_revisions()]))


def migration_config(url: str) -> Config:
    """Return Alembic's configuration for the shop's migrations, without an ini file."""
    config = Config()
    # As a package and not as a path: a configuration has escapes of its own, which a folder's name may hold.
    config.set_main_option("script_location", "klarna_shop.shop:migrations")
    config.attributes["url"] = driver_url(url)
    return config


def check_version(found: tuple[str, ...], tables: set[str], own_tables: set[str]) -> None:
    """Refuse a database that this program must not migrate.

    Args:
        found: what stands in its table of versions.
        tables: names of all its tables.
        own_tables: names of the shop's tables in the newest version.

    Raises:
        DatabaseUnusable: it belongs to a newer program, or has the shop's tables and no version.
    """
    unknown = [version for version in found if version not in known_versions()]
    if unknown:
        newest = newest_version()
        raise DatabaseUnusable(
            f"database: it has version {unknown[0]}, and this program knows versions up to {newest}:"
            f" run the newer program, or undo with it what came later (docs/deploy.md, Going back)"
        )
    if len(found) > 1:
        raise DatabaseUnusable(f"database: it has several versions ({', '.join(found)}); restore a back-up")
    if not found and (strangers := sorted(tables & own_tables)):
        raise DatabaseUnusable(
            f"database: it has the table {strangers[0]} and no version, so that nobody can tell which it is;"
            " restore a back-up, or name an empty database in DATABASE_URL"
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(migration_config("sqlite://"))


def _make_folder(url: str) -> None:
    parsed = parse_database_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def _one_line(failure: object) -> str:
    return (str(failure).strip() or type(failure).__name__).splitlines()[0]
