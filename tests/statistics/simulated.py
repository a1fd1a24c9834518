"""The simulator's readers, counted as the shop counts them, beside the truth that they follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.experiments.confidence import ALPHA, Outcomes, difference
from klarna_shop.shop.experiments.sample_ratio import ALPHA as ALARM_ALPHA
from klarna_shop.shop.experiments.sample_ratio import is_mismatch
from klarna_shop.shop.measurement import EventName, Happening
from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.simulation import SimulatedExperiment, SimulationPlan, Walks
from tests.house import newspaper
from tests.statistics.promise import Promise

VISITORS, DAYS = 4_000, 28
MONTH = Period(PeriodUnit.MONTH, 1)
OFFERS = (
    Offer("digital", "p1", OfferKind.PACKAGE, "Digital", "", 12_900, 6, MONTH, recurring=True),
    Offer("digital", "p2", OfferKind.PACKAGE, "Digital", "", 129_000, 6, Period(PeriodUnit.YEAR, 1), True),
    Offer("trial", "t1", OfferKind.TRIAL, "Trial", "", 0, 6, Period(PeriodUnit.DAY, 14), False,
          FollowUp("digital", "Digital", 12_900, MONTH)),
)  # fmt: skip


def plan(seed: int, rates: dict[str, float], visitors: int) -> SimulationPlan:
    """Control and another, everybody taking part."""
    variants = (Variant("A", STANDARD_SLUG), Variant("B", "other"))
    return SimulationPlan(
        seed=seed,
        visitors=visitors,
        until=datetime(2026, 11, 2, tzinfo=UTC),
        articles=newspaper().front_page("sv"),
        offers=OFFERS,
        designs=(Published(STANDARD_SLUG, BUILT_IN_VERSION, standard_design()),),
        experiment=SimulatedExperiment("proof", Allocation(f"proof {seed}", variants)),
        rates=rates,
        days=DAYS,
    )


def shops(simulations: int, visitors: int = VISITORS) -> Iterator[Promise]:
    """Whole simulations, looked at every evening as the results page does."""
    for rates in ({"A": 0.04, "B": 0.04}, {"A": 0.04, "B": 0.048}, {"A": 0.08, "B": 0.12}):
        wrong: Counter[str] = Counter()
        for seed in range(simulations):
            wrong.update(_wrong(plan(seed, rates, visitors)))
        told = f"{visitors} visitors in {DAYS} days; A {rates['A']:.1%}, B {rates['B']:.1%} order"
        for name, share in (("orders", ALPHA), ("revenue", ALPHA), ("alarm", ALARM_ALPHA)):
            what = "the sample-ratio alarm is false" if name == "alarm" else f"the truth is outside, {name}"
            yield Promise(f"the simulator: {what}", told, simulations, wrong[name], share)


def _wrong(plan: SimulationPlan) -> set[str]:
    """What is wrong at some evening of this simulation."""
    walks, wrong = Walks(plan), set[str]()
    happenings = sorted(
        (one for number in range(plan.visitors) for one in walks.of(number)), key=lambda one: one.at
    )
    counted, position = _Counted(), 0
    for day in range(1, plan.days + 1):
        evening = plan.since + timedelta(days=day)
        while position < len(happenings) and happenings[position].at <= evening:
            counted.add(happenings[position])
            position += 1
        wrong |= counted.wrong(plan)
    return wrong


class _Counted:
    """Exposed visitors, and what they brought since."""

    def __init__(self) -> None:
        self._variant: dict[str, str] = {}
        self._brought: dict[str, int] = {}

    def add(self, one: Happening) -> None:
        if one.name is EventName.WALL_SHOWN and one.wall is not None:
            self._variant.setdefault(one.visitor_id, one.wall.variant)
        elif one.name is EventName.ORDER_PLACED:
            self._brought[one.visitor_id] = one.value

    def wrong(self, plan: SimulationPlan) -> set[str]:
        """Whatever does not agree with the truth now."""
        exposed = Counter(self._variant.values())
        orders: Counter[str] = Counter()
        paid: Counter[str] = Counter()
        squares: Counter[str] = Counter()
        for visitor, value in self._brought.items():
            variant = self._variant[visitor]
            orders[variant] += 1
            paid[variant] += value
            squares[variant] += value * value
        found, truth = set[str](), plan.truth
        one, other = (Outcomes(exposed[name], orders[name], orders[name]) for name in "AB")
        seen = difference(one, other)
        wanted = truth.order_rates["B"] - truth.order_rates["A"]
        if seen is not None and not seen.low <= wanted <= seen.high:
            found.add("orders")
        one, other = (Outcomes(exposed[name], paid[name], squares[name]) for name in "AB")
        seen = difference(one, other)
        wanted = truth.revenues["B"] - truth.revenues["A"]
        if seen is not None and not seen.low <= wanted <= seen.high:
            found.add("revenue")
        if is_mismatch((exposed["A"], exposed["B"]), (0.5, 0.5)):
            found.add("alarm")
        return found
