"""Purchases whose category Klarna does not show: what is tried next, and what the shop learns from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.sandbox import Readings
from klarna_shop.settings import Settings
from klarna_shop.shop.purchase import CannotOpen, Choice, NotYours, Purchase, PurchaseState, Reason
from klarna_shop.shop.purchase.category_observations import SEVERAL
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, NEW_CUSTOMER, Approve, Later, Open


@pytest.fixture
def configured(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that a test chooses for itself."""
    return getattr(request, "param", {})


@pytest.fixture
def settings(settings: Settings, configured: dict[str, str]) -> Settings:
    """A shop that is configured for `pay_now`, and as the test says."""
    return settings.model_copy(update={"klarna_payment_method_category": "pay_now", **configured})


OpenFrom = Callable[[int], Awaitable[Purchase]]


@pytest.fixture
def open_trial(house: House) -> OpenFrom:
    """Open a trial as the visitor with this number, from a network of their own."""

    async def opened(number: int) -> Purchase:
        offer = next(offer for offer in await house.shop.offers.offers() if offer.is_trial)
        choice = Choice(
            offer.code,
            offer.period_id,
            "sv",
            customer=replace(NEW_CUSTOMER, email=f"ny.{number}@exempel.example"),
        )
        browser = replace(BROWSER, ip=f"203.0.113.{number}")
        return await house.shop.purchases.open(_reader(number), choice, browser)

    return opened


def _list(house: House, *categories: str) -> None:
    """Let Payway's sessions list these categories."""
    assert house.sandbox is not None
    house.sandbox.readings = Readings(categories_form="objects", categories=categories)


async def _trial_sold(house: House) -> bool:
    return any(offer.is_trial for offer in await house.shop.offers.offers())


def _reader(number: int) -> Reader:
    return Reader(visitor_id=f"visitor-{number}")


async def _shown(house: House, reader: Reader, purchase: Purchase, category: str) -> None:
    await house.shop.purchases.widget_shown(reader, purchase.id, purchase.session_fingerprint, category)


async def _hidden(house: House, reader: Reader, purchase: Purchase) -> Purchase:
    return await house.shop.purchases.widget_hidden(reader, purchase.id, purchase.session_fingerprint)


async def _show_a_trial(house: House, open_trial: OpenFrom) -> None:
    """Let Klarna show a trial to another reader, so that one report is not enough."""
    opened = await open_trial(99)
    await _shown(house, _reader(99), opened, opened.category_plan[0])


async def test_the_configured_category_is_tried_first_until_it_was_hidden_once(
    house: House, visitor: Reader, open_purchase: Open, later: Later
) -> None:
    first = await open_purchase(visitor)
    assert first.category_plan == ("pay_now", "")
    await _shown(house, visitor, first, "")
    assert (await open_purchase(_reader(2))).category_plan == ("", "pay_now")
    later(timedelta(days=1))
    assert (await open_purchase(_reader(3))).category_plan == ("pay_now", "")


@pytest.mark.parametrize("configured", [{"klarna_payment_method_category": ""}], indirect=True)
async def test_without_a_configured_category_none_is_loaded(visitor: Reader, open_purchase: Open) -> None:
    assert (await open_purchase(visitor)).category_plan == ("",)


async def test_the_sessions_own_list_goes_first(house: House, visitor: Reader, open_purchase: Open) -> None:
    _list(house, "klarna")
    opened = await open_purchase(visitor)
    assert opened.category_plan == ("klarna", "")
    await _shown(house, visitor, opened, "klarna")
    assert not house.shop.observations.category_is_hidden()
    # Without one it is shown because `klarna` was hidden, which says nothing of the configured category.
    await _shown(house, _reader(2), await open_purchase(_reader(2)), "")
    assert not house.shop.observations.category_is_hidden()


async def test_what_another_browser_or_a_foreign_session_says_teaches_nothing(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    opened = await open_purchase(visitor)
    with pytest.raises(NotYours):
        await _shown(house, _reader(2), opened, "")
    with pytest.raises(NotYours):
        await house.shop.purchases.widget_hidden(_reader(2), opened.id, opened.session_fingerprint)
    for fingerprint, category in (("0" * 32, ""), (None, ""), (opened.session_fingerprint, "swish")):
        await house.shop.purchases.widget_shown(visitor, opened.id, fingerprint, category)
    no_texts: tuple[object, ...] = (None, [], {"": ""}, 7)
    for no_text in no_texts:
        await house.shop.purchases.widget_shown(visitor, opened.id, opened.session_fingerprint, no_text)
    assert house.shop.observations.notices() == ()


async def test_the_first_trial_that_klarna_hides_takes_trials_from_sale(
    house: House, open_trial: OpenFrom
) -> None:
    await _hidden(house, _reader(1), await open_trial(1))
    assert not await _trial_sold(house)


async def test_a_refused_trial_is_not_offered_to_that_browser_and_after_several_to_no_one(
    house: House, open_trial: OpenFrom
) -> None:
    await _show_a_trial(house, open_trial)
    observations = house.shop.observations
    for number in range(SEVERAL):
        assert await _trial_sold(house)
        reader = _reader(number)
        closed = await _hidden(house, reader, await open_trial(number))
        assert (closed.status, closed.reason) == (PurchaseState.REFUSED, Reason.KLARNA_REFUSED)
        offers = await house.shop.offers.offers()
        assert not any(offer.is_trial for offer in observations.offered_to(reader.visitor_id, offers))
    assert not await _trial_sold(house)
    assert "digital-trial" in {each.code for each in await house.shop.offers.left_out()}
    assert "digital-trial" in await house.shop.offers.access_codes()
    assert "digital-trial" in await house.shop.offers.names()


async def test_a_browser_is_counted_once_however_often_it_says_so(house: House, open_trial: OpenFrom) -> None:
    await _show_a_trial(house, open_trial)
    reader = _reader(1)
    for _ in range(SEVERAL + 2):
        opened = await open_trial(1)
        await _hidden(house, reader, opened)
        await _hidden(house, reader, opened)
    assert await _trial_sold(house)


async def test_one_network_is_counted_once_however_many_browsers_it_has(
    house: House, open_purchase: Open, open_trial: OpenFrom
) -> None:
    await _show_a_trial(house, open_trial)
    for number in range(SEVERAL + 2):
        await _hidden(house, _reader(number), await open_purchase(_reader(number), "digital-trial"))
    assert await _trial_sold(house)


async def test_a_trial_that_was_ordered_today_outweighs_what_browsers_say(
    house: House, open_trial: OpenFrom, approve: Approve, later: Later
) -> None:
    placed = await approve(_reader(0), await open_trial(0))
    assert placed.order_id
    for number in range(1, SEVERAL + 2):
        await _hidden(house, _reader(number), await open_trial(number))
    assert await _trial_sold(house)
    later(timedelta(days=1, seconds=1))
    await _hidden(house, _reader(1), await open_trial(1))
    assert not await _trial_sold(house)


async def test_a_list_without_direct_debit_takes_trials_from_sale_at_once(
    house: House, visitor: Reader, open_purchase: Open, later: Later
) -> None:
    _list(house, "klarna")
    with pytest.raises(CannotOpen) as refused:
        await open_purchase(visitor, "digital-trial")
    assert refused.value.reason is Reason.NOT_ELIGIBLE
    assert not await _trial_sold(house)
    later(timedelta(days=1))
    assert await _trial_sold(house)


@pytest.mark.parametrize("configured", [{"klarna_trials": "on"}], indirect=True)
async def test_switched_on_trials_stay_on_sale(house: House, visitor: Reader, open_purchase: Open) -> None:
    _list(house, "klarna")
    with pytest.raises(CannotOpen):
        await open_purchase(visitor, "digital-trial")
    assert await _trial_sold(house)


@pytest.mark.parametrize("configured", [{"klarna_trials": "off"}], indirect=True)
async def test_switched_off_no_trial_is_sold(house: House) -> None:
    assert not await _trial_sold(house)
    left_out = {each.code: each.reason for each in await house.shop.offers.left_out()}
    assert left_out["digital-trial"] == "KLARNA_TRIALS is off"
