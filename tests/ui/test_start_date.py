"""The picker's date field: limits, words, and what becomes of a day that Payway does not give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.sandbox import Readings
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.money import long_date, seller_date
from klarna_shop.shop.offers import PossibleDates
from klarna_shop.ui.checkout.state import CheckoutState
from klarna_shop.ui.packages.start_date import nearest_line, start_date_view
from klarna_shop.ui.packages.state import PackagesState
from tests.house import Line
from tests.ui.tab import new_tab, run, visit

TODAY = date(2026, 12, 1)
CUSTOMER = {"email": "ny@exempel.example", "first_name": "Ny", "last_name": "Läsare"}


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


async def _picker(root: rx.State, **query: str) -> Any:
    visit(root, "/packages", f"visitor={new_token()}", **query)
    state: Any = await root.get_state(PackagesState)
    await run(state, "show")
    return state


def _possible(*offsets: int) -> PossibleDates:
    return PossibleDates.of(tuple(TODAY + timedelta(days=offset) for offset in offsets), TODAY)


@pytest.mark.parametrize(
    ("offsets", "swedish", "english"),
    [
        ((0,), "Den här prenumerationen börjar i dag.", "This subscription starts today."),
        (
            (2,),
            "Den här prenumerationen börjar 3 december 2026.",
            "This subscription starts on 3 December 2026.",
        ),
        (
            (0, 1, 2),
            "Lämna tomt för att börja läsa direkt. Möjligt till och med 3 december 2026.",
            "Leave empty to start reading at once. Possible until 3 December 2026.",
        ),
        (
            (1, 2),
            "Lämna tomt för att börja 2 december 2026, som är den första möjliga dagen. "
            "Möjligt till och med 3 december 2026.",
            "Leave empty to start on 2 December 2026, the earliest possible day. "
            "Possible until 3 December 2026.",
        ),
        (
            (0, 2, 4, 6),
            "Lämna tomt för att börja läsa direkt. Alla dagar går inte att välja. "
            "De närmaste är: 1 december 2026, 3 december 2026, 5 december 2026.",
            "Leave empty to start reading at once. Not every day is possible. "
            "The next ones are: 1 December 2026, 3 December 2026, 5 December 2026.",
        ),
    ],
)
def test_the_hint_says_which_days_there_are(offsets: tuple[int, ...], swedish: str, english: str) -> None:
    assert start_date_view(_possible(*offsets), "sv").hint == swedish
    assert start_date_view(_possible(*offsets), "en").hint == english


def test_days_are_suggested_only_where_the_calendar_alone_would_mislead() -> None:
    assert start_date_view(_possible(0, 1, 2), "sv").suggested == []
    view = start_date_view(_possible(0, 2), "sv")
    assert (view.first, view.last, view.suggested) == (
        "2026-12-01",
        "2026-12-03",
        ["2026-12-01", "2026-12-03"],
    )


def test_the_sentence_about_an_impossible_day_names_what_is_near() -> None:
    assert "3 December 2026 and 5 December 2026" in nearest_line(_possible(2, 4).days, "en")
    assert nearest_line(_possible(2).days, "sv").endswith("är 3 december 2026.")
    assert "leave the field empty" in nearest_line((), "en")


async def test_the_days_come_with_the_chosen_offer(house: House, root: rx.State, line: Line) -> None:
    state = await _picker(root)
    assert state.start_date.last == ""
    assert line.count("/get_possible_start_dates") == 0
    key = next(view.key for view in state.offers if view.code == "digital")
    await run(state, "read_start_dates", key)
    today = seller_date(house.shop.clock())
    assert (state.start_date.first, state.start_date.last) == (
        today.isoformat(),
        (today + timedelta(days=89)).isoformat(),
    )


async def test_a_preselected_offer_brings_its_days(root: rx.State) -> None:
    state = await _picker(root, code="digital")
    assert state.start_date.first


async def test_a_forged_offer_is_not_asked_for(root: rx.State, line: Line) -> None:
    state = await _picker(root)
    await run(state, "read_start_dates", "secret-product|x")
    assert line.count("/get_possible_start_dates") == 0


async def test_an_impossible_day_is_told_with_the_nearest_ones(house: House, root: rx.State) -> None:
    state = await _picker(root, code="digital")
    assert house.sandbox is not None
    house.sandbox.readings = Readings(possible_start_dates="fortnight")
    today = seller_date(house.shop.clock())
    form = {"offer": state.preselected, "start_date": (today + timedelta(days=60)).isoformat(), **CUSTOMER}
    await run(state, "open_purchase", form)
    assert (state.error, state.faults) == ("invalid_fields", ["start_date"])
    assert long_date(today + timedelta(days=13), "sv") in state.start_date_fault
    events = await run(state, "open_purchase", form | {"start_date": today.isoformat()})
    assert (state.error, state.start_date_fault) == ("", "")
    assert "/checkout" in str(events[-1])


async def test_another_attempt_with_a_day_that_is_gone_leads_back_to_the_picker(
    house: House, root: rx.State
) -> None:
    state = await _picker(root, code="digital")
    day = seller_date(house.shop.clock()) + timedelta(days=30)
    form = {"offer": state.preselected, "start_date": day.isoformat(), **CUSTOMER}
    events = await run(state, "open_purchase", form)
    purchase = str(events[-1]).partition("purchase=")[2][:32]
    assert house.sandbox is not None
    house.sandbox.readings = Readings(possible_start_dates="today")
    cookie = root.router.headers.cookie
    visit(root, "/checkout", cookie, purchase=purchase)
    checkout: Any = await root.get_state(CheckoutState)
    await run(checkout, "show")
    assert checkout.status == "payable"
    events = await run(checkout, "start_over")
    assert "/packages" in str(events[-1])
    assert checkout.error == ""
