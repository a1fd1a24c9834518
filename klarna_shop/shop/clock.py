"""What time it is for the shop. Everything that compares times asks here, so that time can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the present moment as an aware UTC datetime."""
Stopwatch = Callable[[], float]
"""Returns seconds that only ever go forward, such as `time.monotonic`: for lengths of time in one process."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""The most by which the clocks of two processes may differ.

A stored time that lies further ahead than anything can was written by a clock that was wrong.
"""


def system_clock() -> datetime:
    """The computer's own time, UTC."""
    return datetime.now(UTC)


def is_ahead(moment: datetime, now: datetime, longest: timedelta = timedelta()) -> bool:
    """True if a clock that was wrong wrote `moment`: it is further ahead of `now` than `longest` allows."""
    return moment - now > longest + CLOCK_TOLERANCE
