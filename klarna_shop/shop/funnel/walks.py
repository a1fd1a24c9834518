"""From events to walks, one of each visitor, and from walks to the funnel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles

from klarna_shop.shop.funnel.filters import Dimension
from klarna_shop.shop.funnel.steps import BESIDE, REASONS, STEPS
from klarna_shop.shop.measurement import EventName

_PLACES = {name.value: place for place, name in enumerate(STEPS)}
_BESIDE = frozenset(name.value for name in BESIDE)
_REASONS = frozenset(name.value for name in REASONS)
_OFFER = STEPS.index(EventName.OFFER_CHOSEN)


Happened = tuple[str, datetime, str, str, int]
"""Event, when, outcome, offer, number."""


@dataclass
class Walk:
    """How far one visitor came. `times` are the moments of the steps taken, the wall's first.

    `value` is the wall's, of the dimension by which visitors are divided; empty where by none or the offer.
    """

    value: str
    times: list[datetime]
    offer: str = ""
    beside: set[str] = field(default_factory=set)
    reason: tuple[str, str] | None = None
    """The last event that says why it did not go on, with its code, since the last step."""

    def go_on(self, name: str, at: datetime, outcome: str, offer: str) -> None:
        """Take the next event; what was before the wall is passed over."""
        if at < self.times[0]:
            return
        if name in _REASONS:
            self.reason = (name, outcome)
        elif name in _BESIDE:
            self.beside.add(name)
        elif _PLACES.get(name) == len(self.times):
            self.times.append(at)
            self.reason = None
        if offer and len(self.times) > _OFFER:
            self.offer = offer


@dataclass(frozen=True)
class Left:
    """How many went no further than a step, and what is known of why."""

    name: str
    """An `EventName`; empty where nothing is known: they just went."""
    outcome: str
    visitors: int


@dataclass(frozen=True)
class Step:
    """One step. Times are seconds since the step before; None for the first, and where nobody took it."""

    name: EventName
    visitors: int
    median: float | None
    ninth_decile: float | None
    left: tuple[Left, ...]
    """Who took this step and not the next, the most frequent reason first. After the last step nobody."""


@dataclass(frozen=True)
class Group:
    """The visitors of one value, and how many of them took each step."""

    value: str
    visitors: tuple[int, ...]


@dataclass(frozen=True)
class Funnel:
    """The steps in their order. `groups` are the largest first, and add up to the steps."""

    steps: tuple[Step, ...]
    beside: Mapping[EventName, int]
    groups: tuple[Group, ...] = ()
    before: tuple[int, ...] = ()
    """Visitors of each step in the period before."""

    @property
    def visitors(self) -> tuple[int, ...]:
        """Of each step."""
        return tuple(step.visitors for step in self.steps)


def funnel_of(
    walks: Sequence[Walk],
    by: Dimension | None = None,
    before: Sequence[int] = (),
    stayed: Mapping[str, int] | None = None,
) -> Funnel:
    """What the walks come to. `stayed`: by their value, visitors who saw a wall and did nothing after it."""
    idle = Counter(stayed or {})
    counts = reached(walks, sum(idle.values()))
    return Funnel(
        steps=tuple(_step(place, counts, walks, idle) for place in range(len(STEPS))),
        beside={name: sum(name.value in walk.beside for walk in walks) for name in BESIDE},
        groups=_groups(walks, by, idle) if by is not None else (),
        before=tuple(before),
    )


def reached(walks: Iterable[Walk], stayed: int = 0) -> tuple[int, ...]:
    """How many visitors took each step: none more than took the one before."""
    lengths = Counter(len(walk.times) for walk in walks)
    lengths[1] += stayed
    counts, total = [], 0
    for length in range(len(STEPS), 0, -1):
        total += lengths[length]
        counts.append(total)
    return tuple(reversed(counts))


def _step(place: int, counts: Sequence[int], walks: Sequence[Walk], stayed: Counter[str]) -> Step:
    seconds = sorted(
        (walk.times[place] - walk.times[place - 1]).total_seconds()
        for walk in walks
        if place and len(walk.times) > place
    )
    here = [walk for walk in walks if len(walk.times) == place + 1] if place < len(STEPS) - 1 else []
    reasons = Counter(walk.reason or ("", "") for walk in here)
    if not place and stayed:
        reasons["", ""] += stayed.total()
    return Step(
        name=STEPS[place],
        visitors=counts[place],
        median=_decile(seconds, 5),
        ninth_decile=_decile(seconds, 9),
        left=tuple(
            Left(name, outcome, visitors)
            for (name, outcome), visitors in sorted(
                reasons.items(), key=lambda one: (not one[0][0], -one[1], one[0])
            )
        ),
    )


def _decile(ordered: Sequence[float], number: int) -> float | None:
    if not ordered:
        return None
    if len(ordered) == 1:
        return ordered[0]
    return quantiles(ordered, n=10, method="inclusive")[number - 1]


def _groups(walks: Sequence[Walk], by: Dimension, stayed: Counter[str]) -> tuple[Group, ...]:
    of_value: dict[str, list[Walk]] = {value: [] for value in stayed}
    for walk in walks:
        of_value.setdefault(walk.offer if by is Dimension.OFFER else walk.value, []).append(walk)
    groups = [Group(value, reached(some, stayed[value])) for value, some in of_value.items()]
    return tuple(sorted(groups, key=lambda group: (-group.visitors[0], group.value)))
