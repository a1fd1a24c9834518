"""Filters stand in addresses: what is written comes back, and nonsense becomes the usual."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.funnel import Dimension, FunnelFilter
from klarna_shop.shop.funnel.filters import EARLIEST, LATEST, LONGEST_DAYS
from klarna_shop.shop.measurement import Traffic

TODAY = date(2026, 11, 23)
DAYS = st.dates(EARLIEST, LATEST)


def test_the_usual_needs_no_words() -> None:
    usual = FunnelFilter.usual(TODAY)
    assert usual.as_query(TODAY) == {}
    assert FunnelFilter.from_query({}, TODAY) == usual
    assert usual.days == 28


@given(
    since=DAYS,
    days=st.integers(1, LONGEST_DAYS),
    traffic=st.sampled_from([Traffic.READER, Traffic.SIMULATED]),
    only=st.dictionaries(st.sampled_from(list(Dimension)), st.text(min_size=1, max_size=200)),
    by=st.none() | st.sampled_from(list(Dimension)),
)
def test_what_is_written_into_an_address_comes_back(
    since: date, days: int, traffic: Traffic, only: dict[Dimension, str], by: Dimension | None
) -> None:
    until = min(date.fromordinal(since.toordinal() + days - 1), LATEST)
    in_order = tuple((dimension, only[dimension]) for dimension in Dimension if dimension in only)
    wanted = FunnelFilter(since, until, traffic, in_order, by)
    assert FunnelFilter.from_query(wanted.as_query(TODAY), TODAY) == wanted


@given(st.dictionaries(st.sampled_from([*Dimension, "since", "until", "traffic", "by", "x"]), st.text()))
def test_whatever_an_address_says_there_is_a_period(query: dict[str, str]) -> None:
    wanted = FunnelFilter.from_query(query, TODAY)
    assert wanted.since <= wanted.until
    assert 1 <= wanted.days <= LONGEST_DAYS
    assert wanted.begin < wanted.end
    assert wanted.before.end == wanted.begin


@pytest.mark.parametrize("since", ["2026-13-01", "yesterday", "9999-12-31", "0001-01-01", "2026-12-24"])
def test_a_day_that_cannot_be_gives_the_usual(since: str) -> None:
    assert FunnelFilter.from_query({"since": since}, TODAY) == FunnelFilter.usual(TODAY)


def test_days_are_those_of_the_seller_also_when_clocks_change() -> None:
    wanted = FunnelFilter(date(2026, 10, 25), date(2026, 10, 25))
    assert wanted.begin == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert wanted.end == datetime(2026, 10, 25, 23, tzinfo=UTC)
