"""Two workers beside one: both shops stand ready all the while, and shoppers buy in them in turns."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.load import purchases
from bench.load.figures import middle, percentile, ratio, table
from bench.load.purchases import Outcome
from bench.load.servers import Street

LONG_SECONDS = 5.0
"""A step that takes longer has not only waited for its turn."""


@dataclass
class Comparison:
    """Turns of the two, in pairs that follow each other."""

    latency: int
    one: list[Outcome] = field(default_factory=list)
    two: list[Outcome] = field(default_factory=list)

    @property
    def errors(self) -> Counter[str]:
        """What went wrong, and how often."""
        return Counter(error for outcome in [*self.one, *self.two] for error in outcome.times.errors)

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """What is measured, the median of one worker and of two, and their ratios round by round."""
        return [
            self._row("purchases/s", lambda turn: turn.times.purchases / turn.seconds),
            self._row("shop, CPU ms each", lambda turn: 1000 * turn.shop_seconds / _sold(turn)),
            self._row("a step, p50, ms", lambda turn: 1000 * percentile(_steps([turn]), 50)),
            self._row("a step, p99, ms", lambda turn: 1000 * percentile(_steps([turn]), 99)),
            (
                f"{self.latency} ms: steps over {LONG_SECONDS:.0f} s, of all",
                *(_long(turns) for turns in (self.one, self.two)),
                "",
            ),
        ]

    def _row(self, name: str, of: Callable[[Outcome], float]) -> tuple[object, ...]:
        one, two = ([of(turn) for turn in turns] for turns in (self.one, self.two))
        return (f"{self.latency} ms: {name}", middle(one), middle(two), ratio(one, two))


def compare(
    one: Street, two: Street, latencies: Sequence[int], shoppers: int, sales: int, rounds: int
) -> list[Comparison]:
    """Sell `sales` times in each turn. Who goes first changes, so that a busier machine meets both."""
    comparisons = [Comparison(latency) for latency in latencies]
    for street in (one, two):
        asyncio.run(purchases.run(street, shoppers, 0, shoppers))  # every worker has done everything once
    for number in range(rounds):
        for comparison in comparisons:
            sides = [(one, comparison.one), (two, comparison.two)]
            for street, turns in sides[:: -1 if number % 2 else 1]:
                turns.append(asyncio.run(purchases.run(street, shoppers, comparison.latency, sales)))
    return comparisons


def shown(comparisons: Sequence[Comparison], rounds: int) -> str:
    """All of it as a table."""
    heads = (f"{rounds} rounds", "one worker", "two", "ratio, median (quartiles)")
    return table(heads, [row for comparison in comparisons for row in comparison.rows])


def _sold(turn: Outcome) -> int:
    return max(turn.times.purchases, 1)


def _steps(turns: Sequence[Outcome]) -> list[float]:
    return [seconds for turn in turns for taken in turn.times.steps.values() for seconds in taken]


def _long(turns: Sequence[Outcome]) -> str:
    steps = _steps(turns)
    return f"{sum(seconds > LONG_SECONDS for seconds in steps)} of {len(steps)}"
