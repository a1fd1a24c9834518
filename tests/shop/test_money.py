"""Amounts to the code point, and VAT that adds up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.money import exact_price, local_time, long_date, price, seller_date, vat_share


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
