"""The time of an event loop, by which every deadline counts: it passes when a test lets it."""

from __future__ import annotations

import asyncio
from typing import Any

LONGEST_STEP = 0.25
"""Seconds: more than anything in a test sleeps, and far less than any deadline."""


def let_deadlines_pass(seconds: float) -> None:
    """Put the running loop's time forward: what would be due within these seconds is due now."""
    loop = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds  # type: ignore[method-assign]


def count_quiet_time(loop: asyncio.AbstractEventLoop) -> None:
    """Have the loop's time go on only while nothing at all happens, and by little at once.

    A busy machine then ends no call at its deadline: as long as a database or another task has still to
    answer, hardly any time passes. What sleeps for a moment wakes up as usual; a deadline that nobody lets
    pass takes a minute or two, so that a test which waits for one is seen.
    """
    selector: Any = loop._selector  # type: ignore[attr-defined]
    select, now = selector.select, loop.time()

    def selected(timeout: float | None = None) -> Any:
        nonlocal now
        events = select(timeout)
        if not events and timeout:
            now += min(timeout, LONGEST_STEP)
        return events

    selector.select = selected
    loop.time = lambda: now  # type: ignore[method-assign]
