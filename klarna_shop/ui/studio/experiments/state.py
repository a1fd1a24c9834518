"""One experiment: what it has shown, what can be done with it, and how long it will take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.experiments.confidence import visitors_needed
from klarna_shop.shop.experiments.experiment import (
    Experiment,
    ExperimentMissing,
    ExperimentProblem,
    WrongExperiment,
)
from klarna_shop.shop.experiments.results import alpha_of_each, days_to_decide
from klarna_shop.shop.measurement import Traffic
from klarna_shop.shop.simulation import ORDER_RATE, Truth
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.studio.experiments.typed import LONGEST_SLUG, number
from klarna_shop.ui.studio.experiments.views import (
    PATH,
    DayRow,
    HistoryRow,
    PlotView,
    VariantRow,
    address_of,
    day_rows,
    funnel_of,
    history_rows,
    plots,
    variant_rows,
    warnings,
    when,
)
from klarna_shop.ui.studio.experiments.words import days, percent, whole
from klarna_shop.ui.studio.guard import studio_event

MESSAGE_ID = "experiment-message"
WANTED_LIFT = "10"
"""Per cent; what the plan begins with."""


class ExperimentState(rx.State):
    """What the page of one experiment shows."""

    status: str = "loading"
    """`loading`, `open`, `missing`, or empty for the list."""
    slug: str = ""
    name: str = ""
    hypothesis: str = ""
    standing: str = ""
    """An `ExperimentStatus`."""
    since: str = ""
    share: str = ""
    simulated: bool = False
    other_traffic: str = ""
    """The address of the same page about the other kind of visitors."""
    funnel: str = ""
    counted: str = ""
    visitors: str = ""
    variants: list[VariantRow] = []
    others: list[str] = []
    """Names of the variants that are compared with the control."""
    alarm: bool = False
    warnings: list[str] = []
    plots: list[PlotView] = []
    days: list[DayRow] = []
    history: list[HistoryRow] = []
    risk: str = ""
    """The chance of being wrong that each comparison has, in words."""
    asking: str = ""
    """What is asked about: `stop`, `delete`, or `promote`."""
    candidate: str = ""
    """The variant that is to be promoted."""
    message: str = ""
    rate: str = ""
    wanted: str = WANTED_LIFT
    a_day: str = ""
    planned: str = ""
    """How long it will take, as a sentence."""

    @studio_event
    async def show(self) -> None:
        """Show the experiment that the address names. Safe to repeat."""
        query = self.router.url.query_parameters
        slug = query.get("experiment", "")[:LONGEST_SLUG]
        traffic = Traffic.SIMULATED if query.get("traffic") == Traffic.SIMULATED else Traffic.READER
        if slug != self.slug or (traffic is Traffic.SIMULATED) != self.simulated:
            self.reset()
        if not slug:
            self.status = ""
            return
        self.slug, self.simulated = slug, traffic is Traffic.SIMULATED
        await self._show()

    @studio_event
    async def count_again(self) -> EventSpec:
        """Read the results anew."""
        await self._show()
        self.message = f"Counted anew: {self.visitors} visitors."
        return rx.set_focus(MESSAGE_ID)

    @studio_event
    async def start(self) -> EventSpec:
        """Start it, or go on after a pause."""
        return await self._change(
            current_shop().experiments.start,
            "It runs. Who sees a wall from now on counts, and keeps the variant.",
        )

    @studio_event
    async def pause(self) -> EventSpec:
        """Divide nobody for now."""
        return await self._change(
            current_shop().experiments.pause, "Paused: everybody meets the design that is for them."
        )

    @studio_event
    async def ask(self, what: str, variant: str) -> None:
        """Ask before something that cannot be taken back; empty takes the question back."""
        self.asking = what if what in ("stop", "delete", "promote") else ""
        self.candidate = variant if variant in [one.name for one in self.variants] else ""
        if self.asking == "promote" and not self.candidate:
            self.asking = ""

    @studio_event
    async def stop(self) -> EventSpec | None:
        """End it, or the promotion of its winner, after having been asked."""
        if self.asking != "stop":
            return None
        return await self._change(
            current_shop().experiments.stop, "Ended: everybody meets the design that is for them."
        )

    @studio_event
    async def promote(self) -> EventSpec | None:
        """Show the winner to everybody, after having been asked."""
        if self.asking != "promote":
            return None
        candidate = self.candidate

        async def promoted(slug: str) -> Experiment:
            return await current_shop().experiments.promote(slug, candidate)

        return await self._change(promoted, f"{candidate} is what everybody meets from now on.")

    @studio_event
    async def delete(self) -> EventSpec | None:
        """Take it away, after having been asked."""
        if self.asking != "delete":
            return None
        try:
            await current_shop().experiments.delete(self.slug)
        except ExperimentMissing:
            pass  # somebody else was quicker
        except ExperimentProblem as error:
            self.asking, self.message = "", str(error)
            return rx.set_focus(MESSAGE_ID)
        self.reset()
        return rx.redirect(PATH)

    @studio_event
    async def plan(self, form: dict[str, Any]) -> None:
        """Say how long it will take to be certain of a lift."""
        try:
            rate = number(form, "rate", "Orders of a hundred visitors", 0.01, 90) / 100
            wanted = number(form, "wanted", "Lift", -90, 1000) / 100
            a_day = number(form, "a_day", "Visitors a day", 0, 10_000_000)
        except WrongExperiment as error:
            self.planned = str(error)
            return
        self.planned = _plan(rate, wanted, a_day, len(self.variants))

    async def _change(self, change: Callable[[str], Awaitable[Experiment]], done: str) -> EventSpec:
        self.asking = ""
        try:
            await change(self.slug)
            self.message = done
        except ExperimentProblem as error:
            self.message = str(error)
        await self._show()
        return rx.set_focus(MESSAGE_ID)

    async def _show(self) -> None:
        shop = current_shop()
        if not self.slug:
            self.status = ""
            return
        try:
            experiment = await shop.experiments.find(self.slug)
        except ExperimentMissing:
            self.status = "missing"
            return
        traffic = Traffic.SIMULATED if self.simulated else Traffic.READER
        results = await shop.experiment_results.of(experiment, traffic)
        designs = {draft.slug: draft.design for draft in await shop.designs.all()}
        in_force = {one.slug: one.design for one in await shop.designs.published()}
        self.name, self.hypothesis = experiment.name, experiment.hypothesis
        self.standing, self.since = experiment.status.value, when(experiment)
        self.share = percent(experiment.allocation.share, 0)
        other = Traffic.READER if self.simulated else Traffic.SIMULATED
        self.other_traffic, self.funnel = address_of(self.slug, other), funnel_of(self.slug, traffic, results)
        self.counted = date_and_time(shop.clock(), "en")
        self.visitors = whole(results.visitors)
        self.variants = variant_rows(experiment, results, designs, await self._truth())
        self.others = [one.name for one in experiment.variants[1:]]
        self.alarm, self.warnings = results.mismatch, warnings(experiment, designs | in_force)
        self.plots, self.days = plots(results), day_rows(results)
        self.history = history_rows(await shop.experiments.history(self.slug))
        self.risk = percent(alpha_of_each(len(experiment.variants)))
        if not self.rate:
            await self._estimate(experiment, traffic)
        self.status = "open"

    async def _estimate(self, experiment: Experiment, traffic: Traffic) -> None:
        recent = await current_shop().experiment_results.recent(sorted(experiment.designs), traffic)
        rate = recent.order_rate or ORDER_RATE
        a_day = recent.exposed_a_day * experiment.allocation.share
        self.rate, self.a_day = f"{100 * rate:.3g}", f"{a_day:.0f}"
        self.planned = _plan(rate, float(WANTED_LIFT) / 100, a_day, len(experiment.variants))

    async def _truth(self) -> Truth | None:
        """What the newest simulation of this experiment knows."""
        simulations = current_shop().simulations
        if simulations is None or not self.simulated:
            return None
        runs = (await simulations.standing()).runs
        return next((Truth.from_json(run.truth) for run in runs if run.experiment == self.slug), None)


def _plan(rate: float, wanted: float, a_day: float, variants: int) -> str:
    try:
        needed = visitors_needed(rate, wanted, alpha_of_each(variants)) * variants / 2
        time = days_to_decide(rate, wanted, a_day, variants)
    except ValueError:
        return "No number of visitors finds that: a lift is not 0, and at most everybody orders."
    if time is None:
        return f"{whole(needed)} visitors must see a wall. Without visitors that takes forever."
    return f"{whole(needed)} visitors must see a wall: {days(time)} at {whole(a_day)} a day."
