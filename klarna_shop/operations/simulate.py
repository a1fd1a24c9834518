"""Sends synthetic readers through the shop's events, so that funnel and experiments have something to show.

    python -m klarna_shop.operations.simulate [--visitors 20000] [--seed 1] [--days 28]
                                              [--rate 0.04] [--lift 0.2]
    python -m klarna_shop.operations.simulate --remove

May run while the shop serves. Only with `PAYWAY_ENV=sandbox`: elsewhere numbers are about real readers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from klarna_shop.assembly import House, build_house
from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError, Settings
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.migrating import DatabaseUnusable, migrate
from klarna_shop.shop.simulation import (
    DAYS,
    LIFT,
    ORDER_RATE,
    SimulationImpossible,
    Simulations,
)

VISITORS, SEED = 20_000, 1
TOLD_EVERY_SECONDS = 2.0


def main(arguments: list[str] | None = None) -> int:
    """Simulate, or remove simulations; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m klarna_shop.operations.simulate")
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--rate", type=float, default=ORDER_RATE, help="orders per exposed visitor: control")
    parser.add_argument("--lift", type=float, default=LIFT, help="how much more the others sell, relatively")
    parser.add_argument("--remove", action="store_true", help="take all simulations away")
    chosen = parser.parse_args(arguments)
    try:
        settings = settings_at_start()
        if not settings.is_sandbox:
            return stop(f"PAYWAY_ENV is {settings.payway_env}: simulated readers are for the sandbox only.")
        return asyncio.run(_act(settings, chosen))
    except (ConfigurationError, DatabaseUnusable, DatabaseUnavailable) as failure:
        return stop(str(failure))


async def _act(settings: Settings, chosen: argparse.Namespace) -> int:
    await asyncio.to_thread(migrate, settings.database_url.get_secret_value())
    house = build_house(settings)
    try:
        simulations = house.shop.simulations
        assert simulations is not None
        await (_remove(simulations) if chosen.remove else _simulate(simulations, chosen))
    except SimulationImpossible as failure:
        return stop(str(failure))
    finally:
        await _close(house)
    return 0


async def _remove(simulations: Simulations) -> None:
    before = await simulations.standing()
    await simulations.remove()
    say(f"{len(before.runs)} simulations with {before.events} events removed; readers' events stay")


async def _simulate(simulations: Simulations, chosen: argparse.Namespace) -> None:
    plan = await simulations.plan(
        chosen.visitors, chosen.seed, days=chosen.days, rate=chosen.rate, lift=chosen.lift
    )
    what = f"experiment {plan.experiment.slug}" if plan.experiment else "no experiment: the designs in force"
    say(f"{plan.visitors} visitors over {plan.days} days, seed {plan.seed}; {what}")
    start = told = time.monotonic()

    async def tell(done: int, visitors: int) -> None:
        nonlocal told
        if done == visitors or time.monotonic() - told > TOLD_EVERY_SECONDS:
            told = time.monotonic()
            say(f"{done:>9} of {visitors} visitors  {100 * done // visitors:>3} %  {told - start:5.1f} s")

    simulated = await simulations.run(plan, tell)
    say(f"{simulated.events} events: {simulated.exposed} visitors saw a wall, {simulated.orders} ordered")
    say(f"the truth: orders per visitor who saw the wall {json.dumps(plan.truth.order_rates)}")


async def _close(house: House) -> None:
    await house.shop.recorder.flush()
    await house.shop.close()
    if house.sandbox is not None:
        await house.sandbox.close()


if __name__ == "__main__":
    raise SystemExit(main())
