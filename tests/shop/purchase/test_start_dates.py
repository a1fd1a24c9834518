"""The first day of a subscription, held against Payway's list when the purchase is opened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.sandbox import Readings
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import CannotOpen, Reason, StartDateImpossible
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Later, Line, Open

PATH = "/get_possible_start_dates"


def _read(house: House, **readings: Any) -> None:
    assert house.sandbox is not None
    house.sandbox.readings = Readings().changed(readings)


def _today(house: House) -> date:
    return seller_date(house.shop.clock())


async def test_a_day_that_payway_gives_is_taken(house: House, visitor: Reader, open_purchase: Open) -> None:
    day = _today(house) + timedelta(days=7)
    assert (await open_purchase(visitor, start_date=day)).start_date == day


async def test_today_is_at_once(house: House, visitor: Reader, open_purchase: Open) -> None:
    assert (await open_purchase(visitor, start_date=_today(house))).start_date is None


async def test_any_other_day_is_refused_with_the_nearest_ones(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    _read(house, possible_start_dates="without_sundays")
    sunday = _today(house) + timedelta(days=13 - _today(house).weekday())
    with pytest.raises(StartDateImpossible) as refusal:
        await open_purchase(visitor, start_date=sunday)
    assert (refusal.value.reason, refusal.value.fields) == (Reason.INVALID_FIELDS, ("start_date",))
    assert refusal.value.nearest == (sunday - timedelta(days=1), sunday + timedelta(days=1))
    assert line.count("/create_session") == 0


async def test_a_day_that_has_become_impossible_since_it_was_shown_is_refused(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    day = _today(house) + timedelta(days=30)
    assert day in (await house.shop.start_dates.of("digital", None)).days
    _read(house, possible_start_dates="fortnight")
    with pytest.raises(StartDateImpossible) as refusal:
        await open_purchase(visitor, start_date=day)
    assert refusal.value.nearest == (_today(house) + timedelta(days=13),)


async def test_without_an_answer_only_today_is_possible(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    tomorrow = _today(house) + timedelta(days=1)
    line.faults[PATH] = ["unreachable"] * 3
    with pytest.raises(StartDateImpossible) as refusal:
        await open_purchase(visitor, start_date=tomorrow)
    assert refusal.value.nearest == (_today(house),)
    line.faults[PATH] = ["unreachable"] * 3
    assert (await open_purchase(visitor, start_date=_today(house))).start_date is None


async def test_who_chooses_no_day_begins_at_once_and_the_list_is_read_once_in_minutes(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    await house.shop.start_dates.of("digital", None)
    assert (await open_purchase(visitor)).start_date is None
    assert line.count(PATH) == 1


@pytest.mark.parametrize("minutes", [0, 1, 3, 30])
async def test_where_today_is_not_given_the_first_day_is_taken_however_long_ago_it_was_shown(
    house: House, visitor: Reader, open_purchase: Open, later: Later, minutes: int
) -> None:
    _read(house, possible_start_dates="from_tomorrow")
    await house.shop.start_dates.of("digital", None)
    later(timedelta(minutes=minutes))
    assert (await open_purchase(visitor)).start_date == _today(house) + timedelta(days=1)


async def test_the_first_day_is_taken_also_where_no_list_was_ever_shown(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    _read(house, possible_start_dates="from_tomorrow")
    assert (await open_purchase(visitor)).start_date == _today(house) + timedelta(days=1)


async def test_who_chooses_no_day_begins_at_once_while_payway_gives_no_list(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    _read(house, possible_start_dates="from_tomorrow")
    line.faults[PATH] = ["unreachable"] * 3
    assert (await open_purchase(visitor)).start_date is None


@pytest.mark.parametrize("chosen", [None, 1])
async def test_starting_over_with_a_day_that_has_come_takes_the_first_that_is_given(
    house: House, visitor: Reader, open_purchase: Open, later: Later, chosen: int | None
) -> None:
    day = None if chosen is None else _today(house) + timedelta(days=chosen)
    purchase = await open_purchase(visitor, start_date=day)
    _read(house, possible_start_dates="from_tomorrow")
    later(timedelta(days=1))
    again = await house.shop.purchases.start_over(visitor, purchase.id, BROWSER)
    assert again.start_date == _today(house) + timedelta(days=1)


async def test_a_customer_is_asked_for_with_the_account(
    house: House, sign_in: Any, open_purchase: Open
) -> None:
    _read(house, start_dates_of_subscriber="afterwards")
    reader = await sign_in("karin.oberg@demo.example")
    shown = await house.shop.start_dates.of("digital", reader.account_id)
    assert shown.days[0] > _today(house)
    with pytest.raises(StartDateImpossible) as refusal:
        await open_purchase(reader, start_date=_today(house) + timedelta(days=1))
    assert refusal.value.nearest == shown.days[:1]


async def test_starting_over_with_a_day_that_is_gone_asks_for_another(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor, start_date=_today(house) + timedelta(days=30))
    _read(house, possible_start_dates="today")
    with pytest.raises(CannotOpen) as refusal:
        await house.shop.purchases.start_over(visitor, purchase.id, BROWSER)
    assert refusal.value.fields == ("start_date",)
