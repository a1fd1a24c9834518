"""Amounts to the code point, and VAT that adds up."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.money import (
    exact_price,
    local_time,
    long_date,
    price,
    rfc3339,
    seller_date,
    seller_time,
    vat_share,
)
from klarna_shop.ui.dates import date_and_time, day, whole_date


@pytest.mark.parametrize(
    ("ore", "language", "words"),
    [
        (12900, "sv", "129\xa0kr"),
        (129000, "sv", "1\xa0290\xa0kr"),
        (123450, "sv", "1\xa0234,50\xa0kr"),
        (0, "sv", "0\xa0kr"),
        (129000, "en", "1\xa0290\xa0kr"),
    ],
)
def test_prices_have_hard_spaces_and_no_empty_decimals(ore: int, language: str, words: str) -> None:
    assert price(ore, language) == words


def test_vat_has_two_decimals() -> None:
    assert exact_price(vat_share(12900, 6), "sv") == "7,30\xa0kr"


@given(st.integers(0, 10**9), st.sampled_from([0, 6, 12, 25]))
def test_vat_is_the_nearest_whole_ore_of_what_the_price_contains(ore: int, percent: int) -> None:
    vat = vat_share(ore, percent)
    assert abs(vat * (100 + percent) - ore * percent) * 2 <= 100 + percent


def test_dates_are_the_sellers() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert seller_date(late) == date(2026, 11, 24)
    assert long_date(date(2026, 12, 1), "sv") == "1 december 2026"
    assert local_time(late, "sv") == "24 november 2026 00:30"


RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)"
ENDS = (
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(1000, 1, 1, tzinfo=UTC),
    datetime(1850, 3, 1, 12, tzinfo=UTC),
    datetime(1899, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=1, seconds=12))),
)


@pytest.mark.parametrize("moment", ENDS)
def test_every_moment_of_the_calendar_can_be_written(moment: datetime) -> None:
    written = rfc3339(moment)
    assert re.fullmatch(RFC_3339, written), written
    assert abs(datetime.fromisoformat(written) - moment) < timedelta(seconds=1)
    assert abs(seller_time(moment) - moment) == timedelta()
    for language in ("sv", "en"):
        for said in (local_time, date_and_time, whole_date, day):
            assert said(moment, language)
    assert seller_date(moment) == seller_time(moment).date()


def test_a_modern_moment_is_written_in_the_zone_of_the_seller() -> None:
    assert rfc3339(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01T14:00:00+02:00"
