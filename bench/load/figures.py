"""The arithmetic of the figures, and their table."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest of `values` that `percent` of a hundred do not exceed; NaN where there are none."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def middle(values: Sequence[float]) -> float:
    """The median; NaN where there are none."""
    return statistics.median(values) if values else math.nan


def ratio(base: Sequence[float], other: Sequence[float]) -> str:
    """How many times the base the other is, pair by pair: median and quartiles."""
    ratios = [theirs / ours for ours, theirs in zip(base, other, strict=True)]
    if len(ratios) < 2:
        return f"{middle(ratios):.2f}"
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{middle(ratios):.2f} ({low:.2f} to {high:.2f})"


def row(cells: Sequence[object]) -> str:
    """One line of a Markdown table; numbers with as many digits as tell something."""
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, the first column left, the others right."""
    marks = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join([row(heads), row(marks), *map(row, rows)])


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
