"""First step of each command: an environment that holds settings of the shop alone, and the settings in it.

Libraries read variables of their own. Those that would change what the shop does behind its settings are
taken out before such a library is asked; a line says so where a setting of the shop's does the same.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, MutableMapping
from io import TextIOWrapper

from klarna_shop.setting_sources import similar_names
from klarna_shop.settings import SETTING_NAMES, Settings, load_settings

_TAKEN_OUT = re.compile(
    "|".join(
        (
            # libpq: anything that DATABASE_URL leaves open.
            "PG[A-Z]+",
            # The server, and the servers that Reflex would take in its place.
            "GRANIAN_.*|UVICORN_.*|GUNICORN_.*|WEB_CONCURRENCY",
            # Reflex: each overrides a value of rxconfig.py, such as the allowed origins.
            "REFLEX_(?!DIR$|WEB_WORKDIR$).*",
            "SQLALCHEMY_.*|ALEMBIC_.*",
            # Keys of encrypted connections into a file; no encryption asked of the sign-in service.
            "SSLKEYLOGFILE|SSL_NO_VERIFY|AUTHLIB_INSECURE_TRANSPORT",
            # A child of this process would stop at a warning, leave out checks or read files as Latin-1.
            "PYTHON(WARNINGS|OPTIMIZE|UTF8|IOENCODING|INSPECT|STARTUP|DEVMODE|ASYNCIODEBUG|SAFEPATH|LEGACY.*)",
        )
    )
)
_SILENTLY = re.compile("PYTHON.*|PG(DATA|VERSION)|REFLEX_.*(TELEMETRY|CHECK_LATEST).*")
"""Of these: those that nobody sets for the shop's sake."""
_PROXIES = re.compile("(HTTP|HTTPS|ALL)_PROXY", re.IGNORECASE)
_INSTEAD = (
    ("PG", "DATABASE_URL"),
    ("GRANIAN_WORKERS", "APP_WORKERS"),
    ("WEB_CONCURRENCY", "APP_WORKERS"),
    ("REFLEX_REDIS_URL", "REDIS_URL"),
    ("REFLEX_", "a setting of the shop's"),
    ("SSL_NO_VERIFY", "SSL_CERT_FILE"),
)


def settings_at_start() -> Settings:
    """Clear the environment of what libraries read, and return the settings.

    Raises:
        ConfigurationError: a value is wrong.
    """
    taken = take_out(os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    settings = load_settings()
    for line in notes(taken, os.environ, settings):
        print(f"note: {line}", file=sys.stderr, flush=True)
    return settings


def take_out(environment: MutableMapping[str, str]) -> list[str]:
    """Remove the variables by which a library would go its own way; their names."""
    taken = sorted(name for name in environment if _TAKEN_OUT.fullmatch(name))
    for name in taken:
        del environment[name]
    # Each child reads and writes UTF-8, whatever the language of the machine.
    environment["PYTHONUTF8"] = "1"
    return [name for name in taken if not _SILENTLY.fullmatch(name)]


def notes(taken: Iterable[str], environment: Iterable[str], settings: Settings) -> list[str]:
    """Return a line for each variable that has no effect on the shop and looks as if it was meant to."""
    lines = []
    for name in taken:
        instead = next((other for start, other in _INSTEAD if name.startswith(start)), "")
        lines.append(f"{name} is not read" + (f"; {instead} is" if instead else ""))
    if settings.payway_api_url is not None and not settings.outbound.proxy:
        proxies = sorted({name for name in environment if _PROXIES.fullmatch(name)})
        lines += [f"{name} is not read by the shop; OUTBOUND_PROXY is" for name in proxies]
    lines += [
        f"{name} is no setting; {meant} is"
        for name, meant in similar_names(sorted(environment), SETTING_NAMES)
    ]
    return lines
