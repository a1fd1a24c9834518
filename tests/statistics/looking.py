"""Experiments with a known truth, looked at every evening: how often intervals and alarms are wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import median

from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.experiments.confidence import (
    ALPHA,
    FEWEST,
    Outcomes,
    difference,
    visitors_needed,
)
from klarna_shop.shop.experiments.confidence import (
    lift as lift_of,
)
from klarna_shop.shop.experiments.sample_ratio import ALPHA as ALARM_ALPHA
from klarna_shop.shop.experiments.sample_ratio import is_mismatch
from tests.statistics.promise import Promise

DAYS = 60
RATES = (0.005, 0.02, 0.04, 0.2)
LIFTS = (0.2, 0.5)
VISITORS_A_DAY = 100
"""Of each variant."""
PRICES = ((0, 0.30), (4_900, 0.25), (12_900, 0.35), (129_000, 0.10))
"""Öre, and how often it is paid: from a trial to a year at once, which makes revenue skewed."""
PROMISED = ("orders", "lift of orders", "revenue", "lift of revenue")
MEAN_PRICE = sum(price * share for price, share in PRICES)


@dataclass
class Arm:
    """One variant: its visitors come day by day, and some of them order."""

    chance: Random
    rate: float
    visitors: int = 0
    orders: int = 0
    paid: int = 0
    squares: int = 0

    def day(self, visitors: int) -> None:
        """So many visitors more. Who orders is found by jumping from one order to the next."""
        self.visitors += visitors
        at = self._gap()
        while at < visitors:
            price = self.chance.choices([one for one, _ in PRICES], [share for _, share in PRICES])[0]
            self.orders += 1
            self.paid += price
            self.squares += price * price
            at += 1 + self._gap()

    def _gap(self) -> int:
        """Visitors until the next who orders: geometric, by inversion."""
        return int(math.log(1 - self.chance.random()) / math.log(1 - self.rate))

    @property
    def of_orders(self) -> Outcomes:
        """What is counted of orders."""
        return Outcomes(self.visitors, self.orders, self.orders)

    @property
    def of_revenue(self) -> Outcomes:
        """What is counted of revenue."""
        return Outcomes(self.visitors, self.paid, self.squares)


def evenings(number: int, rate: float, lift: float, a_day: int = VISITORS_A_DAY) -> Iterator[tuple[Arm, Arm]]:
    """Control and other at the end of each day."""
    chance = Random(f"{number} {rate} {lift}")
    control, other = Arm(chance, rate), Arm(chance, rate * (1 + lift))
    for _ in range(DAYS):
        control.day(a_day)
        other.day(a_day)
        yield control, other


@dataclass
class Tally:
    """How often a method was wrong at some evening, and when it was certain."""

    wrong: int = 0
    wrong_once: int = 0
    certain_on: list[int] | None = None


def watched(experiments: int, rate: float, lift: float) -> dict[str, Tally]:
    """Orders and revenue with the shop's methods, and orders with an ordinary 95 % interval."""
    truths = {"orders": rate * lift, "revenue": rate * lift * MEAN_PRICE, "ordinary": rate * lift}
    truths |= {"lift of orders": lift, "lift of revenue": lift}
    tallies = {name: Tally(certain_on=[]) for name in truths}
    for number in range(experiments):
        wrong: set[str] = set()
        certain: dict[str, int] = {}
        for day, (control, other) in enumerate(evenings(number, rate, lift), start=1):
            for name, (low, high) in _intervals(control, other).items():
                if not low <= truths[name] <= high:
                    wrong.add(name)
                if low > 0 or high < 0:
                    certain.setdefault(name, day)
        for name, tally in tallies.items():
            tally.wrong += name in wrong
            if name in certain and tally.certain_on is not None:
                tally.certain_on.append(certain[name])
    return tallies


def _intervals(control: Arm, other: Arm) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for name in ("orders", "revenue"):
        one, two = (arm.of_orders if name == "orders" else arm.of_revenue for arm in (control, other))
        seen = difference(one, two)
        if seen is not None:
            found[name] = (seen.low, seen.high)
        more = lift_of(one, two)
        if more is not None:
            found[f"lift of {name}"] = (more.low, more.high)
    if control.orders and other.orders and control.visitors >= FEWEST:
        one, two = control.of_orders, other.of_orders
        margin = 1.96 * math.sqrt(one.variance / one.visitors + two.variance / two.visitors)
        found["ordinary"] = (two.mean - one.mean - margin, two.mean - one.mean + margin)
    return found


def intervals(experiments: int) -> Iterator[Promise]:
    """A/A and A/B of each rate."""
    for rate in RATES:
        for lift in (0.0, *LIFTS):
            tallies = watched(experiments, rate, lift)
            kind = "A/A: a difference is claimed" if lift == 0 else "A/B: the truth is outside"
            for name in PROMISED:
                yield Promise(
                    f"{kind}, {name}", _setting(rate, lift), experiments, tallies[name].wrong, ALPHA,
                    _power(tallies[name], experiments, rate, lift, name),
                )  # fmt: skip
            if lift == 0:
                yield Promise(
                    "for comparison: an ordinary 95 % interval, orders",
                    _setting(rate, lift), experiments, tallies["ordinary"].wrong, 1.0,
                    "what looking daily does without a method for it",
                )  # fmt: skip


def _setting(rate: float, lift: float) -> str:
    return f"{100 * rate:g} % order" + (f", the other {100 * lift:g} % more" if lift else "")


def _power(tally: Tally, experiments: int, rate: float, lift: float, name: str) -> str:
    if not lift or not tally.certain_on:
        return ""
    found = f"found in {100 * len(tally.certain_on) / experiments:.0f} %"
    if len(tally.certain_on) * 2 < experiments:
        return found
    found += f", half of them by day {median(tally.certain_on):.0f}"
    if name == "lift of orders":
        needed = math.ceil(visitors_needed(rate, lift) / 2 / VISITORS_A_DAY)
        found += f" (told before the start: day {needed})"
    return found


ALARMS = (
    ("1 : 1", (1, 1)),
    ("7 : 3", (7, 3)),
    ("1 : 1 : 1", (1, 1, 1)),
)


def alarms(experiments: int) -> Iterator[Promise]:
    """Visitors divided by the shop's own hashing, and the alarm looked at every evening."""
    for told, weights in ALARMS:
        variants = tuple(Variant(str(place), "standard", weight) for place, weight in enumerate(weights))
        false_alarms = 0
        for number in range(experiments):
            allocation = Allocation(f"{told} {number}", variants)
            false_alarms += _alarm(allocation, lost=0.0) is not None
        yield Promise(
            "the sample-ratio alarm is false", f"weights {told}", experiments, false_alarms, ALARM_ALPHA
        )
    found = [_alarm(Allocation(f"lossy {number}", variants_of_two()), lost=0.2) for number in range(100)]
    days = sorted(day for day in found if day is not None)
    yield Promise(
        "a fifth of one variant's visitors is lost, and no alarm comes",
        "weights 1 : 1",
        len(found),
        len(found) - len(days),
        0.05,
        f"half of the alarms by day {median(days):.0f}" if days else "",
    )


def variants_of_two() -> tuple[Variant, Variant]:
    """Control and another, of equal weight."""
    return (Variant("A", "standard"), Variant("B", "other"))


def _alarm(allocation: Allocation, *, lost: float) -> int | None:
    """The day of the first alarm. `lost` of the last variant's visitors are never counted."""
    chance = Random(allocation.salt)
    places = {variant.name: place for place, variant in enumerate(allocation.variants)}
    counts = [0] * len(places)
    for day in range(DAYS):
        for number in range(VISITORS_A_DAY):
            variant = allocation.variant_of(f"{day}-{number}")
            place = places[variant.name] if variant else 0
            if place < len(counts) - 1 or chance.random() >= lost:
                counts[place] += 1
        if is_mismatch(counts, allocation.shares):
            return day + 1
    return None
