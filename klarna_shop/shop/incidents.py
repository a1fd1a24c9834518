"""Log lines of failures that many readers meet at once: one a minute for each kind, under an id.

Everyone who meets the failure within that minute is told the same id, by which the line is found.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass

from klarna_shop.shop.clock import Stopwatch

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


@dataclass
class _Told:
    incident: str
    at: float
    untold: int = 0


class Incidents:
    """Failures of one process. `kind` is what the log calls them; it holds nothing that a reader sent."""

    def __init__(self, stopwatch: Stopwatch = time.monotonic) -> None:
        self._stopwatch = stopwatch
        self._told: dict[str, _Told] = {}

    def report(self, kind: str) -> str:
        """Log the failure, unless that was done within the last minute; return the id of its line."""
        now, told = self._stopwatch(), self._told.get(kind)
        if told is not None and now - told.at < EVERY_SECONDS:
            told.untold += 1
            return told.incident
        more = f"; {told.untold} more since the line before" if told is not None and told.untold else ""
        self._told[kind] = _Told(secrets.token_hex(4), now)
        log.error("%s (incident %s%s)", kind, self._told[kind].incident, more)
        return self._told[kind].incident
