"""The funnel as a table for spreadsheets: a row for each step of all visitors, and of each group."""

from __future__ import annotations

from decimal import Decimal

from klarna_shop.shop.funnel import STEPS, Funnel, FunnelFilter
from klarna_shop.ui.studio.spreadsheets import Cell, Table

HEAD = (
    "since",
    "until",
    "traffic",
    "filter",
    "dimension",
    "value",
    "step",
    "visitors",
    "share_of_step_before",
    "share_of_first_step",
    "median_seconds",
    "ninth_decile_seconds",
    "visitors_in_period_before",
)


def funnel_table(funnel: Funnel, wanted: FunnelFilter) -> Table:
    """Every number of the page. Shares are fractions, times seconds."""
    only = " ".join(f"{dimension.value}={value}" for dimension, value in wanted.only)
    whose = (wanted.since.isoformat(), wanted.until.isoformat(), wanted.traffic.value, only)
    rows: list[tuple[Cell, ...]] = []
    for place, step in enumerate(funnel.steps):
        shares = _shares(funnel.visitors, place)
        times = (_seconds(step.median), _seconds(step.ninth_decile))
        before: Cell = funnel.before[place] if funnel.before else ""
        rows.append((*whose, "", "", step.name.value, *shares, *times, before))
    dimension = wanted.by.value if wanted.by else ""
    for group in funnel.groups:
        for place, name in enumerate(STEPS):
            shares = _shares(group.visitors, place)
            rows.append((*whose, dimension, group.value, name.value, *shares, "", "", ""))
    return Table("funnel", HEAD, rows)


def _shares(visitors: tuple[int, ...], place: int) -> tuple[Cell, Cell, Cell]:
    before = visitors[place - 1] if place else visitors[0]
    return (
        visitors[place],
        Decimal(f"{visitors[place] / before:.6f}") if before and place else "",
        Decimal(f"{visitors[place] / visitors[0]:.6f}") if visitors[0] else "",
    )


def _seconds(seconds: float | None) -> Cell:
    return "" if seconds is None else Decimal(f"{seconds:.3f}")
