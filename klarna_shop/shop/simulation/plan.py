"""What a simulation is to be, and the truth that its readers follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from klarna_shop.shop.articles import Article
from klarna_shop.shop.experiments.assignment import Allocation
from klarna_shop.shop.offers import Offer, OfferKind
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.simulation.habits import LARGEST_RATE

DAYS = 28
MOST_DAYS = 365
ORDER_RATE = 0.04
"""Orders per visitor who saw a wall, of the control and wherever nothing else is said."""
LIFT = 0.2
"""How much higher it is for the others, relatively."""
MOST_VISITORS = 1_000_000

_KIND_WEIGHTS = {OfferKind.PACKAGE: 0.45, OfferKind.CAMPAIGN: 0.25, OfferKind.TRIAL: 0.3}
"""Which kinds of offer readers take; those of one kind equally often."""


class SimulationImpossible(Exception):
    """There is nothing to walk through or to buy, or numbers make no sense; the text says which."""


@dataclass(frozen=True)
class SimulatedExperiment:
    """An experiment whose division the readers follow."""

    slug: str
    allocation: Allocation


@dataclass(frozen=True)
class Truth:
    """What results should find: by variant, or by design where there is no experiment."""

    order_rates: Mapping[str, float]
    """The chance that a visitor who saw the wall places an order."""
    revenues: Mapping[str, float]
    """Öre that such a visitor pays on average, VAT included."""
    designs: Mapping[str, str]
    control: str
    days: int
    until: str
    """The end of the simulated time, ISO 8601."""

    def as_json(self) -> str:
        """For the column `simulation.truth`."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, written: str) -> Truth:
        """The truth of a stored simulation."""
        return cls(**json.loads(written))


@dataclass(frozen=True)
class SimulationPlan:
    """Says everything: the same plan gives the same events, on any machine.

    `rates` are order rates by the name of a variant, or by the slug of a design without an experiment.
    """

    seed: int
    visitors: int
    until: datetime
    articles: tuple[Article, ...]
    offers: tuple[Offer, ...]
    designs: tuple[Published, ...]
    experiment: SimulatedExperiment | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    days: int = DAYS

    def __post_init__(self) -> None:
        if not 1 <= self.visitors <= MOST_VISITORS:
            raise SimulationImpossible(f"visitors: a number from 1 to {MOST_VISITORS}")
        if not 1 <= self.days <= MOST_DAYS:
            raise SimulationImpossible(f"days: a number from 1 to {MOST_DAYS}")
        if not 0 <= self.seed < 2**31:
            raise SimulationImpossible("seed: a number from 0 to 2147483647")
        if not self.offers or not self.articles or not self.designs:
            raise SimulationImpossible("there is no offer, no article or no design in force")
        wrong = [name for name, rate in self.rates.items() if not 0 <= rate <= LARGEST_RATE]
        if wrong:
            raise SimulationImpossible(f"{wrong[0]}: an order rate lies between 0 and {LARGEST_RATE:.2f}")

    @property
    def since(self) -> datetime:
        """When the first reader may come."""
        return self.until - timedelta(days=self.days)

    @property
    def offer_weights(self) -> tuple[float, ...]:
        """How often each offer is taken; adds up to 1."""
        kinds = [offer.kind for offer in self.offers]
        raw = [_KIND_WEIGHTS[kind] / kinds.count(kind) for kind in kinds]
        return tuple(weight / sum(raw) for weight in raw)

    def rate_of(self, name: str) -> float:
        """The order rate of a variant, or of a design without an experiment."""
        return self.rates.get(name, ORDER_RATE)

    @property
    def truth(self) -> Truth:
        """To compare the results with."""
        if self.experiment is not None:
            designs = {variant.name: variant.design for variant in self.experiment.allocation.variants}
        else:
            designs = {one.slug: one.slug for one in self.designs}
        price = sum(
            weight * offer.price for weight, offer in zip(self.offer_weights, self.offers, strict=True)
        )
        rates = {name: self.rate_of(name) for name in designs}
        return Truth(
            order_rates=rates,
            revenues={name: rate * price for name, rate in rates.items()},
            designs=designs,
            control=next(iter(designs)),
            days=self.days,
            until=self.until.isoformat(),
        )


def usual_rates(
    experiment: SimulatedExperiment | None,
    designs: tuple[Published, ...],
    rate: float = ORDER_RATE,
    lift: float = LIFT,
) -> dict[str, float]:
    """`rate` for the control, which comes first, and `lift` more for all others."""
    if experiment is not None:
        names = [variant.name for variant in experiment.allocation.variants]
    else:
        names = [one.slug for one in designs]
    return {name: rate * (1 + lift * (place > 0)) for place, name in enumerate(names)}
