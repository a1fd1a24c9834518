"""Serves the shop in production mode: migrated, built where needed, one process group on `APP_PORT`.

    python -m klarna_shop.operations.serve [--as-built]

With `--as-built` the finished build is taken as it is, whatever changed since (for tests).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from klarna_shop.operations.articles import tell_problems
from klarna_shop.operations.build import BUILT, build_front_end
from klarna_shop.operations.keys import check_keys
from klarna_shop.operations.progress import PROJECT, StepFailed, run_here, say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.ports import PortTaken, PortUnusable, port_held
from klarna_shop.settings import ConfigurationError, Settings
from klarna_shop.shop.migrating import DatabaseUnusable, migrate
from klarna_shop.web.tcp_connections import most_connections, raise_file_limit

HOST = "127.0.0.1"
"""Nothing outside this machine reaches the shop but through a proxy on it."""

BACKLOG = 4096
HEAD_MILLISECONDS = 10_000
"""How long a connection may take for the head of a request, and be kept without one."""
LARGEST_HEAD = 64 * 1024
"""Bytes."""


def main(arguments: list[str]) -> int:
    """Set up and serve until stopped; the exit status."""
    os.chdir(PROJECT)
    try:
        settings = settings_at_start()
        with own_port(settings):
            migrate_database(settings)
            check_keys(settings)
            tell_problems(settings)
            if "--as-built" not in arguments:
                build_front_end(settings)
            elif not BUILT.exists():
                raise StepFailed("There is no build to serve as it is; run `make run` once.")
            _serve(settings)
    except (ConfigurationError, StepFailed) as failure:
        return stop(str(failure))
    except KeyboardInterrupt:
        return stop("stopped", 130)
    return 0


@contextmanager
def own_port(settings: Settings) -> Iterator[None]:
    """Keep `APP_PORT` for this process until the block ends, before it listens and while it does.

    Raises:
        StepFailed: another program has the port, or it may not be used.
    """
    try:
        with port_held(HOST, settings.app_port):
            yield
    except PortTaken as failure:
        raise StepFailed(
            f"{failure} (perhaps a shop that runs already); stop it or set APP_PORT to another."
        ) from None
    except PortUnusable as failure:
        raise StepFailed(f"{failure}; set APP_PORT to another, above 1023.") from None


def migrate_database(settings: Settings) -> None:
    """Bring the database to the newest version. No connection is left: the server forks from this process.

    Raises:
        StepFailed: it cannot be; the text is one line.
    """
    try:
        run_here("database", partial(migrate, settings.database_url.get_secret_value()))
    except DatabaseUnusable as failure:
        raise StepFailed(str(failure)) from None


def _serve(settings: Settings) -> None:
    import granian.server
    from granian.constants import HTTPModes
    from granian.http import HTTP1Settings
    from reflex.utils import exec as reflex_server
    from reflex_base import constants
    from reflex_base.config import get_config
    from reflex_base.environment import environment
    from reflex_base.utils import log

    environment.REFLEX_LOG_JSON.set(settings.log_format == "json")
    log.enable_managed_logging()
    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    os.environ["REFLEX_USE_GRANIAN"] = "true"
    os.environ["GRANIAN_WORKERS"] = str(settings.app_workers)
    raise_file_limit()
    # Reflex leaves all of these as they are by default.
    granian.server.Server = partial(  # type: ignore[assignment]
        granian.server.Server,
        # A worker that dies would end the whole server.
        respawn_failed_workers=True,
        backlog=BACKLOG,
        # Connections, not requests: with fewer, those that say nothing would leave no place for others.
        backpressure=most_connections(),
        # HTTP/2 is spoken with browsers by the proxy. To find out, Granian waits for the first byte for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS, max_buffer_size=LARGEST_HEAD),
    )
    sys.path.insert(0, str(Path.cwd()))
    say(f"serving: {settings.app_url} (Ctrl-C stops it)")
    reflex_server.run_backend_prod(
        HOST,
        settings.app_port,
        get_config().loglevel.subprocess_level(),
        mount_frontend_compiled_app=True,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
