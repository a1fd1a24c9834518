"""So many at once, and so many in a second from then on: a token bucket for each of many keys."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from klarna_shop.shop.clock import Stopwatch


@dataclass(frozen=True)
class Rate:
    """`at_once` may come together; spent, they come back `per_second`."""

    at_once: float
    per_second: float

    def times(self, factor: float) -> Rate:
        """This rate for so many."""
        return Rate(self.at_once * factor, self.per_second * factor)


class Allowances:
    """Counts what each key has left of its rate; of more than `most_keys` the one quiet longest is forgotten.

    A key that was forgotten begins anew: whoever has that many of them is not held by limits for each.
    """

    def __init__(self, most_keys: int = 100_000, clock: Stopwatch = time.monotonic) -> None:
        self._most_keys = most_keys
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: Rate) -> bool:
        """Take one where there is one left."""
        return not self.take_or_wait(key, rate)

    def take_or_wait(self, key: str, rate: Rate) -> float:
        """Take one where there is one left, and 0; or nothing, and the seconds until there is one."""
        left, now = self._now(key, rate)
        if left < 1:
            return (1 - left) / rate.per_second
        self._keep(key, left - 1, now)
        return 0.0

    def wait_for(self, key: str, rate: Rate) -> float:
        """Take one in any case; the seconds after which it will have been earned, 0 where one was left."""
        left, now = self._now(key, rate)
        self._keep(key, left - 1, now)
        return max(0.0, (1 - left) / rate.per_second)

    def _now(self, key: str, rate: Rate) -> tuple[float, float]:
        now = self._clock()
        left, since = self._left.get(key, (rate.at_once, now))
        return min(rate.at_once, left + (now - since) * rate.per_second), now

    def _keep(self, key: str, left: float, now: float) -> None:
        self._left[key] = (left, now)
        self._left.move_to_end(key)
        if len(self._left) > self._most_keys:
            self._left.popitem(last=False)
