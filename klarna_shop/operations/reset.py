"""Puts the sandbox's data and the shop's database back to the start.

    python -m klarna_shop.operations.reset

Only with `PAYWAY_ENV=sandbox`: elsewhere the database holds what customers paid for.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from klarna_shop.database_address import parse_database_url
from klarna_shop.operations.progress import PROJECT, StepFailed, say, stop
from klarna_shop.operations.serve import own_port
from klarna_shop.operations.start import settings_at_start
from klarna_shop.sandbox import COMPANIONS as SANDBOX_COMPANIONS
from klarna_shop.settings import ConfigurationError, Settings
from klarna_shop.shop.migrating import DatabaseUnusable, migrate, undo

_SQLITE_COMPANIONS = ("", "-wal", "-shm", "-journal")


def main() -> int:
    """Reset what the settings name; the exit status."""
    os.chdir(PROJECT)
    try:
        reset(settings_at_start())
    except (ConfigurationError, StepFailed, DatabaseUnusable) as failure:
        return stop(str(failure))
    return 0


def reset(settings: Settings) -> None:
    """Empty the shop's database and the embedded sandbox's.

    Raises:
        StepFailed: this is no sandbox, or a shop is running on the data.
    """
    if not settings.is_sandbox:
        raise StepFailed(
            f"PAYWAY_ENV is {settings.payway_env}: make reset erases purchases and is for the sandbox only."
        )
    with ExitStack() as held:
        try:
            held.enter_context(own_port(settings))
        except StepFailed as failure:
            raise StepFailed(f"{failure} Nothing was reset.") from None
        _empty(settings)


def _empty(settings: Settings) -> None:
    _empty_shop(settings.database_url.get_secret_value())
    if settings.embeds_sandbox:
        _remove(settings.sandbox_database)
        say("sandbox: back to its first customers, nothing bought")
    else:
        say(f"sandbox: {settings.payway_api_url} keeps its own data; reset it where it runs")


def _empty_shop(address: str) -> None:
    url = parse_database_url(address)
    if url.get_backend_name() == "sqlite":
        if url.database:
            _remove(Path(url.database))
    else:
        undo(address, "base")
    migrate(address)
    say("shop: an empty database")


def _remove(database: Path) -> None:
    for companion in (*_SQLITE_COMPANIONS, *SANDBOX_COMPANIONS):
        database.with_name(database.name + companion).unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
