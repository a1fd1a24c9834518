"""The last day of the right of withdrawal, for every day of three years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from klarna_shop.shop.withdrawal import deadline

NOT_WORKING = frozenset(
    date.fromisoformat(day)
    for day in (
        # 2026, Easter Sunday 5 April. Weekdays and weekends alike, as the calendars print them.
        *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-06"),
        *("2026-06-19", "2026-06-20", "2026-10-31", "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31"),
        # 2027, Easter Sunday 28 March.
        *("2027-01-01", "2027-01-06", "2027-03-26", "2027-03-29", "2027-05-01", "2027-05-06", "2027-06-06"),
        *("2027-06-25", "2027-06-26", "2027-11-06", "2027-12-24", "2027-12-25", "2027-12-26", "2027-12-31"),
        # 2028, Easter Sunday 16 April.
        *("2028-01-01", "2028-01-06", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-25", "2028-06-06"),
        *("2028-06-23", "2028-06-24", "2028-11-04", "2028-12-24", "2028-12-25", "2028-12-26", "2028-12-31"),
        # The beginning of 2029, where the last deadlines of 2028 fall.
        *("2029-01-01", "2029-01-06"),
    )
)
"""Written down by hand from lag 1989:253 and the three eves of lag 1930:173; Saturdays and Sundays aside."""
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def _expected(concluded: date) -> date:
    last = date.fromordinal(concluded.toordinal() + 14)
    while last.isoweekday() in {6, 7} or last in NOT_WORKING:
        last = date.fromordinal(last.toordinal() + 1)
    return last


def test_every_day_of_three_years() -> None:
    assert len(EVERY_DAY) == 1096
    wrong = {str(day): str(deadline(day)) for day in EVERY_DAY if deadline(day) != _expected(day)}
    assert wrong == {}


@pytest.mark.parametrize(
    ("concluded", "last"),
    [
        ("2026-11-30", "2026-12-14"),  # Monday to Monday
        ("2026-11-28", "2026-12-14"),  # Saturday
        ("2026-11-29", "2026-12-14"),  # Sunday
        ("2026-12-10", "2026-12-28"),  # Christmas Eve, two holidays, Sunday
        ("2026-12-17", "2027-01-04"),  # New Year's Eve, New Year's Day, weekend
        ("2026-12-23", "2027-01-07"),  # Epiphany on a Wednesday
        ("2027-03-12", "2027-03-30"),  # Good Friday to Easter Monday
        ("2027-06-11", "2027-06-28"),  # Midsummer Eve
        ("2027-06-10", "2027-06-24"),  # the day before it is a working day
        ("2027-12-09", "2027-12-23"),  # so is the day before Christmas Eve
        ("2028-03-30", "2028-04-13"),  # and Maundy Thursday
        ("2028-05-11", "2028-05-26"),  # Ascension Day; the Friday after it is a working day
        ("2028-05-23", "2028-06-07"),  # the National Day on a Tuesday
        ("2028-02-15", "2028-02-29"),  # a leap day
    ],
)
def test_days_that_are_easily_got_wrong(concluded: str, last: str) -> None:
    assert deadline(date.fromisoformat(concluded)) == date.fromisoformat(last)


def test_a_later_contract_never_has_an_earlier_deadline_nor_one_of_less_than_fourteen_days() -> None:
    deadlines = [deadline(day) for day in EVERY_DAY]
    assert deadlines == sorted(deadlines)
    assert all(last - day >= timedelta(days=14) for day, last in zip(EVERY_DAY, deadlines, strict=True))
