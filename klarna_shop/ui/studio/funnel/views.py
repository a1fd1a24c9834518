"""Funnels as the page shows them: plain texts, made once on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from klarna_shop.shop.funnel import STEPS, Choices, Dimension, Funnel, FunnelFilter
from klarna_shop.shop.measurement import EventName
from klarna_shop.ui.studio.funnel.words import (
    BESIDE_NAMES,
    DIMENSION_NAMES,
    STEP_NAMES,
    change,
    duration,
    reason,
    share,
    value_name,
)

PATH = "/studio/funnel"
MOST_GROUPS = 30
"""Shown on the page; the CSV has all."""
_GROUP_STEPS = (
    EventName.WALL_SHOWN,
    EventName.BUY_PRESSED,
    EventName.SESSION_CREATED,
    EventName.AUTHORIZED,
    EventName.ORDER_PLACED,
    EventName.CONFIRMED,
)
"""What the table of groups shows; the CSV has every step."""


@dataclass
class LeftRow:
    """A reason, and how many left for it."""

    why: str = ""
    visitors: str = ""
    share: str = ""


@dataclass
class StepRow:
    """One step. `width` is its bar's, in per cent of the first."""

    step: str = ""
    name: str = ""
    count: int = 0
    visitors: str = ""
    width: str = ""
    of_before: str = ""
    of_first: str = ""
    median: str = ""
    ninth_decile: str = ""
    visitors_before: str = ""
    changed: str = ""
    left: str = ""
    """How many went no further."""
    reasons: list[LeftRow] = field(default_factory=list)


@dataclass
class GroupRow:
    """The visitors of one value. `width` is its bar's: orders of its visitors, beside the best group's."""

    value: str = ""
    address_value: str = ""
    cells: list[str] = field(default_factory=list)
    rate: str = ""
    width: str = ""


@dataclass
class ChoiceRow:
    """A value that can be asked for."""

    value: str
    name: str


@dataclass
class DimensionRow:
    """A dimension with its values. `chosen` is empty for any."""

    dimension: str = ""
    name: str = ""
    chosen: str = ""
    choices: list[ChoiceRow] = field(default_factory=list)


def step_rows(funnel: Funnel) -> list[StepRow]:
    """Every step in its order."""
    counts, before = funnel.visitors, funnel.before
    rows = []
    for place, step in enumerate(funnel.steps):
        last = place == len(STEPS) - 1
        following = counts[place] if last else counts[place + 1]
        rows.append(
            StepRow(
                step=step.name.value,
                name=STEP_NAMES[step.name],
                count=step.visitors,
                visitors=f"{step.visitors:,}",
                width=f"{100 * step.visitors / counts[0]:.2f}%" if counts[0] else "0%",
                of_before=share(step.visitors, counts[place - 1]) if place else "",
                of_first=share(step.visitors, counts[0]),
                median=duration(step.median) if place else "",
                ninth_decile=duration(step.ninth_decile) if place else "",
                visitors_before=f"{before[place]:,}" if before else "",
                changed=_changed(counts, before, place) if before and place else "",
                left=f"{step.visitors - following:,}",
                reasons=[
                    LeftRow(
                        reason(one.name, one.outcome),
                        f"{one.visitors:,}",
                        share(one.visitors, step.visitors - following),
                    )
                    for one in step.left
                ],
            )
        )
    return rows


def _changed(counts: Sequence[int], before: Sequence[int], place: int) -> str:
    """Of the share that came from the step before."""
    now = counts[place] / counts[place - 1] if counts[place - 1] else None
    then = before[place] / before[place - 1] if before[place - 1] else None
    return change(now, then)


def beside(funnel: Funnel) -> str:
    """What some did on the way, as a sentence."""
    told = [f"{visitors:,} {BESIDE_NAMES[name]}" for name, visitors in funnel.beside.items()]
    return f"Of these visitors {' and '.join(told)} on the way; nobody has to."


def group_heads() -> list[str]:
    """The columns of the table of groups."""
    return [STEP_NAMES[name] for name in _GROUP_STEPS]


def group_rows(funnel: Funnel, by: Dimension) -> list[GroupRow]:
    """The largest groups."""
    shown = funnel.groups[:MOST_GROUPS]
    ordered = STEPS.index(EventName.ORDER_PLACED)
    rates = [group.visitors[ordered] / group.visitors[0] for group in shown]
    best = max(rates, default=0)
    return [
        GroupRow(
            value=value_name(by, group.value),
            address_value=group.value,
            cells=[f"{group.visitors[STEPS.index(name)]:,}" for name in _GROUP_STEPS],
            rate=share(group.visitors[ordered], group.visitors[0]),
            width=f"{100 * rate / best:.1f}%" if best else "0%",
        )
        for group, rate in zip(shown, rates, strict=True)
    ]


def dimension_rows(wanted: FunnelFilter, choices: Choices) -> list[DimensionRow]:
    """What the form offers; what is asked for is among it, also where no visitor has it."""
    rows = []
    for dimension in Dimension:
        chosen = wanted.value_of(dimension)
        values = list(choices.of.get(dimension, ()))
        if chosen and chosen not in values:
            values.insert(0, chosen)
        rows.append(
            DimensionRow(
                dimension.value,
                DIMENSION_NAMES[dimension],
                chosen,
                [ChoiceRow(value, value_name(dimension, value)) for value in values],
            )
        )
    return rows
