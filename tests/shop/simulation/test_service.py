"""A simulation in the shop: written as simulated, replaced by its seed, removed without readers' events."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlmodel import col, func, select

from klarna_shop.assembly import House
from klarna_shop.operations import simulate
from klarna_shop.settings import read_settings
from klarna_shop.shop.experiments.assignment import Allocation
from klarna_shop.shop.experiments.tables import ExperimentRow, SimulationRow
from klarna_shop.shop.measurement import EventName, Happening, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.simulation import (
    Simulations,
    SimulationUnderWay,
    Truth,
)

VARIANTS = [{"name": "A", "design": "standard", "weight": 1}, {"name": "B", "design": "summer", "weight": 1}]


def simulations_of(house: House) -> Simulations:
    """Those of the sandbox's shop."""
    assert house.shop.simulations is not None
    return house.shop.simulations


async def events_of(house: House, traffic: Traffic) -> Sequence[MeasuredEvent]:
    """What was written, in order."""
    of_traffic = select(MeasuredEvent).where(col(MeasuredEvent.traffic) == traffic.value)
    in_order = of_traffic.order_by(col(MeasuredEvent.id))
    return await house.shop.database.read(lambda session: session.exec(in_order).all())


async def start_experiment(house: House, status: str = "running") -> None:
    """Store one as the studio does."""
    now = house.shop.clock()
    row = ExperimentRow(
        slug="prices",
        name="Prices",
        status=status,
        salt="prices-1",
        variants=json.dumps(VARIANTS),
        created_at=now,
        started_at=now,
    )
    await house.shop.database.write(lambda session: session.add(row))


async def test_what_is_written_carries_the_wall_that_was_seen(house: House) -> None:
    await start_experiment(house)
    simulations = simulations_of(house)
    told: list[tuple[int, int]] = []

    async def tell(done: int, visitors: int) -> None:
        told.append((done, visitors))

    plan = await simulations.plan(600, 7, rate=0.15)
    assert plan.offers == await house.shop.offers.offers()
    simulated = await simulations.run(plan, tell)
    assert told[-1] == (600, 600)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    events = await events_of(house, Traffic.SIMULATED)
    assert len(events) == simulated.events
    allocation = plan.experiment.allocation if plan.experiment else Allocation("", ())
    placed = [event for event in events if event.name == EventName.ORDER_PLACED]
    assert len(placed) == simulated.orders > 10
    for event in placed:
        variant = allocation.variant_of(event.visitor_id)
        assert variant is not None
        assert (event.experiment, event.variant, event.design) == ("prices", variant.name, variant.design)
        assert event.offer
        assert event.source
    seen = {event.visitor_id for event in events if event.name == EventName.WALL_SHOWN}
    assert len(seen) == simulated.exposed
    (row,) = (await simulations.standing()).runs
    assert (row.seed, row.visitors, row.experiment) == (7, 600, "prices")
    assert Truth.from_json(row.truth).order_rates == {"A": 0.15, "B": pytest.approx(0.18)}


async def test_without_a_running_experiment_readers_meet_the_designs_in_force(house: House) -> None:
    await start_experiment(house, "paused")
    plan = await simulations_of(house).plan(80, 1)
    assert plan.experiment is None
    await simulations_of(house).run(plan)
    walls = [
        event for event in await events_of(house, Traffic.SIMULATED) if event.name == EventName.WALL_SHOWN
    ]
    assert {(event.design, event.design_version, event.experiment) for event in walls} == {
        ("standard", 0, "")
    }


async def test_the_same_seed_replaces_and_another_adds(house: House) -> None:
    simulations = simulations_of(house)

    async def run(seed: int) -> Counter[str]:
        await simulations.run(await simulations.plan(60, seed))
        events = await events_of(house, Traffic.SIMULATED)
        return Counter(event.visitor_id.split(":")[1] for event in events)

    once = await run(1)
    assert (await run(1))["1"] == once["1"]
    both = await run(11)
    assert both["1"] == once["1"], "seed 11 is not seed 1"
    assert len((await simulations.standing()).runs) == 2


async def test_removing_leaves_readers_events(house: House) -> None:
    simulations = simulations_of(house)
    await house.shop.consents.choose("reader", accepted=True)
    house.shop.events.add(Happening(EventName.PICKER_SHOWN, house.shop.clock(), "reader"))
    await house.shop.events.flush()
    await simulations.run(await simulations.plan(40, 3))
    assert (await simulations.standing()).events
    await simulations.remove()
    assert [event.visitor_id for event in await events_of(house, Traffic.READER)] == ["reader"]
    assert await events_of(house, Traffic.SIMULATED) == []
    count = select(func.count(col(SimulationRow.id)))
    assert await house.shop.database.read(lambda session: session.exec(count).one()) == 0


async def test_one_at_a_time(house: House) -> None:
    simulations = simulations_of(house)
    plan = await simulations.plan(400, 1)
    started = asyncio.Event()

    async def tell(done: int, visitors: int) -> None:
        started.set()

    first = asyncio.create_task(simulations.run(plan, tell))
    await started.wait()
    with pytest.raises(SimulationUnderWay):
        await simulations.run(plan)
    with pytest.raises(SimulationUnderWay):
        await simulations.remove()
    await first
    assert simulations.progress is None


async def test_a_run_that_ends_early_still_has_its_truth_and_can_be_removed(house: House) -> None:
    simulations = simulations_of(house)

    async def give_up(done: int, visitors: int) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await simulations.run(await simulations.plan(400, 1), give_up)
    assert len((await simulations.standing()).runs) == 1
    await simulations.remove()
    assert (await simulations.standing()).events == 0


def test_the_command_refuses_outside_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = {
        "PAYWAY_ENV": "stage",
        "PAYWAY_CLIENT_ID": "client",
        "PAYWAY_CLIENT_SECRET": "secret",
        "SECRET_KEY": "the key of tests and of tests only long enough",
        "APP_URL": "https://shop.example",
        "STUDIO_PASSWORD": "correct horse",
    }
    for name, value in outside.items():
        monkeypatch.setenv(name, value)
    # Settings are read once in a process, and another test may have read them.
    monkeypatch.setattr(simulate, "settings_at_start", read_settings)
    assert simulate.main(["--visitors", "10"]) == 1
    told = capsys.readouterr().err.strip()
    assert told == "PAYWAY_ENV is stage: simulated readers are for the sandbox only."
