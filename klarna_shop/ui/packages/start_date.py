"""The picker's start date in words: the days that Payway gives for the chosen offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from klarna_shop.shop.money import long_date
from klarna_shop.shop.offers import PossibleDates
from klarna_shop.ui.languages import text

MOST_SUGGESTED = 62
"""Days that the field suggests where not every day is possible: two months."""
MOST_NAMED = 3
"""Days that the hint names there."""


@dataclass
class StartDateView:
    """Limits, suggestions and hint of the date field. Days are ISO dates."""

    first: str = ""
    last: str = ""
    suggested: list[str] = field(default_factory=list)
    """The possible days, where some days between the first and the last one are not."""
    hint: str = ""


def start_date_view(possible: PossibleDates, language: str) -> StartDateView:
    """Return the field for an offer's possible days."""
    days = possible.days
    has_gaps = days[-1] - days[0] >= timedelta(days=len(days))
    suggested = [day.isoformat() for day in days[:MOST_SUGGESTED]] if has_gaps else []
    return StartDateView(
        first=days[0].isoformat(),
        last=days[-1].isoformat(),
        suggested=suggested,
        hint=" ".join(_hint(possible, language, has_gaps=has_gaps)),
    )


def nearest_line(nearest: tuple[date, ...], language: str) -> str:
    """Return the sentence about an impossible day, with the possible days closest to it."""
    named = [long_date(day, language) for day in nearest]
    if not named:
        return text(language, "packages.fault.start_date")
    if len(named) == 1:
        return text(language, "packages.fault.start_date_one", day=named[0])
    return text(language, "packages.fault.start_date_two", before=named[0], after=named[1])


def _hint(possible: PossibleDates, language: str, *, has_gaps: bool) -> list[str]:
    if not possible.is_choice and possible.begins_at_once:
        return [text(language, "packages.start_date_only_today")]
    first = long_date(possible.days[0], language)
    if not possible.is_choice:
        return [text(language, "packages.start_date_only", day=first)]
    empty = (
        text(language, "packages.start_date_hint")
        if possible.begins_at_once
        else text(language, "packages.start_date_earliest", day=first)
    )
    if not has_gaps:
        return [
            empty,
            text(language, "packages.start_date_until", day=long_date(possible.days[-1], language)),
        ]
    named = ", ".join(long_date(day, language) for day in possible.days[:MOST_NAMED])
    return [empty, text(language, "packages.start_date_some", days=named)]
