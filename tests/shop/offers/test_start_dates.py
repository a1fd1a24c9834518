"""Possible start dates: read once, kept for minutes, today where Payway gives none."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import PossibleDates
from klarna_shop.shop.offers.start_dates import FRESH_FOR, MOST_DATES
from tests.house import Later, Line

PATH = "/get_possible_start_dates"
TODAY = date(2026, 12, 1)
FORBIDDEN = httpx.Response(403, json={"code": "forbidden", "message": "The token lacks the scope"})


def _days(*offsets: int) -> tuple[date, ...]:
    return tuple(TODAY + timedelta(days=offset) for offset in offsets)


@pytest.mark.parametrize(
    ("listed", "days"),
    [
        (_days(0, 2), _days(0, 2)),
        (_days(-3, -1, 4), _days(4)),
        (_days(), _days(0)),
        (_days(-1), _days(0)),
        (_days(*range(1000)), _days(*range(MOST_DATES))),
    ],
)
def test_days_from_today_on_count_and_without_any_it_is_today(
    listed: tuple[date, ...], days: tuple[date, ...]
) -> None:
    assert PossibleDates.of(listed, TODAY).days == days


@pytest.mark.parametrize(
    ("offset", "nearest"), [(-5, (0,)), (1, (0, 3)), (4, (3, 5)), (100, (7,)), (3, (0, 5))]
)
def test_the_nearest_days_are_the_one_before_and_the_one_after(offset: int, nearest: tuple[int, ...]) -> None:
    possible = PossibleDates.of(_days(0, 3, 5, 7), TODAY)
    assert possible.nearest(TODAY + timedelta(days=offset)) == _days(*nearest)


async def test_a_list_is_read_once_in_minutes_for_each_code_and_account(
    house: House, line: Line, later: Later
) -> None:
    dates = house.shop.start_dates
    await asyncio.gather(*(dates.of("digital", None) for _ in range(5)))
    assert line.count(PATH) == 1
    await dates.of("digital-30", None)
    later(FRESH_FOR)
    await dates.of("digital", None)
    assert line.count(PATH) == 3


@pytest.mark.parametrize("fault", ["unreachable", FORBIDDEN, httpx.Response(200, json={"item": {}})])
async def test_where_payway_gives_no_answer_it_is_today_and_nobody_asks_at_once_again(
    house: House, line: Line, fault: str | httpx.Response
) -> None:
    line.faults[PATH] = [fault] * 3
    for _ in range(2):
        possible = await house.shop.start_dates.of("digital", None)
        assert possible.days == (seller_date(house.shop.clock()),)
    assert line.count(PATH) <= 3  # one reading with its repetitions


async def test_the_last_list_stands_in_while_payway_is_silent(house: House, line: Line) -> None:
    before = await house.shop.start_dates.of("digital", None)
    line.faults[PATH] = ["unreachable"] * 3
    assert await house.shop.start_dates.read("digital", None) == before


async def test_a_list_of_a_clock_that_was_ahead_is_not_kept(house: House, later: Later) -> None:
    later(timedelta(days=30))
    await house.shop.start_dates.of("digital", None)
    later(timedelta(days=-30))
    possible = await house.shop.start_dates.of("digital", None)
    assert possible.begins_at_once


async def test_days_go_by_the_seller_and_not_by_utc(house: House, later: Later) -> None:
    assert house.sandbox is not None
    now = house.shop.clock()
    later(now.replace(hour=23, minute=30) - now)  # after midnight in Sweden
    first = (await house.shop.start_dates.of("digital", None)).days[0]
    assert first == house.shop.clock().date() + timedelta(days=1)


async def test_lists_that_are_kept_are_bounded(
    house: House, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klarna_shop.shop.offers.start_dates.MOST_KEPT", 3)
    for number in range(5):
        line.faults[PATH] = [FORBIDDEN]
        await house.shop.start_dates.of(f"code-{number}", None)
    assert len(house.shop.start_dates._kept) == 3
