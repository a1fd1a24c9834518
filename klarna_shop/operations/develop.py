"""Serves the shop on `APP_PORT` and rebuilds it whenever its code changes; reload the page to see it.

    python -m klarna_shop.operations.develop

Everything stands at the addresses of production, so sign-in, cookies and the sandbox work as they do there.
"""

from __future__ import annotations

import os
import subprocess
import sys

from klarna_shop.operations.articles import tell_problems
from klarna_shop.operations.build import forget_build, lock_kept
from klarna_shop.operations.javascript import reflex_environment
from klarna_shop.operations.keys import check_keys
from klarna_shop.operations.progress import PROJECT, StepFailed, say, stop
from klarna_shop.operations.serve import HOST, migrate_database, own_port
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError, Settings


def main() -> int:
    """Serve until stopped; the exit status."""
    os.chdir(PROJECT)
    try:
        settings = settings_at_start()
        with own_port(settings):
            migrate_database(settings)
            check_keys(settings)
            tell_problems(settings)
            return _develop(settings, reflex_environment())
    except (ConfigurationError, StepFailed) as failure:
        return stop(str(failure))
    except KeyboardInterrupt:
        return stop("stopped", 130)


def _develop(settings: Settings, environment: dict[str, str]) -> int:
    # It is written over by unminified files.
    forget_build()
    say(f"developing: {settings.app_url}; a saved change is served within seconds (Ctrl-C stops it)")
    command = [sys.executable, "-m", "reflex", "run", "--env", "preview"]
    command += ["--backend-host", HOST, "--frontend-port", str(settings.app_port)]
    return _stay_until_stopped(command, environment)


def _stay_until_stopped(command: list[str], environment: dict[str, str]) -> int:
    with lock_kept(), subprocess.Popen(command, env=environment) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:
                # The terminal has told the server too; it puts its children away before it ends.
                continue


if __name__ == "__main__":
    raise SystemExit(main())
