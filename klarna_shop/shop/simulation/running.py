"""The experiment that runs, as far as a simulation has to know it."""

from __future__ import annotations

import json

from sqlmodel import col, select

from klarna_shop.shop.database import Database
from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.experiments.tables import ExperimentRow
from klarna_shop.shop.simulation.plan import SimulatedExperiment


async def running_experiment(database: Database) -> SimulatedExperiment | None:
    """The one that was started last of those that run."""
    newest = (
        select(ExperimentRow)
        .where(col(ExperimentRow.status) == "running")
        .order_by(col(ExperimentRow.started_at).desc(), col(ExperimentRow.slug))
        .limit(1)
    )
    row = await database.read(lambda session: session.exec(newest).first())
    return None if row is None else as_simulated(row)


def as_simulated(row: ExperimentRow) -> SimulatedExperiment:
    """Its division of visitors."""
    variants = tuple(
        Variant(one["name"], one["design"], int(one.get("weight", 1))) for one in json.loads(row.variants)
    )
    return SimulatedExperiment(row.slug, Allocation(row.salt, variants, row.share))
