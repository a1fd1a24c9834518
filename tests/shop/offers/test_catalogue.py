"""The catalogue: what is shown, what is left out and why, and what happens while Payway is silent."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.offers import CatalogueUnavailable, Offer, OfferKind, Period, PeriodUnit
from tests.house import Later, Line


def _offer(offers: tuple[Offer, ...], code: str, unit: str = "month") -> Offer:
    return next(offer for offer in offers if offer.code == code and offer.period.unit == unit)


async def test_the_demo_sells_what_it_says(house: House) -> None:
    offers = await house.shop.offers.offers()
    month, year = _offer(offers, "digital"), _offer(offers, "digital", "year")
    assert (month.price, month.recurring, month.vat_percent) == (12900, True, 6)
    assert (year.price, year.recurring) == (129000, True)
    limited = _offer(offers, "digital-30", "day")
    assert (limited.recurring, limited.after, limited.period_type) == (False, None, "limited")
    trial, campaign = _offer(offers, "digital-trial"), _offer(offers, "digital-intro")
    assert (trial.kind, trial.price, campaign.kind) == (OfferKind.TRIAL, 0, OfferKind.CAMPAIGN)
    for offer in (trial, campaign):
        assert offer.after is not None
        assert (offer.after.package_code, offer.after.price) == ("digital", 12900)
        assert offer.period_type == "recurring"


async def test_disabled_periods_are_not_sold(house: House) -> None:
    offers = await house.shop.offers.offers()
    assert not [offer for offer in offers if offer.code == "digital" and offer.period.length == 3]


async def test_every_code_and_what_campaigns_turn_into_open_articles(house: House) -> None:
    codes = await house.shop.offers.access_codes()
    assert {"digital", "digital-30", "digital-intro", "digital-trial", "digital-plus"} <= codes


async def test_a_catalogue_is_read_once_and_kept_for_a_while(house: House, line: Line, later: Later) -> None:
    await house.shop.offers.offers()
    calls = len(line.calls)
    await house.shop.offers.offers()
    assert len(line.calls) == calls
    later(timedelta(minutes=6))
    await house.shop.offers.offers()
    assert len(line.calls) > calls


async def test_an_earlier_catalogue_stands_in_while_payway_is_silent(
    house: House, line: Line, later: Later
) -> None:
    before = await house.shop.offers.offers()
    later(timedelta(minutes=6))
    line.faults["/package/search"] = ["unreachable"] * 3
    assert await house.shop.offers.offers() == before


async def test_with_no_catalogue_at_all_nothing_is_invented(house: House, line: Line) -> None:
    line.faults["/package/search"] = ["unreachable"] * 3
    with pytest.raises(CatalogueUnavailable):
        await house.shop.offers.offers()


async def test_a_campaign_whose_follow_up_cannot_be_told_is_left_out(house: House, line: Line) -> None:
    line.faults["/v2/klarna_payments/payment_periods"] = [httpx.Response(200, json={"items": []})] * 20
    assert await house.shop.offers.offers() == ()
    line.faults.clear()


async def test_a_paid_campaign_of_several_periods_is_left_out(house: House, line: Line) -> None:
    period = {
        "id": "a" * 24,
        "payment_method": "klarna_payments",
        "type": "recurring",
        "enabled": True,
        "iteration_type": "month",
        "iteration_length": 3,
        "price": 49,
    }
    line.faults["/v2/klarna_payments/payment_periods"] = [httpx.Response(200, json={"items": [period]})] * 20
    left_out = {each.code for each in await house.shop.offers.left_out()}
    assert {"digital-intro", "digital-trial"} <= left_out


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period(PeriodUnit.MONTH, 1), date(2026, 1, 31), date(2026, 2, 28)),
        (Period(PeriodUnit.MONTH, 1), date(2028, 1, 31), date(2028, 2, 29)),
        (Period(PeriodUnit.MONTH, 12), date(2026, 11, 23), date(2027, 11, 23)),
        (Period(PeriodUnit.YEAR, 1), date(2028, 2, 29), date(2029, 2, 28)),
        (Period(PeriodUnit.DAY, 30), date(2026, 12, 15), date(2027, 1, 14)),
        (Period(PeriodUnit.WEEK, 2), date(2026, 12, 25), date(2027, 1, 8)),
    ],
)
def test_a_period_ends_where_the_calendar_says(period: Period, start: date, end: date) -> None:
    assert period.end(start) == end


async def test_one_product_that_cannot_be_read_does_not_close_the_shop(house: House, line: Line) -> None:
    line.faults["/klarna_payments/payment_periods"] = [httpx.Response(404, json={"code": "not_found"})]
    offers = await house.shop.offers.offers()
    [left_out] = [each for each in await house.shop.offers.left_out() if "cannot be used" in each.reason]
    assert offers
    assert left_out.code not in {offer.code for offer in offers}


async def test_while_payway_is_silent_readers_do_not_queue_for_the_catalogue(
    house: House, line: Line, later: Later
) -> None:
    before = await house.shop.offers.offers()
    later(timedelta(minutes=6))
    line.faults["/package/search"] = ["unreachable"] * 30
    line.calls.clear()
    answers = await asyncio.gather(*(house.shop.offers.offers() for _ in range(20)))
    assert answers == [before] * 20
    assert line.count("/package/search") <= 3


async def test_the_newspapers_name_is_asked_once_and_kept_while_payway_is_away(
    house: House, line: Line, later: Later
) -> None:
    title = house.shop.title_name
    line.faults["/titles/find_one"] = ["unreachable"] * 5
    assert await title.name() == ""
    line.faults.clear()
    assert await title.name() == ""
    later(timedelta(minutes=2))
    assert [await title.name() for _ in range(2)] == ["Norrlunda Tidning"] * 2
    asked = line.count("/titles/find_one")
    line.faults["/titles/find_one"] = ["unreachable"] * 5
    later(timedelta(hours=7))
    assert await title.name() == "Norrlunda Tidning"
    assert line.count("/titles/find_one") > asked
