"""The funnel as CSV: a row for each step of everybody, and of each group."""

from __future__ import annotations

import csv
import io

from klarna_shop.shop.funnel import STEPS, Funnel, FunnelFilter

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
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def funnel_csv(funnel: Funnel, wanted: FunnelFilter) -> str:
    """Every number of the page. Shares are fractions, times seconds."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(HEAD)
    only = " ".join(f"{dimension.value}={value}" for dimension, value in wanted.only)
    whose = (wanted.since.isoformat(), wanted.until.isoformat(), wanted.traffic.value, _plain(only))
    for place, step in enumerate(funnel.steps):
        rows.writerow(
            (
                *whose,
                "",
                "",
                step.name.value,
                *_shares(funnel.visitors, place),
                _seconds(step.median),
                _seconds(step.ninth_decile),
                funnel.before[place] if funnel.before else "",
            )
        )
    for group in funnel.groups:
        for place, name in enumerate(STEPS):
            rows.writerow(
                (
                    *whose,
                    wanted.by.value if wanted.by else "",
                    _plain(group.value),
                    name.value,
                    *_shares(group.visitors, place),
                    "",
                    "",
                    "",
                )
            )
    return written.getvalue()


def _shares(visitors: tuple[int, ...], place: int) -> tuple[int, str, str]:
    before = visitors[place - 1] if place else visitors[0]
    return (
        visitors[place],
        f"{visitors[place] / before:.6f}" if before and place else "",
        f"{visitors[place] / visitors[0]:.6f}" if visitors[0] else "",
    )


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.3f}"


def _plain(text: str) -> str:
    """Values come from addresses that anybody may write: no spreadsheet shall take one for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
