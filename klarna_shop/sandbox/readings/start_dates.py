"""Readings of the days on which a subscription may begin (§17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice

_NOT_AT_ONCE = "a purchase that cannot start today opens nothing today"


@dataclass(frozen=True, kw_only=True)
class StartDateReadings:
    """Days that get_possible_start_dates gives, and the answer to any other day."""

    possible_start_dates: Literal[
        "quarter", "without_sundays", "fortnight", "from_tomorrow", "today", "none"
    ] = choice(
        "17",
        Provenance.UNKNOWN,
        "Days that get_possible_start_dates gives; the reference shows one list and no rule",
        Alternative("quarter", "each of the next 90 days, today first"),
        Alternative("without_sundays", "the same without Sundays", _NOT_AT_ONCE),
        Alternative("fortnight", "each of the next 14 days"),
        Alternative("from_tomorrow", "the next 13 days without today", _NOT_AT_ONCE),
        Alternative("today", "today alone"),
        Alternative("none", "an empty list: there is nothing to choose"),
    )
    start_dates_of_subscriber: Literal["alike", "afterwards"] = choice(
        "17",
        Provenance.UNKNOWN,
        "Days for an account that has a running subscription of the same code, where `account_id` names it",
        Alternative("alike", "as for anyone else"),
        Alternative("afterwards", "from the day on which the running one ends"),
    )
    other_start_dates: Literal["refused", "taken"] = choice(
        "17",
        Provenance.UNKNOWN,
        "What create_session does with a day from today on that is not in the list (it may be refused)",
        Alternative("refused", "400 `invalid_parameter` with the field"),
        Alternative("taken", "it takes the day"),
    )
