"""Prices come as numbers and as text; öre are exact or they are not read."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.payway import reading

AMOUNTS = st.integers(-(10**12), 10**12)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.lists(st.integers()), st.just({})
)


@pytest.mark.parametrize(
    ("written", "ore"),
    [(210, 21000), (99.0, 9900), ("100.0", 10000), ("32.00", 3200), ("99.90", 9990), (0, 0), ("0", 0)],
)
def test_the_references_own_examples(written: object, ore: int) -> None:
    assert reading.ore({"price": written}, "price") == ore


@given(AMOUNTS)
def test_an_amount_survives_every_way_of_writing_it(ore: int) -> None:
    amount = Decimal(ore) / 100
    as_number = json.loads(json.dumps(float(amount)))
    for written in (f"{amount:.2f}", f"{amount:f}", as_number):
        assert reading.ore({"price": written}, "price") == ore


@given(st.integers(-(10**9), 10**9), st.integers(1, 9))
def test_a_fraction_of_an_ore_is_never_rounded(ore: int, tenths: int) -> None:
    assert reading.ore({"price": f"{Decimal(ore * 10 + tenths) / 1000:f}"}, "price") is None


@given(ANYTHING)
def test_whatever_comes_there_is_an_exact_amount_or_none(value: Any) -> None:
    ore, whole = reading.ore({"price": value}, "price"), reading.whole({"price": value}, "price")
    assert ore is None or Decimal(ore) / 100 == Decimal(str(value))
    assert whole is None or whole == Decimal(str(value))


@pytest.mark.parametrize(
    "value",
    [
        *(True, None, [], {}, "", " 1", "1 ", "1_000", "1,50", "NaN", "sNaN", "-Infinity", "١٢"),
        *("1e999999999", "9" * 5000, 10**4000, float("inf"), float("nan")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_number_is_no_price(value: object) -> None:
    assert reading.ore({"price": value}, "price") is None
    assert reading.whole({"price": value}, "price") is None


@pytest.mark.parametrize(
    ("value", "number"), [(25, 25), ("25", 25), (25.0, 25), ("25.00", 25), (25.5, None), ("25.5", None)]
)
def test_a_whole_number_is_whole(value: object, number: int | None) -> None:
    assert reading.whole({"vat_code": value}, "vat_code") == number


@given(st.datetimes().map(str) | st.text(), st.sampled_from(["", "Z", "+01:00", "-23:59", "+23:59"]))
def test_a_time_is_in_utc_or_not_read(written: str, offset: str) -> None:
    found = reading.moment({"at": written + offset}, "at")
    assert found is None or found.utcoffset() == timedelta()
