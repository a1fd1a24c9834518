"""The period of withdrawal: the one place that computes its last day.

Fourteen days from the day after the contract was concluded (lag 2005:59 om distansavtal, 2 kap. 10 §). A
last day that is a Saturday, a Sunday, another public holiday, Midsummer Eve, Christmas Eve or New Year's Eve
is moved to the next working day (lag 1930:173 om beräkning av lagstadgad tid, 2 §).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden

WITHDRAWAL_DAYS = 14
"""Days of the right of withdrawal, before its end is moved to a working day."""
_SATURDAY = 5
_DAY = timedelta(days=1)


def deadline(concluded: date) -> date:
    """Return the last day on which a contract can be withdrawn from.

    `concluded` is the day on which the contract was concluded (`Purchase.concluded_on`) and is not counted.
    Both days are calendar days in the seller's zone. A later `concluded` never gives an earlier deadline.
    """
    last = concluded + timedelta(days=WITHDRAWAL_DAYS)
    while not is_working_day(last):
        last += _DAY
    return last


def is_working_day(day: date) -> bool:
    """True if an act that is due on `day` in Sweden is not put off to a later one (lag 1930:173 2 §)."""
    return day.weekday() < _SATURDAY and day not in _days_off(day.year)


@lru_cache(maxsize=32)
def _days_off(year: int) -> frozenset[date]:
    """Return the public holidays of a year with the three eves that the law treats alike.

    `DE_FACTO` is Midsummer Eve, Christmas Eve and New Year's Eve.
    """
    return frozenset(Sweden(years=year, categories=(PUBLIC, DE_FACTO)))
