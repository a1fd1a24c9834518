"""A small file beside the database through which the processes of one sandbox agree."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


class SharedFile:
    """A JSON object that every process sees; without a path it is this object's alone.

    Reading costs a look at the file's date, so that it can be done for every call. Writing replaces the
    whole file at once. An absent or unreadable file is an empty object.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._value: dict[str, Any] = {}
        self._seen: tuple[int, ...] | None = None

    def read(self) -> dict[str, Any]:
        """The object; the same one as before while nobody has written. Not to be changed."""
        if self._path is None:
            return self._value
        seen = self._stamp()
        if seen != self._seen:
            self._value, self._seen = self._load(), seen
        return self._value

    def write(self, value: dict[str, Any]) -> None:
        """Put another object in its place; an empty one removes the file."""
        if self._path is None:
            self._value = dict(value)
        elif value:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            written = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
            written.write_text(json.dumps(value), encoding="utf-8")
            written.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)

    def _stamp(self) -> tuple[int, ...] | None:
        assert self._path is not None
        try:
            found = os.stat(self._path)  # noqa: PTH116 - Path.stat is three times as slow
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _load(self) -> dict[str, Any]:
        assert self._path is not None
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}
