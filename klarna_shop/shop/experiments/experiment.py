"""An experiment: which designs are compared, on how many of the visitors, and in which state it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from klarna_shop.shop.experiments.assignment import Allocation, Variant

FEWEST_VARIANTS = 2
MOST_VARIANTS = 6


class ExperimentStatus(StrEnum):
    """`paused` divides nobody and can go on; `stopped` is over; `promoted` shows everybody the winner."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    PROMOTED = "promoted"


_S = ExperimentStatus
TRANSITIONS: dict[ExperimentStatus, frozenset[ExperimentStatus]] = {
    _S.DRAFT: frozenset({_S.RUNNING}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.STOPPED, _S.PROMOTED}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.STOPPED, _S.PROMOTED}),
    _S.STOPPED: frozenset({_S.PROMOTED}),
    _S.PROMOTED: frozenset({_S.STOPPED}),
}
"""What may follow what. Nothing that is over is started again: its visitors have seen their variant."""


class ExperimentProblem(Exception):
    """What was asked of an experiment cannot be done; the message says why, for the product team."""


class ExperimentMissing(ExperimentProblem):
    """There is no experiment of this slug."""


class WrongExperiment(ExperimentProblem):
    """The experiment as it is written down makes no sense."""


class WrongTransition(ExperimentProblem):
    """Its state does not allow this."""


class DesignNotPublished(ExperimentProblem):
    """A variant's design is not in force, so nobody could meet it."""


class DesignTaken(ExperimentProblem):
    """A variant's design is already compared in another running experiment."""


@dataclass(frozen=True)
class Experiment:
    """One experiment. The first variant is the control, which the others are compared with."""

    slug: str
    name: str
    hypothesis: str
    status: ExperimentStatus
    allocation: Allocation
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    winner: str = ""
    """The name of the variant that was promoted."""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All of them, the control first."""
        return self.allocation.variants

    @property
    def control(self) -> Variant:
        """What the others are compared with."""
        return self.variants[0]

    @property
    def designs(self) -> frozenset[str]:
        """The slugs of the designs compared."""
        return frozenset(variant.design for variant in self.variants)

    def variant(self, name: str) -> Variant | None:
        """The variant of this name."""
        return next((one for one in self.variants if one.name == name), None)


@dataclass(frozen=True)
class ExperimentEntry:
    """One line of an experiment's history."""

    at: datetime
    what: str
    detail: str


def checked_allocation(salt: str, variants: tuple[Variant, ...], share: float) -> Allocation:
    """The division, where it can be an experiment's.

    Raises:
        WrongExperiment: too few or too many variants, a name or a design twice, or no weight or share.
    """
    if not FEWEST_VARIANTS <= len(variants) <= MOST_VARIANTS:
        raise WrongExperiment(f"An experiment compares {FEWEST_VARIANTS} to {MOST_VARIANTS} variants.")
    for what, values in (
        ("name", [one.name for one in variants]),
        ("design", [one.design for one in variants]),
    ):
        if len(set(values)) < len(values) or not all(values):
            raise WrongExperiment(f"Each variant needs a {what} of its own.")
    if not share > 0 or not all(one.weight > 0 for one in variants):
        raise WrongExperiment("Weights and the share of traffic must be more than nothing.")
    try:
        return Allocation(salt, variants, share)
    except ValueError as error:
        raise WrongExperiment(str(error)) from error
