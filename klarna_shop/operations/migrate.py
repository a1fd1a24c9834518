"""Brings the shop's database to the newest version, or back to an earlier one.

python -m klarna_shop.operations.migrate [--back-to VERSION]
"""

from __future__ import annotations

import argparse

from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError
from klarna_shop.shop.migrating import DatabaseUnusable, known_versions, migrate, undo


def main(arguments: list[str] | None = None) -> int:
    """Migrate the database that `DATABASE_URL` names; the exit status."""
    parser = argparse.ArgumentParser(prog="migrate")
    parser.add_argument(
        "--back-to", metavar="VERSION", choices=known_versions(), help="the last migration to keep: 0012"
    )
    back_to = parser.parse_args(arguments).back_to
    try:
        url = settings_at_start().database_url.get_secret_value()
        if back_to is None:
            migrate(url)
            return 0
        undo(url, back_to)
    except (ConfigurationError, DatabaseUnusable) as failure:
        return stop(str(failure))
    say(f"database: version {back_to}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
