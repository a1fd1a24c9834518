"""Funnels read from a database, SQLite and PostgreSQL: whose events count, of which days, in which groups."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.funnel import STEPS, Dimension, FunnelFilter
from klarna_shop.shop.measurement import EventName, Happening, SeenWall, Traffic
from klarna_shop.shop.measurement.storage import EventStorage

NOON = datetime(2026, 11, 10, 11, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = FunnelFilter(date(2026, 11, 9), date(2026, 11, 15))


class Told:
    """Events as pages and ledger would have written them."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def walked(
        self,
        visitor: str,
        steps: int = len(STEPS),
        *,
        at: datetime = NOON,
        wall: SeenWall | None = None,
        offer: str = "digital|1",
        **more: Any,
    ) -> None:
        """A visitor went so many steps, a minute each."""
        await self.house.shop.consents.choose(visitor, accepted=True)
        happenings = [
            Happening(
                name,
                at + timedelta(minutes=number),
                visitor,
                wall=wall or SeenWall("stormen", "standard", 1),
                offer=offer if number >= 3 else "",
                visit=1,
                **more,
            )
            for number, name in enumerate(STEPS[:steps])
        ]
        await EventStorage(self.house.shop.database, self.house.shop.clock).write(happenings)


@pytest.fixture
def told(house: House) -> Told:
    return Told(house)


async def test_visitors_of_each_step_and_the_time_between(told: Told) -> None:
    for number in range(4):
        await told.walked(f"visitor {number}", len(STEPS) - number)
    funnel = await told.house.shop.funnels.of(WEEK)
    assert funnel.visitors == (4,) * 8 + (3, 2, 1)
    assert funnel.steps[3].median == 60
    assert [one.visitors for one in funnel.steps[7].left] == [1]


async def test_only_readers_or_only_the_simulated(told: Told) -> None:
    for traffic in Traffic:
        await told.walked(traffic.value, 3, traffic=traffic)
    assert (await told.house.shop.funnels.of(WEEK)).visitors[:4] == (1, 1, 1, 0)
    simulated = FunnelFilter(WEEK.since, WEEK.until, Traffic.SIMULATED)
    assert (await told.house.shop.funnels.of(simulated)).visitors[0] == 1
    assert (await told.house.shop.funnels.choices(WEEK)).simulated == 1


async def test_days_are_the_sellers_and_the_period_before_is_as_long(told: Told) -> None:
    await told.walked("just in", 1, at=datetime(2026, 11, 8, 23, tzinfo=UTC))
    await told.walked("just before", 1, at=datetime(2026, 11, 8, 22, 59, 59, tzinfo=UTC))
    await told.walked("last minute", 2, at=datetime(2026, 11, 15, 22, 59, tzinfo=UTC))
    await told.walked("long ago", 1, at=NOON - 20 * DAY)
    funnel = await told.house.shop.funnels.of(WEEK, compare=True)
    assert funnel.visitors[:2] == (2, 0)  # the last one's second step is of the next day
    assert funnel.before[:2] == (1, 0)


async def test_groups_and_filters_are_of_the_first_wall_and_the_last_offer(told: Told) -> None:
    bold = SeenWall("valet", "bold", 3, "prices", "B")
    await told.walked("one", 5, wall=bold, device="phone", language="en", source="news")
    await told.walked("one", 5, at=NOON + DAY, offer="plus|2")
    await told.walked("two", 2, device="desktop")
    funnels = told.house.shop.funnels
    by_design = await funnels.of(FunnelFilter(WEEK.since, WEEK.until, by=Dimension.DESIGN))
    assert [(group.value, group.visitors[:4]) for group in by_design.groups] == [
        ("bold", (1, 1, 1, 1)),
        ("standard", (1, 1, 0, 0)),
    ]
    by_offer = await funnels.of(FunnelFilter(WEEK.since, WEEK.until, by=Dimension.OFFER))
    assert {group.value for group in by_offer.groups} == {"plus|2", ""}
    for dimension, value, visitors in (
        (Dimension.VARIANT, "B", 1),
        (Dimension.EXPERIMENT, "prices", 1),
        (Dimension.DEVICE, "phone", 1),
        (Dimension.LANGUAGE, "en", 1),
        (Dimension.SOURCE, "news", 1),
        (Dimension.ARTICLE, "valet", 1),
        (Dimension.ARTICLE, "stormen", 2),
        (Dimension.OFFER, "plus|2", 1),
        (Dimension.OFFER, "nothing", 0),
        (Dimension.DESIGN, "' OR 1=1 --", 0),
    ):
        wanted = FunnelFilter(WEEK.since, WEEK.until, only=((dimension, value),))
        assert (await funnels.of(wanted)).visitors[0] == visitors, (dimension, value)


async def test_what_can_be_chosen_is_what_there_is(told: Told) -> None:
    await told.walked("one", 4, wall=SeenWall("valet", "bold", 3, "prices", "B"), device="phone")
    await told.walked("two", 1, device="desktop")
    await told.walked("three", 1, device="desktop")
    of = (await told.house.shop.funnels.choices(WEEK)).of
    assert of[Dimension.DEVICE] == ("desktop", "phone")
    assert of[Dimension.EXPERIMENT] == ("prices",)
    assert of[Dimension.OFFER] == ("digital|1",)
    assert set(of[Dimension.DESIGN]) == {"bold", "standard"}


async def test_without_events_there_is_a_funnel_of_nobody(told: Told) -> None:
    funnel = await told.house.shop.funnels.of(WEEK, compare=True)
    assert funnel.visitors == funnel.before == (0,) * len(STEPS)
    assert funnel.groups == ()


async def test_orders_of_a_simulation_are_those_it_tells_of(house: House) -> None:
    simulations = house.shop.simulations
    assert simulations is not None
    simulated = await simulations.run(await simulations.plan(600, 3, rate=0.2))
    today = house.shop.clock().date() + DAY
    wanted = FunnelFilter(today - 40 * DAY, today, Traffic.SIMULATED)
    funnel = await house.shop.funnels.of(wanted)
    assert funnel.visitors[0] == simulated.exposed
    ordered = STEPS.index(EventName.ORDER_PLACED)
    assert funnel.visitors[ordered] == simulated.orders > 0
