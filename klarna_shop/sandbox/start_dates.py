"""Days on which a subscription may begin (§17: get_possible_start_dates)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from klarna_shop.sandbox.catalogue import Offer
from klarna_shop.sandbox.clock import STOCKHOLM
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import LIVING, subscriptions_of

QUARTER_DAYS = 90
FORTNIGHT_DAYS = 14
_SUNDAY = 6


def possible_start_dates(
    session: Session, services: Services, offer: Offer, account_id: str | None
) -> list[date]:
    """Return the days that the readings give for an offer, in order, today first where it is one of them."""
    first = services.clock.today()
    if account_id is not None and services.readings.start_dates_of_subscriber == "afterwards":
        first = max(first, *_ends(session, offer, account_id), first)
    match services.readings.possible_start_dates:
        case "quarter":
            return _days(first, QUARTER_DAYS)
        case "without_sundays":
            return [day for day in _days(first, QUARTER_DAYS) if day.weekday() != _SUNDAY]
        case "fortnight":
            return _days(first, FORTNIGHT_DAYS)
        case "from_tomorrow":
            return _days(first, FORTNIGHT_DAYS)[1:]
        case "today":
            return [first]
        case _:
            return []


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def _ends(session: Session, offer: Offer, account_id: str) -> list[date]:
    """The days on which the account's subscriptions of this offer end."""
    return [
        subscription.valid_to.astimezone(STOCKHOLM).date()
        for subscription in subscriptions_of(session, account_id)
        if subscription.product_code == offer.code and subscription.state in LIVING
    ]
