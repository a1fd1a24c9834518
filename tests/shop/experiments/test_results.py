"""Results: who counts as exposed to what, and what they brought after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.experiments.experiment import Experiment
from klarna_shop.shop.experiments.results import (
    ExperimentResults,
    RecentTraffic,
    Results,
    alpha_of_each,
    days_to_decide,
)
from klarna_shop.shop.measurement import EventName, Happening, SeenWall, Traffic
from klarna_shop.shop.measurement.storage import EventStorage

MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
async def experiment(house: House) -> Experiment:
    return await house.shop.experiments.create("Prices", "", (Variant("A", "standard"), Variant("B", "bold")))


class Told:
    """Events as pages and ledger would have written them."""

    def __init__(self, house: House, experiment: Experiment) -> None:
        self.house, self.experiment = house, experiment
        self.happenings: list[Happening] = []

    def exposed(self, visitor: str, variant: str, after: timedelta = timedelta(), **more: Traffic) -> None:
        """The visitor saw a wall of the experiment."""
        design = self.experiment.variant(variant)
        wall = SeenWall("stormen", design.design if design else "", 1, self.experiment.slug, variant)
        self._add(EventName.WALL_SHOWN, visitor, after, wall=wall, **more)

    def ordered(self, visitor: str, ore: int, after: timedelta, **more: Traffic) -> None:
        """The visitor's order was placed."""
        self._add(EventName.ORDER_PLACED, visitor, after, value=ore, **more)

    def turned_paid(self, visitor: str, ore: int, after: timedelta) -> None:
        """The visitor's trial went on."""
        self._add(EventName.TRIAL_TURNED_PAID, visitor, after, value=ore)

    async def results(self, traffic: Traffic = Traffic.READER) -> Results:
        """What they come to."""
        for visitor in {one.visitor_id for one in self.happenings}:
            await self.house.shop.consents.choose(visitor, accepted=True)
        await EventStorage(self.house.shop.database, self.house.shop.clock).write(self.happenings)
        results = ExperimentResults(self.house.shop.database, self.house.shop.clock)
        return await results.of(self.experiment, traffic)

    def _add(self, name: EventName, visitor: str, after: timedelta, **more: object) -> None:
        self.happenings.append(Happening(name, MORNING + after, visitor, visit=1, **more))  # type: ignore[arg-type]


@pytest.fixture
def told(house: House, experiment: Experiment) -> Told:
    return Told(house, experiment)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_each_visitor_counts_once_for_what_they_saw_first(told: Told) -> None:
    told.exposed("one", "A")
    told.exposed("one", "A", HOUR)
    told.exposed("one", "B", 2 * HOUR)
    told.exposed("two", "B")
    told.ordered("one", 12900, 3 * HOUR)
    results = await told.results()
    control, other = results.variants
    assert (control.visitors, control.orders.total, control.revenue.total) == (1, 1, 12900)
    assert (other.visitors, other.orders.total) == (1, 0)


async def test_what_came_before_the_exposure_does_not_count(told: Told) -> None:
    told.ordered("one", 12900, -HOUR)
    told.exposed("one", "A")
    assert (await told.results()).variants[0].orders.total == 0


async def test_revenue_is_what_was_paid_and_a_trial_is_an_order_once(told: Told) -> None:
    told.exposed("one", "B")
    told.ordered("one", 0, HOUR)
    told.turned_paid("one", 12900, 30 * DAY)
    told.exposed("two", "B")
    told.ordered("two", 9900, HOUR)
    told.ordered("two", 9900, DAY)
    other = (await told.results()).variants[1]
    assert (other.orders.total, other.orders.squares) == (3, 1 + 4)
    assert (other.revenue.total, other.revenue.squares) == (12900 + 19800, 12900**2 + 19800**2)


async def test_bots_staff_and_the_simulated_are_not_readers(told: Told) -> None:
    for traffic in (Traffic.BOT, Traffic.STAFF, Traffic.SIMULATED):
        told.exposed(traffic.value, "A", traffic=traffic)
        told.ordered(traffic.value, 12900, HOUR, traffic=traffic)
    assert (await told.results()).visitors == 0
    results = ExperimentResults(told.house.shop.database, told.house.shop.clock)
    simulated = await results.of(told.experiment, Traffic.SIMULATED)
    assert (simulated.visitors, simulated.variants[0].orders.total) == (1, 1)


async def test_every_day_says_what_could_be_said_that_evening(told: Told) -> None:
    for number in range(200):
        variant = "AB"[number % 2]
        told.exposed(f"visitor {number}", variant)
        if number % (10 if variant == "A" else 3) == 0:
            told.ordered(f"visitor {number}", 12900, (2 if number % 4 else 4) * DAY)
    results = await told.results()
    assert [day.visitors for day in results.days] == [200] * 5
    assert results.days[0].lifts == (None,)
    last = results.days[-1].lifts[0]
    assert last == results.variants[1].order_lift
    assert last is not None
    assert last.low < last.estimate < last.high


async def test_a_division_that_cannot_be_chance_raises_the_alarm(told: Told) -> None:
    for number in range(300):
        told.exposed(f"visitor {number}", "A" if number % 5 else "B")
    assert (await told.results()).mismatch


async def test_without_events_there_is_nothing_to_say(told: Told) -> None:
    results = await told.results()
    assert (results.visitors, results.mismatch, results.days) == (0, False, ())
    assert results.variants[1].order_lift is None


async def test_traffic_of_late(told: Told) -> None:
    results = ExperimentResults(told.house.shop.database, told.house.shop.clock)
    now = told.house.shop.clock()
    for number in range(28):
        told.happenings.append(
            Happening(
                EventName.WALL_SHOWN,
                now - timedelta(days=number),
                f"visitor {number}",
                wall=SeenWall("stormen", "bold", 1),
                visit=1,
            )
        )
    for number in (1, 2):
        at = now - timedelta(days=number, hours=-1)
        told.happenings.append(Happening(EventName.ORDER_PLACED, at, "visitor 3", value=12900))
        told.happenings.append(Happening(EventName.ORDER_PLACED, at - DAY * 20, "visitor 5", value=12900))
    await told.results()
    recent = await results.recent(["bold", "standard"])
    assert recent.exposed_a_day == pytest.approx(1.0, abs=0.1)
    assert recent.order_rate == pytest.approx(1 / (14 * recent.exposed_a_day))
    assert await results.recent(["calm"]) == RecentTraffic(0, None)


def test_more_variants_do_not_make_more_mistakes() -> None:
    assert alpha_of_each(2) == 0.05
    assert alpha_of_each(6) * 5 == pytest.approx(0.05)


def test_time_to_decide() -> None:
    days = days_to_decide(0.04, 0.2, 1000)
    assert days is not None
    assert days_to_decide(0.04, 0.2, 2000) == pytest.approx(days / 2)
    several = days_to_decide(0.04, 0.2, 1000, variants=4)
    assert several is not None
    assert several > days * 2  # each pair has half of the visitors, and may be wrong more rarely
    assert days_to_decide(0.04, 0.2, 0) is None
