"""Addresses of databases, as `DATABASE_URL` writes them.

What follows `sqlite:///` is a path as the file system knows it, so that a folder may be called anything; a
`postgresql://` address is read as every other URL.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url

_SQLITE = "sqlite:///"
_OPTIONS = re.compile(r"\?\w+=[^/]*$")


def parse_database_url(address: str) -> URL:
    """Return the parts of an address; of SQLite the path without escapes, None for a database in memory.

    Raises:
        ValueError: it is no address of a database, or has options after the path of an SQLite file.
    """
    if not address.startswith(_SQLITE):
        return make_url(address)
    path = address.removeprefix(_SQLITE)
    if _OPTIONS.search(path):
        raise ValueError("sqlite:/// takes a path and no options")
    return URL.create("sqlite", database=_existing(path) or None)


def _existing(path: str) -> str:
    """Return the path as written; without its escapes where only that folder exists.

    Earlier versions took the escapes out, and must find the same file again.
    """
    plain = unquote(path)
    return plain if not Path(path).parent.is_dir() and Path(plain).parent.is_dir() else path
