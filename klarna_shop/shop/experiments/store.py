"""The experiments of this shop. A change is one transaction that also writes its line of history.

Those that matter to readers are kept in memory and read anew when the history has grown, whichever process
wrote it, as published designs are.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.experiments.choosing import MetVariant, met_variant
from klarna_shop.shop.experiments.experiment import (
    TRANSITIONS,
    DesignNotPublished,
    DesignTaken,
    Experiment,
    ExperimentEntry,
    ExperimentMissing,
    ExperimentStatus,
    WrongExperiment,
    WrongTransition,
    checked_allocation,
)
from klarna_shop.shop.experiments.tables import ExperimentHistory, ExperimentRow, VisitorDraw
from klarna_shop.shop.paywalls.exchange import slug_for
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.paywalls.stored import Published

SEEN_FOR_SECONDS = 1.0
"""How long a process goes on with the experiments it knows before it looks whether there are others."""
LONGEST_NAME = 120
LONGEST_HYPOTHESIS = 2000
DRAWS_KEPT = timedelta(days=90)


class Experiments:
    """Reads and changes experiments, and says which variant a visitor meets. One object a process."""

    def __init__(
        self,
        database: Database,
        designs: Designs,
        clock: Clock,
        *,
        monotonic: Stopwatch = time.monotonic,
    ) -> None:
        self._database = database
        self._designs = designs
        self._clock = clock
        self._monotonic = monotonic
        self._in_force: tuple[Experiment, ...] = ()
        self._seen_changes = -1
        self._looked_at = float("-inf")

    async def met(
        self, visitor_id: str | None, chosen: Published, published: Sequence[Published]
    ) -> MetVariant:
        """What a visitor meets for whom targeting has chosen a design; that design where nothing applies."""
        in_force = await self.in_force()
        met = met_variant(visitor_id, chosen, published, in_force)
        if visitor_id is None or not met.experiment:
            return met
        draws = await self._draws(visitor_id)
        return met_variant(visitor_id, chosen, published, in_force, draws=draws) if draws else met

    async def in_force(self) -> tuple[Experiment, ...]:
        """Those that run or were promoted, the earliest first."""
        now = self._monotonic()
        if now - self._looked_at < SEEN_FOR_SECONDS:
            return self._in_force
        with suppress(DatabaseUnavailable):  # readers go on with those that are known
            await self._look()
        self._looked_at = now
        return self._in_force

    async def _look(self) -> None:
        async with self._database.reading() as session:
            changes = (await session.exec(select(func.count(col(ExperimentHistory.id))))).one()
            if changes != self._seen_changes:
                wanted = [ExperimentStatus.RUNNING.value, ExperimentStatus.PROMOTED.value]
                found = await session.exec(select(ExperimentRow).where(col(ExperimentRow.status).in_(wanted)))
                experiments = [_experiment(row) for row in found.all()]
                self._in_force = tuple(sorted(experiments, key=_since))
                self._seen_changes = changes

    async def all(self) -> tuple[Experiment, ...]:
        """Every experiment, the newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(ExperimentRow).order_by(col(ExperimentRow.created_at).desc(), col(ExperimentRow.slug))
            )
            return tuple(_experiment(row) for row in found.all())

    async def find(self, slug: str) -> Experiment:
        """One experiment.

        Raises:
            ExperimentMissing: there is none of this slug.
        """
        async with self._database.reading() as session:
            return _experiment(await _row(session, slug))

    async def history(self, slug: str) -> tuple[ExperimentEntry, ...]:
        """What was done to it, newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(ExperimentHistory)
                .where(col(ExperimentHistory.slug) == slug)
                .order_by(col(ExperimentHistory.id).desc())
            )
            return tuple(ExperimentEntry(row.at, row.what, row.detail) for row in found.all())

    async def create(
        self, name: str, hypothesis: str, variants: Sequence[Variant], share: float = 1.0
    ) -> Experiment:
        """A new experiment, which divides nobody before it is started.

        Raises:
            WrongExperiment: it makes no sense as it is written down.
        """
        name = name.strip()[:LONGEST_NAME]
        if not name:
            raise WrongExperiment("An experiment needs a name.")
        allocation = checked_allocation(secrets.token_hex(8), tuple(variants), share)
        async with self._changing() as session:
            # Also of those that were deleted: their events are still there.
            taken = set((await session.exec(select(ExperimentHistory.slug).distinct())).all())
            row = ExperimentRow(
                slug=slug_for(name, taken),
                name=name,
                hypothesis=hypothesis.strip()[:LONGEST_HYPOTHESIS],
                status=ExperimentStatus.DRAFT.value,
                salt=allocation.salt,
                share=allocation.share,
                variants=_written(allocation.variants),
                created_at=self._clock(),
            )
            session.add(row)
            self._record(session, row.slug, "created")
            return _experiment(row)

    async def delete(self, slug: str) -> None:
        """Take away a draft, or one that is over; its events and its history stay.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongTransition: readers still meet it.
        """
        async with self._changing() as session:
            row = await _row(session, slug)
            if row.status not in {ExperimentStatus.DRAFT, ExperimentStatus.STOPPED}:
                raise WrongTransition("Stop it first: readers still meet it.")
            self._record(session, slug, "deleted")
            await session.delete(row)

    async def start(self, slug: str) -> Experiment:
        """Divide visitors from now on, or go on after a pause.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongTransition: it is over, or runs already.
            DesignNotPublished: a variant's design is not in force.
            DesignTaken: a variant's design is compared in another running experiment.
        """
        published = {one.slug for one in await self._designs.published()}
        async with self._changing() as session:
            row = await _row(session, slug)
            experiment = self._allowed(row, ExperimentStatus.RUNNING)
            missing = sorted(experiment.designs - published)
            if missing:
                raise DesignNotPublished(f"Publish first: {', '.join(missing)}.")
            found = await session.exec(
                select(ExperimentRow).where(ExperimentRow.status == ExperimentStatus.RUNNING.value)
            )
            for other in map(_experiment, found.all()):
                if shared := sorted(other.designs & experiment.designs):
                    raise DesignTaken(f"{', '.join(shared)} is already compared in “{other.name}”.")
            row.started_at = row.started_at or self._clock()
            return self._move(session, row, ExperimentStatus.RUNNING)

    async def pause(self, slug: str) -> Experiment:
        """Divide nobody for now: everybody meets what targeting chooses. Raises as `start` does."""
        async with self._changing() as session:
            row = await _row(session, slug)
            self._allowed(row, ExperimentStatus.PAUSED)
            return self._move(session, row, ExperimentStatus.PAUSED)

    async def stop(self, slug: str) -> Experiment:
        """End it, or end the promotion of its winner. Raises as `start` does."""
        async with self._changing() as session:
            row = await _row(session, slug)
            self._allowed(row, ExperimentStatus.STOPPED)
            row.ended_at = row.ended_at or self._clock()
            return self._move(session, row, ExperimentStatus.STOPPED)

    async def promote(self, slug: str, variant: str) -> Experiment:
        """End it, and show the winner to everybody who would meet one of its designs.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongExperiment: it has no variant of this name.
            WrongTransition: it has not been started.
            DesignNotPublished: the winner's design is not in force.
        """
        published = {one.slug for one in await self._designs.published()}
        async with self._changing() as session:
            row = await _row(session, slug)
            winner = self._allowed(row, ExperimentStatus.PROMOTED).variant(variant)
            if winner is None:
                raise WrongExperiment("There is no such variant.")
            if winner.design not in published:
                raise DesignNotPublished(f"Publish first: {winner.design}.")
            row.winner, row.ended_at = winner.name, self._clock()
            return self._move(session, row, ExperimentStatus.PROMOTED, winner.name)

    async def draw_anew(self, visitor_id: str) -> None:
        """Divide one browser anew in every experiment, for trying them out."""
        async with self._database.writing_alone(visitor_id) as session:
            row = await session.get(VisitorDraw, visitor_id)
            if row is None:
                row = VisitorDraw(visitor_id=visitor_id, draws=0, drawn_at=self._clock())
            row.draws, row.drawn_at = row.draws + 1, self._clock()
            session.add(row)

    async def erase_old(self) -> None:
        """Forget browsers that were drawn anew long ago."""
        async with self._database.cleaning_up() as session:
            oldest = self._clock() - DRAWS_KEPT
            await session.exec(delete(VisitorDraw).where(col(VisitorDraw.drawn_at) <= oldest))

    async def _draws(self, visitor_id: str) -> int:
        try:
            async with self._database.reading() as session:
                row = await session.get(VisitorDraw, visitor_id)
        except DatabaseUnavailable:
            return 0
        return row.draws if row else 0

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that no other change of an experiment is made in: they may not share designs."""
        async with self._database.writing_alone("experiments") as session:
            yield session
        self._looked_at = float("-inf")  # this process sees its own changes at once

    def _allowed(self, row: ExperimentRow, to: ExperimentStatus) -> Experiment:
        experiment = _experiment(row)
        if to not in TRANSITIONS[experiment.status]:
            raise WrongTransition(f"It is {experiment.status.value} and cannot become {to.value}.")
        return experiment

    def _move(
        self, session: AsyncSession, row: ExperimentRow, to: ExperimentStatus, detail: str = ""
    ) -> Experiment:
        row.status = to.value
        session.add(row)
        self._record(session, row.slug, to.value, detail)
        return _experiment(row)

    def _record(self, session: AsyncSession, slug: str, what: str, detail: str = "") -> None:
        session.add(ExperimentHistory(at=self._clock(), slug=slug, what=what, detail=detail))


async def _row(session: AsyncSession, slug: str) -> ExperimentRow:
    row = await session.get(ExperimentRow, slug)
    if row is None:
        raise ExperimentMissing("There is no such experiment.")
    return row


def _experiment(row: ExperimentRow) -> Experiment:
    variants = tuple(
        Variant(one["name"], one["design"], int(one["weight"])) for one in json.loads(row.variants)
    )
    return Experiment(
        slug=row.slug,
        name=row.name,
        hypothesis=row.hypothesis,
        status=ExperimentStatus(row.status),
        allocation=Allocation(row.salt, variants, row.share),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        winner=row.winner,
    )


def _written(variants: Sequence[Variant]) -> str:
    return json.dumps([vars(variant) for variant in variants], ensure_ascii=False)


def _since(experiment: Experiment) -> tuple[float, str]:
    """Promotions are applied in the order in which they were made."""
    moment = experiment.ended_at or experiment.started_at or experiment.created_at
    return moment.timestamp(), experiment.slug
