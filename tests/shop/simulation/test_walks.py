"""Synthetic readers: the same for the same seed, plausible step by step, and true to what is known."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from hashlib import blake2b

import pytest

from klarna_shop.settings import PROJECT
from klarna_shop.shop.measurement import EventName, Happening, Traffic
from klarna_shop.shop.money import SELLER_ZONE
from klarna_shop.shop.simulation import SimulationImpossible, SimulationPlan, Truth, Walks
from klarna_shop.shop.simulation.habits import DEVICES, LARGEST_RATE, SOURCES, appetite
from klarna_shop.shop.simulation.plan import usual_rates
from klarna_shop.shop.simulation.walks import STEPS
from tests.shop.simulation.conftest import TRIAL, TWO, Plans

MANY = {"A": 0.16, "B": 0.2}
"""Order rates high enough to be seen in few visitors."""
TOLD = {
    EventName.BUY_PRESSED: EventName.WALL_SHOWN,
    EventName.WALL_DISMISSED: EventName.WALL_SHOWN,
    EventName.SIGN_IN_STARTED: EventName.BUY_PRESSED,
    EventName.SIGNED_IN: EventName.SIGN_IN_STARTED,
    EventName.SESSION_REFUSED: EventName.OFFER_CHOSEN,
    EventName.WIDGET_FAILED: EventName.CHECKOUT_OPENED,
    EventName.AUTHORIZE_ENDED: EventName.AUTHORIZE_STARTED,
    EventName.CONFIRMED: EventName.ORDER_PLACED,
    EventName.CANCELLED: EventName.ORDER_PLACED,
    EventName.TRIAL_TURNED_PAID: EventName.ORDER_PLACED,
    EventName.PURCHASE_ENDED: EventName.AUTHORIZE_STARTED,
} | dict(zip(STEPS[1:], STEPS, strict=False))
"""What must have happened before."""


def everything(plan: SimulationPlan) -> list[list[Happening]]:
    """Each reader's walk."""
    walks = Walks(plan)
    return [walks.of(number) for number in range(plan.visitors)]


def test_the_same_seed_gives_the_same_readers_and_another_others(plans: Plans) -> None:
    assert everything(plans()) == everything(plans())
    assert everything(plans()) != everything(plans(seed=2))


def test_it_is_the_same_in_another_process(plans: Plans) -> None:
    script = (
        "from tests.shop.simulation.test_walks import digest\n"
        "from tests.shop.simulation import conftest\n"
        "print(digest(conftest.plans.__wrapped__()(visitors=60)))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=PROJECT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert seen == {digest(plans(visitors=60))}


def digest(plan: SimulationPlan) -> str:
    """A short word for all events of a plan."""
    return blake2b(repr(everything(plan)).encode(), digest_size=8).hexdigest()


def test_no_step_without_the_one_before(plans: Plans) -> None:
    met: Counter[EventName] = Counter()
    for walk in everything(plans(visitors=3_000, experiment=TWO, rates=MANY)):
        done: set[EventName] = set()
        assert [one.at for one in walk] == sorted(one.at for one in walk)
        for one in walk:
            assert one.name not in TOLD or TOLD[one.name] in done, f"{one.name} without {TOLD[one.name]}"
            done.add(one.name)
        met.update(done)
    reached = [met[step] for step in STEPS]
    assert reached == sorted(reached, reverse=True), "fewer with every step"
    assert all(met[name] for name in EventName if name is not EventName.WALL_DISMISSED), met


def test_every_event_is_simulated_and_carries_what_is_known(plans: Plans) -> None:
    plan = plans(visitors=1_500, experiment=TWO, rates=MANY)
    for walk in everything(plan):
        names = {one.name for one in walk}
        for one in walk:
            assert one.traffic is Traffic.SIMULATED
            assert one.device in DEVICES
            assert one.source in SOURCES
            assert one.language in {"sv", "en"}
            assert one.visit >= 1
            assert plan.since <= one.at <= plan.until
            assert len(one.visitor_id) <= 64
            if one.name in {EventName.ORDER_PLACED, EventName.SESSION_CREATED}:
                assert one.purchase_id
                assert (one.offer, one.value) in {("digital|p1", 12_900), ("digital-trial|t1", 0)}
            if one.name is EventName.TRIAL_TURNED_PAID:
                assert one.value == 12_900
                assert EventName.CANCELLED not in names


def test_variants_are_those_of_the_real_division(plans: Plans) -> None:
    plan = plans(experiment=TWO)
    seen: Counter[str] = Counter()
    for walk in everything(plan):
        for one in walk:
            if one.name is EventName.WALL_SHOWN and one.wall is not None:
                variant = TWO.allocation.variant_of(one.visitor_id)
                assert one.wall.variant == (variant.name if variant else "")
                assert one.wall.experiment == (TWO.slug if variant else "")
                assert one.wall.design == (variant.design if variant else "standard")
                seen[one.wall.variant] += 1
    assert set(seen) == {"A", "B", ""}


def test_orders_and_revenue_follow_the_truth(plans: Plans) -> None:
    plan = plans(visitors=8_000, experiment=TWO, rates=MANY)
    exposed: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    revenue: Counter[str] = Counter()
    for walk in everything(plan):
        variants = {one.wall.variant for one in walk if one.name is EventName.WALL_SHOWN and one.wall}
        assert len(variants) <= 1
        placed = [one for one in walk if one.name is EventName.ORDER_PLACED]
        assert len(placed) <= 1
        for variant in variants:
            exposed[variant] += 1
            orders[variant] += len(placed)
            revenue[variant] += sum(one.value for one in placed)
    assert plan.truth.order_rates == MANY
    for name, rate in MANY.items():
        spread = math.sqrt(exposed[name] * rate * (1 - rate))
        assert abs(orders[name] - exposed[name] * rate) < 4 * spread
        assert abs(revenue[name] - exposed[name] * plan.truth.revenues[name]) < 4 * spread * 12_900


def test_readers_come_when_newspapers_are_read(plans: Plans) -> None:
    plan = plans(visitors=3_000)
    first = [walk[0].at for walk in everything(plan)]
    assert first == sorted(first), "in the order of their numbers"
    hours = Counter(moment.astimezone(SELLER_ZONE).hour for moment in first)
    assert hours[20] > 4 * hours[3]
    days = Counter(moment.date() for moment in first)
    assert len(days) >= plan.days
    assert max(days.values()) < 3 * 3_000 / plan.days


def test_a_soft_wall_can_be_dismissed(plans: Plans) -> None:
    (standard,) = plans().designs
    document = standard.design.model_dump()
    document["access"]["model"] = "soft"
    soft = type(standard)(standard.slug, 1, type(standard.design).model_validate(document))
    names = [one.name for walk in everything(plans(designs=(soft,))) for one in walk]
    assert EventName.WALL_DISMISSED in names
    assert EventName.WALL_DISMISSED not in {one.name for walk in everything(plans()) for one in walk}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"visitors": 0}, "visitors"),
        ({"days": 0}, "days"),
        ({"seed": -1}, "seed"),
        ({"offers": ()}, "no offer"),
        ({"rates": {"A": 0.9}}, "an order rate"),
    ],
)
def test_what_makes_no_sense_is_refused(plans: Plans, changes: dict[str, object], told: str) -> None:
    with pytest.raises(SimulationImpossible, match=told):
        plans(**changes)


def test_the_highest_rate_leaves_no_chance_above_one(plans: Plans) -> None:
    assert LARGEST_RATE > 0.15
    everything(plans(visitors=50, rates={"standard": LARGEST_RATE}))
    shares = [
        DEVICES[device] * SOURCES[source] * appetite(device, source)
        for device in DEVICES
        for source in SOURCES
    ]
    assert sum(shares) == pytest.approx(1.0), "on average readers are average"


def test_the_truth_is_kept_as_json(plans: Plans) -> None:
    plan = plans(experiment=TWO, rates=usual_rates(TWO, (), 0.05, 0.2))
    truth = Truth.from_json(plan.truth.as_json())
    assert truth == plan.truth
    assert truth.control == "A"
    assert truth.order_rates == {"A": 0.05, "B": pytest.approx(0.06)}
    assert truth.designs == {"A": "standard", "B": "summer"}


def test_a_trial_turns_paid_after_its_days(plans: Plans) -> None:
    plan = plans(visitors=2_000, offers=(TRIAL,), rates={"standard": LARGEST_RATE})
    turned = 0
    for walk in everything(plan):
        moments = {one.name: one.at for one in walk}
        if EventName.TRIAL_TURNED_PAID in moments:
            turned += 1
            after = moments[EventName.TRIAL_TURNED_PAID] - moments[EventName.ORDER_PLACED]
            assert timedelta(days=14) <= after < timedelta(days=15)
    assert turned > 20
