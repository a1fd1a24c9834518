"""Lease of a call of place_order: no one repeats the call before the process that makes it has given up.

The process that moves a purchase to `placing` writes with it how long its call may take. Two clocks may
differ, and either may be put right in between. Another process therefore measures that length on its own
stopwatch, from the moment at which it first sees the call, whatever any clock says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.purchase.tables import Purchase

Call = tuple[str, int]
"""A purchase's id and the number of its attempt: a name of one call."""


def lease_columns(longest: timedelta) -> dict[str, Any]:
    """Return the columns of `Purchase` to write with the change to `placing`.

    `longest` is the longest that the call takes, with the question before it and tokens.
    """
    return {"call_seconds": math.ceil(longest.total_seconds())}


@dataclass
class CallWatch:
    """Calls under way as this process has seen them."""

    stopwatch: Stopwatch
    _seen: dict[Call, float] = field(default_factory=dict, init=False, repr=False)

    def look(self, purchases: Sequence[Purchase], unnamed: timedelta) -> list[Purchase]:
        """Take note of all calls under way, and return those that no process waits for any more.

        Args:
            purchases: every purchase in the state `placing`.
            unnamed: the length of a call that an earlier version of the shop began without writing it down.
        """
        seconds = self.stopwatch()
        self._seen = {call: self._seen.get(call, seconds) for call in map(_call, purchases)}
        return [
            purchase
            for purchase in purchases
            if seconds - self._seen[_call(purchase)] >= (purchase.call_seconds or unnamed.total_seconds())
        ]


def _call(purchase: Purchase) -> Call:
    return purchase.id, purchase.place_attempts
