"""Runs simulations: writes the events in batches, remembers the truth, takes everything away again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.experiments.tables import SimulationRow
from klarna_shop.shop.measurement import EventName, Happening, Traffic
from klarna_shop.shop.measurement.storage import EventStorage
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.simulation.plan import (
    DAYS,
    LIFT,
    ORDER_RATE,
    SimulationImpossible,
    SimulationPlan,
    usual_rates,
)
from klarna_shop.shop.simulation.running import running_experiment
from klarna_shop.shop.simulation.walks import Walks, visitor_id

BATCH = 500
"""Events of one transaction: others who write wait no longer than for one of them."""

Tell = Callable[[int, int], Awaitable[None]]
"""Told how many visitors are done, and of how many."""


class SimulationUnderWay(Exception):
    """One at a time in a process."""


@dataclass(frozen=True)
class Progress:
    """How far the run is."""

    done: int
    visitors: int


@dataclass(frozen=True)
class Simulated:
    """What a run has written."""

    visitors: int
    events: int
    exposed: int
    orders: int


@dataclass(frozen=True)
class Standing:
    """What simulations stand in the database."""

    runs: Sequence[SimulationRow]
    events: int


class Simulations:
    """The simulations of this process. There is none outside the sandbox."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        designs: Designs,
        offers: OfferCatalogue,
        articles: ArticleLibrary,
        languages: Sequence[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._storage = EventStorage(database, clock)
        self._designs = designs
        self._offers = offers
        self._articles = articles
        self._languages = tuple(languages)
        self.progress: Progress | None = None
        """Of the run that is under way in this process."""

    async def plan(
        self,
        visitors: int,
        seed: int,
        *,
        days: int = DAYS,
        rate: float = ORDER_RATE,
        lift: float = LIFT,
    ) -> SimulationPlan:
        """A plan for the experiment that runs, or without one for the designs in force.

        Raises:
            SimulationImpossible: a number makes no sense, or there is nothing to sell or to read.
        """
        published = await self._designs.published()
        designs = tuple(sorted(published, key=lambda one: (one.slug != STANDARD_SLUG, one.slug)))
        experiment = await running_experiment(self._database)
        try:
            offers = await self._offers.offers()
        except CatalogueUnavailable:
            raise SimulationImpossible("Payway does not give its catalogue now") from None
        return SimulationPlan(
            seed=seed,
            visitors=visitors,
            until=self._clock(),
            articles=tuple(
                article for language in self._languages for article in self._articles.front_page(language)
            ),
            offers=offers,
            designs=designs,
            experiment=experiment,
            rates=usual_rates(experiment, designs, rate, lift),
            days=days,
        )

    async def run(self, plan: SimulationPlan, tell: Tell | None = None) -> Simulated:
        """Let all readers of the plan walk; an earlier run with the same seed is replaced.

        Raises:
            SimulationUnderWay: another run, or a removal, is under way in this process.
        """
        async with self._alone(plan.visitors):
            walks = Walks(plan)
            await self._begin(plan)
            counted, batch = _Counted(), list[Happening]()
            for number in range(plan.visitors):
                batch += walks.of(number)
                if len(batch) >= BATCH or number == plan.visitors - 1:
                    await self._storage.write(batch)
                    counted.add(batch)
                    batch = []
                    self.progress = Progress(number + 1, plan.visitors)
                    if tell is not None:
                        await tell(number + 1, plan.visitors)
                    await asyncio.sleep(0)
            return Simulated(plan.visitors, counted.events, counted.exposed, counted.orders)

    async def standing(self) -> Standing:
        """What simulations stand, newest first, and how many events they are."""
        simulated = col(MeasuredEvent.traffic) == Traffic.SIMULATED.value

        def read(session: Session) -> Standing:
            runs = session.exec(select(SimulationRow).order_by(col(SimulationRow.id).desc())).all()
            return Standing(runs, session.exec(select(func.count()).where(simulated)).one())

        return await self._database.read(read)

    async def remove(self) -> None:
        """Take all simulations away; readers' events stay.

        Raises:
            SimulationUnderWay: one is running in this process.
        """
        async with self._alone(0):
            await self._storage.erase_simulated()
            await self._database.write(lambda session: session.exec(delete(SimulationRow)))

    @asynccontextmanager
    async def _alone(self, visitors: int) -> AsyncIterator[None]:
        if self.progress is not None:
            raise SimulationUnderWay
        self.progress = Progress(0, visitors)
        try:
            yield
        finally:
            self.progress = None

    async def _begin(self, plan: SimulationPlan) -> None:
        """The truth first: whatever becomes of the run, its events have one."""

        def begin(session: Session) -> None:
            session.exec(
                delete(MeasuredEvent).where(
                    col(MeasuredEvent.traffic) == Traffic.SIMULATED.value,
                    col(MeasuredEvent.visitor_id).startswith(visitor_id(plan.seed, 0)[:-1]),
                )
            )
            session.exec(delete(SimulationRow).where(col(SimulationRow.seed) == plan.seed))
            session.add(
                SimulationRow(
                    at=self._clock(),
                    seed=plan.seed,
                    visitors=plan.visitors,
                    experiment=plan.experiment.slug if plan.experiment else "",
                    truth=plan.truth.as_json(),
                )
            )

        await self._database.clean_up(begin)


class _Counted:
    """Sums for whoever started the run."""

    def __init__(self) -> None:
        self.events = self.exposed = self.orders = 0

    def add(self, happenings: Sequence[Happening]) -> None:
        self.events += len(happenings)
        # A reader's whole walk is in one batch.
        self.exposed += len({one.visitor_id for one in happenings if one.name is EventName.WALL_SHOWN})
        self.orders += sum(one.name is EventName.ORDER_PLACED for one in happenings)
