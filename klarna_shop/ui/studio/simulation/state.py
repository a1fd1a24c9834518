"""Which simulations stand in the database, and one that is under way."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.simulation import SimulationImpossible, Simulations, SimulationUnderWay
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.studio.guard import studio_event

OUTCOME_ID = "simulation-outcome"
MOST_VISITORS = 100_000
"""More than anybody wants to wait for at a page; `make simulate` takes more."""
TOLD_EVERY_SECONDS = 0.5


@dataclass
class SimulationView:
    """One simulation that was run."""

    when: str
    told: str


class SimulationState(rx.State):
    """What the panel shows."""

    known: bool = False
    runs: list[SimulationView] = []
    events: int = 0
    working: bool = False
    """A run or a removal of this tab's is under way."""
    _claimed: str = ""
    """The claim on it, which keeps a second press out."""
    percent: int = 0
    told: str = ""
    """How far it is."""
    outcome: str = ""
    """What the last run came to, as a sentence."""

    @studio_event
    async def show(self) -> None:
        """Tell what stands. Safe to repeat."""
        simulations = current_shop().simulations
        self.working = is_held(self._claimed)
        if simulations is not None:
            await self._list(simulations)

    @studio_event(background=True)
    async def simulate(self, form: dict[str, Any]) -> EventSpec | None:
        """Send readers, and tell how far they are."""
        simulations = current_shop().simulations
        with Claim() as claim:
            async with self:
                if is_held(self._claimed) or simulations is None:
                    return None
                visitors, seed = _whole(form, "visitors"), _whole(form, "seed")
                if visitors is None or not 1 <= visitors <= MOST_VISITORS:
                    self.outcome = f"Visitors: a whole number from 1 to {MOST_VISITORS:,}."
                    return rx.set_focus(OUTCOME_ID)
                if seed is None:
                    self.outcome = "Seed: a whole number."
                    return rx.set_focus(OUTCOME_ID)
                self._begin(claim, "The first are on their way.")
            broken_off = "The run broke off; the log says why. What it wrote stands, and can be removed."
            await self._carry_out(simulations, self._run(simulations, visitors, seed), broken_off)
        return rx.set_focus(OUTCOME_ID)

    @studio_event(background=True)
    async def remove(self) -> EventSpec | None:
        """Take all simulated readers away."""
        simulations = current_shop().simulations
        with Claim() as claim:
            async with self:
                if is_held(self._claimed) or simulations is None:
                    return None
                self._begin(claim, "Removing.")
            broken_off = "Nothing could be removed; the log says why."
            await self._carry_out(simulations, self._remove(simulations), broken_off)
        return rx.set_focus(OUTCOME_ID)

    def _begin(self, claim: Claim, told: str) -> None:
        self._claimed = claim.on("simulation")
        self.working, self.percent, self.told, self.outcome = True, 0, told, ""

    async def _carry_out(self, simulations: Simulations, work: Awaitable[str], broken_off: str) -> None:
        """Do the work, and tell what it came to; `broken_off` where it gives no sentence of its own."""
        outcome = broken_off
        try:
            outcome = await work
        except SimulationImpossible as error:
            outcome = f"Not possible: {error}."
        except SimulationUnderWay:
            outcome = "A simulation is under way already; look again in a moment."
        finally:
            async with self:
                self.working, self.outcome = False, outcome
                await self._list(simulations)

    async def _remove(self, simulations: Simulations) -> str:
        await simulations.remove()
        return "All simulated readers are removed; what real readers did stays."

    async def _run(self, simulations: Simulations, visitors: int, seed: int) -> str:
        plan = await simulations.plan(visitors, seed)
        told = time.monotonic()

        async def tell(done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - told > TOLD_EVERY_SECONDS:
                told = time.monotonic()
                async with self:
                    self.percent, self.told = 100 * done // of, f"{done:,} of {of:,} readers"

        simulated = await simulations.run(plan, tell)
        where = f"the experiment {plan.experiment.slug}" if plan.experiment else "no experiment runs"
        return (
            f"{simulated.visitors:,} readers came ({where}): {simulated.exposed:,} saw a wall,"
            f" {simulated.orders:,} ordered."
        )

    async def _list(self, simulations: Simulations) -> None:
        standing = await simulations.standing()
        self.runs = [
            SimulationView(
                date_and_time(run.at, "en"),
                f"{run.visitors:,} readers, seed {run.seed}"
                + (f", experiment {run.experiment}" if run.experiment else ""),
            )
            for run in standing.runs
        ]
        self.events, self.known = standing.events, True


def _whole(form: Any, name: str) -> int | None:
    value = form.get(name) if isinstance(form, dict) else None
    written = value.replace(",", "").replace(" ", "") if isinstance(value, str) else ""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None
