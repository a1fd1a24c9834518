"""Lease of a call of place_order: no one repeats the call before the process that makes it has given up.

The process that moves a purchase to `placing` writes with it how long its call may take and when that is over
by its computer's clock. Two clocks may differ, and either may be put right in between. Another process
therefore measures that length on its own stopwatch, from the moment at which it first sees the call. Only a
call that was over long ago, by more than clocks may differ, is over at first sight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock, Stopwatch
from klarna_shop.shop.purchase.tables import Purchase

Call = tuple[str, int]
"""A purchase's id and the number of its attempt: a name of one call."""


def lease_columns(now: datetime, longest: timedelta) -> dict[str, Any]:
    """Return the columns of `Purchase` to write with the change to `placing`.

    Args:
        now: the computer's time, not the shop's.
        longest: the longest that the call takes, tokens and all.
    """
    seconds = math.ceil(longest.total_seconds())
    return {"call_seconds": seconds, "call_until": now + timedelta(seconds=seconds)}


@dataclass
class CallWatch:
    """Calls under way as this process has seen them. `clock` is the computer's, not the shop's."""

    clock: Clock
    stopwatch: Stopwatch
    _seen: dict[Call, float] = field(default_factory=dict, init=False, repr=False)

    def look(self, purchases: Sequence[Purchase], unnamed: timedelta) -> list[Purchase]:
        """Take note of all calls under way, and return those that no process waits for any more.

        Args:
            purchases: every purchase in the state `placing`.
            unnamed: the length of a call that an earlier version of the shop began without writing it down.
        """
        seconds, now = self.stopwatch(), self.clock()
        self._seen = {call: self._seen.get(call, seconds) for call in map(_call, purchases)}
        return [
            purchase
            for purchase in purchases
            if seconds - self._seen[_call(purchase)] >= (purchase.call_seconds or unnamed.total_seconds())
            or (purchase.call_until is not None and now - purchase.call_until >= CLOCK_TOLERANCE)
        ]


def _call(purchase: Purchase) -> Call:
    return purchase.id, purchase.place_attempts
