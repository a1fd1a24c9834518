"""The experiments of this shop. A change is one transaction that also writes its line of history.

Those that matter to readers are kept in memory (`Snapshot`), as published designs are.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from sqlmodel import Session, col, select

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database
from klarna_shop.shop.experiments.assignment import Allocation, Variant
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
from klarna_shop.shop.experiments.tables import ExperimentHistory, ExperimentRow
from klarna_shop.shop.paywalls.exchange import slug_for
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.snapshot import Snapshot

Result = TypeVar("Result")

LONGEST_NAME = 120
LONGEST_HYPOTHESIS = 2000


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
        self.snapshot = Snapshot[tuple[Experiment, ...]](ExperimentHistory, _in_force, (), monotonic)
        """Those that run or were promoted, the earliest first."""

    async def all(self) -> tuple[Experiment, ...]:
        """Every experiment, the newest first."""
        return await self._database.read(_all)

    async def find(self, slug: str) -> Experiment:
        """One experiment.

        Raises:
            ExperimentMissing: there is none of this slug.
        """
        return await self._database.read(lambda session: _experiment(_row(session, slug)))

    async def history(self, slug: str) -> tuple[ExperimentEntry, ...]:
        """What was done to it, newest first."""
        return await self._database.read(partial(_history, slug=slug))

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

        def create(session: Session) -> Experiment:
            # Also of those that were deleted: their events are still there.
            taken = set(session.exec(select(ExperimentHistory.slug).distinct()))
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

        return await self._change(create)

    async def delete(self, slug: str) -> None:
        """Take away a draft, or one that is over; its events and its history stay.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongTransition: readers still meet it.
        """

        def delete(session: Session) -> None:
            row = _row(session, slug)
            if row.status not in {ExperimentStatus.DRAFT, ExperimentStatus.STOPPED}:
                raise WrongTransition("Stop it first: readers still meet it.")
            self._record(session, slug, "deleted")
            session.delete(row)

        await self._change(delete)

    async def start(self, slug: str) -> Experiment:
        """Divide visitors from now on, or go on after a pause.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongTransition: it is over, or runs already.
            DesignNotPublished: a variant's design is not in force.
            DesignTaken: a variant's design is compared in another running experiment.
        """
        published = {one.slug for one in await self._designs.published()}

        def start(session: Session) -> Experiment:
            row = _row(session, slug)
            experiment = _allowed(row, ExperimentStatus.RUNNING)
            missing = sorted(experiment.designs - published)
            if missing:
                raise DesignNotPublished(f"Publish first: {', '.join(missing)}.")
            for other in _with_status(session, ExperimentStatus.RUNNING):
                if shared := sorted(other.designs & experiment.designs):
                    raise DesignTaken(f"{', '.join(shared)} is already compared in “{other.name}”.")
            row.started_at = row.started_at or self._clock()
            return self._move(session, row, ExperimentStatus.RUNNING)

        return await self._change(start)

    async def pause(self, slug: str) -> Experiment:
        """Divide nobody for now: everybody meets what targeting chooses. Raises as `start` does."""

        def pause(session: Session) -> Experiment:
            row = _row(session, slug)
            _allowed(row, ExperimentStatus.PAUSED)
            return self._move(session, row, ExperimentStatus.PAUSED)

        return await self._change(pause)

    async def stop(self, slug: str) -> Experiment:
        """End it, or end the promotion of its winner. Raises as `start` does."""

        def stop(session: Session) -> Experiment:
            row = _row(session, slug)
            _allowed(row, ExperimentStatus.STOPPED)
            row.ended_at = row.ended_at or self._clock()
            return self._move(session, row, ExperimentStatus.STOPPED)

        return await self._change(stop)

    async def promote(self, slug: str, variant: str) -> Experiment:
        """End it, and show the winner to everybody who would meet one of its designs.

        Raises:
            ExperimentMissing: there is no such experiment.
            WrongExperiment: it has no variant of this name.
            WrongTransition: it has not been started.
            DesignNotPublished: the winner's design is not in force.
        """
        published = {one.slug for one in await self._designs.published()}

        def promote(session: Session) -> Experiment:
            row = _row(session, slug)
            winner = _allowed(row, ExperimentStatus.PROMOTED).variant(variant)
            if winner is None:
                raise WrongExperiment("There is no such variant.")
            if winner.design not in published:
                raise DesignNotPublished(f"Publish first: {winner.design}.")
            row.winner, row.ended_at = winner.name, self._clock()
            return self._move(session, row, ExperimentStatus.PROMOTED, winner.name)

        return await self._change(promote)

    async def _change(self, work: Work[Result]) -> Result:
        """Carry out a change while no other experiment changes: they may not share designs."""
        try:
            return await self._database.write(work, lock="experiments")
        finally:
            self.snapshot.invalidate()

    def _move(
        self, session: Session, row: ExperimentRow, to: ExperimentStatus, detail: str = ""
    ) -> Experiment:
        row.status = to.value
        session.add(row)
        self._record(session, row.slug, to.value, detail)
        return _experiment(row)

    def _record(self, session: Session, slug: str, what: str, detail: str = "") -> None:
        session.add(ExperimentHistory(at=self._clock(), slug=slug, what=what, detail=detail))


def _row(session: Session, slug: str) -> ExperimentRow:
    row = session.get(ExperimentRow, slug)
    if row is None:
        raise ExperimentMissing("There is no such experiment.")
    return row


def _allowed(row: ExperimentRow, to: ExperimentStatus) -> Experiment:
    experiment = _experiment(row)
    if to not in TRANSITIONS[experiment.status]:
        raise WrongTransition(f"It is {experiment.status.value} and cannot become {to.value}.")
    return experiment


def _all(session: Session) -> tuple[Experiment, ...]:
    newest = select(ExperimentRow).order_by(col(ExperimentRow.created_at).desc(), col(ExperimentRow.slug))
    return tuple(map(_experiment, session.exec(newest)))


def _with_status(session: Session, *wanted: ExperimentStatus) -> list[Experiment]:
    values = [status.value for status in wanted]
    found = session.exec(select(ExperimentRow).where(col(ExperimentRow.status).in_(values)))
    return [_experiment(row) for row in found]


def _in_force(session: Session) -> tuple[Experiment, ...]:
    found = _with_status(session, ExperimentStatus.RUNNING, ExperimentStatus.PROMOTED)
    return tuple(sorted(found, key=_since))


def _history(session: Session, slug: str) -> tuple[ExperimentEntry, ...]:
    of_experiment = select(ExperimentHistory).where(col(ExperimentHistory.slug) == slug)
    newest = session.exec(of_experiment.order_by(col(ExperimentHistory.id).desc()))
    return tuple(ExperimentEntry(row.at, row.what, row.detail) for row in newest)


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
