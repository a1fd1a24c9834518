"""The line of a subscription's life, for each kind of offer."""

from __future__ import annotations

from datetime import date, datetime

from klarna_shop.shop.money import SELLER_ZONE, seller_date
from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.scenarios.timeline import Stop, timeline

MONTH = Period(PeriodUnit.MONTH, 1)
START = date(2026, 11, 23)


def _offer(kind: OfferKind, price: int, *, recurring: bool, after: FollowUp | None = None) -> Offer:
    return Offer("code", "period", kind, "Name", "", price, 6, MONTH, recurring, after)


def _line(offer: Offer) -> list[tuple[Stop, str]]:
    return [(station.stop, station.day.isoformat()) for station in timeline(offer, START)]


def test_a_trial_is_reminded_of_charged_and_renewed() -> None:
    trial = _offer(OfferKind.TRIAL, 0, recurring=False, after=FollowUp("digital", "Digital", 12_900, MONTH))
    assert _line(trial) == [
        (Stop.BOUGHT, "2026-11-23"),
        (Stop.WITHDRAWAL_ENDS, "2026-12-07"),
        (Stop.REMINDER, "2026-12-16"),
        (Stop.FIRST_CHARGE, "2026-12-23"),
        (Stop.NEXT_RENEWAL, "2027-01-23"),
        (Stop.GRACE_ENDS, "2027-01-30"),
    ]


def test_whatever_was_bought_on_a_day_is_due_at_the_station_of_its_end() -> None:
    trial = _offer(OfferKind.TRIAL, 0, recurring=False, after=FollowUp("digital", "Digital", 12_900, MONTH))
    charge = next(station for station in timeline(trial, START) if station.stop is Stop.FIRST_CHARGE)
    for hour, minute in ((0, 0), (12, 0), (23, 59)):
        bought = datetime(2026, 11, 23, hour, minute, 30, tzinfo=SELLER_ZONE)
        assert seller_date(bought) == START
        assert bought.replace(month=12) <= charge.moment
    assert seller_date(charge.moment) == charge.day


def test_a_campaigns_price_rises() -> None:
    after = FollowUp("digital", "Digital", 12_900, MONTH)
    campaign = _offer(OfferKind.CAMPAIGN, 4_900, recurring=False, after=after)
    assert (Stop.PRICE_RISES, "2026-12-23") in _line(campaign)


def test_a_package_renews() -> None:
    assert _line(_offer(OfferKind.PACKAGE, 12_900, recurring=True))[2:] == [
        (Stop.RENEWAL, "2026-12-23"),
        (Stop.NEXT_RENEWAL, "2027-01-23"),
        (Stop.GRACE_ENDS, "2027-01-30"),
    ]


def test_what_is_paid_once_ends() -> None:
    assert _line(_offer(OfferKind.PACKAGE, 9_900, recurring=False))[-1] == (Stop.ENDS, "2026-12-23")


def test_one_arrives_at_the_end_of_the_day_where_the_seller_is() -> None:
    station = timeline(_offer(OfferKind.PACKAGE, 9_900, recurring=False), START)[0]
    assert station.moment.isoformat() == "2026-11-23T23:59:59.999999+01:00"
