"""From the design that targeting has chosen to the one that is met: promotions first, then experiments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from klarna_shop.shop.experiments.experiment import Experiment, ExperimentStatus
from klarna_shop.shop.paywalls.stored import Published


@dataclass(frozen=True)
class MetVariant:
    """What is met. Without an experiment it is what targeting, or a promotion, chose."""

    published: Published
    experiment: str = ""
    """The running experiment's slug."""
    name: str = ""
    """Its name."""
    variant: str = ""
    """The variant's name; empty for whoever takes no part."""
    promoted_by: str = ""
    """The name of the experiment whose winner is met in place of the design that was chosen."""


def met_variant(
    visitor_id: str | None,
    chosen: Published,
    published: Iterable[Published],
    in_force: Sequence[Experiment],
    *,
    draws: int = 0,
) -> MetVariant:
    """Apply promotions in the order they were made, and the one running experiment that has the design.

    An experiment with a design that is not in force any more is passed over, for everybody: otherwise its
    visitors would be divided differently from what was meant. `draws`: how often the browser was drawn anew.
    """
    by_slug = {one.slug: one for one in published} | {chosen.slug: chosen}
    met, promoted_by = chosen, ""
    for experiment in in_force:
        if experiment.status is not ExperimentStatus.PROMOTED or met.slug not in experiment.designs:
            continue
        winner = experiment.variant(experiment.winner)
        if winner is not None and winner.design in by_slug and winner.design != met.slug:
            met, promoted_by = by_slug[winner.design], experiment.name
    running = _running(met, in_force)
    if running is None or not all(design in by_slug for design in running.designs):
        return MetVariant(met, promoted_by=promoted_by)
    variant = None
    if visitor_id is not None:
        variant = running.allocation.variant_of(f"{visitor_id}#{draws}" if draws else visitor_id)
    if variant is None:
        return MetVariant(met, running.slug, running.name, promoted_by=promoted_by)
    return MetVariant(by_slug[variant.design], running.slug, running.name, variant.name, promoted_by)


def _running(met: Published, in_force: Sequence[Experiment]) -> Experiment | None:
    for experiment in in_force:
        if experiment.status is ExperimentStatus.RUNNING and met.slug in experiment.designs:
            return experiment
    return None
