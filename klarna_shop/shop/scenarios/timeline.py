"""What happens to a subscription as time goes by: the line along which the time machine moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from klarna_shop.shop.money import SELLER_ZONE
from klarna_shop.shop.offers import Offer
from klarna_shop.shop.withdrawal import deadline

REMINDER = timedelta(days=7)
"""How long before a price that the reader has not paid yet a publisher reminds of it."""
GRACE = timedelta(days=7)
"""The longest grace period of the demo's packages (payway-api.md §9.5)."""


class Stop(StrEnum):
    """One point of the line."""

    BOUGHT = "bought"
    WITHDRAWAL_ENDS = "withdrawal_ends"
    REMINDER = "reminder"
    FIRST_CHARGE = "first_charge"
    PRICE_RISES = "price_rises"
    RENEWAL = "renewal"
    NEXT_RENEWAL = "next_renewal"
    GRACE_ENDS = "grace_ends"
    ENDS = "ends"


@dataclass(frozen=True)
class Station:
    """A point with its moment: the last of its day where the seller is, when everything due has been done.

    A period ends at the time of day at which it was bought, however late that was.
    """

    stop: Stop
    day: date

    @property
    def moment(self) -> datetime:
        """When one arrives there."""
        return datetime.combine(self.day, time.max, SELLER_ZONE)


def timeline(offer: Offer, start: date, bought: date | None = None) -> tuple[Station, ...]:
    """The stations of `offer`, bought on `bought` (`start` where None) and begun on `start`, in order."""
    bought = bought or start
    end = offer.period.end(start)
    stations = [Station(Stop.BOUGHT, bought), Station(Stop.WITHDRAWAL_ENDS, deadline(bought))]
    if offer.after is not None:
        stations.append(Station(Stop.REMINDER, max(start, end - REMINDER)))
        stations.append(Station(Stop.FIRST_CHARGE if offer.is_trial else Stop.PRICE_RISES, end))
        following = offer.after.period.end(end)
    elif offer.recurring:
        stations.append(Station(Stop.RENEWAL, end))
        following = offer.period.end(end)
    else:
        return _sorted([*stations, Station(Stop.ENDS, end)])
    stations.append(Station(Stop.NEXT_RENEWAL, following))
    stations.append(Station(Stop.GRACE_ENDS, following + GRACE))
    return _sorted(stations)


def _sorted(stations: list[Station]) -> tuple[Station, ...]:
    return tuple(sorted(stations, key=lambda station: station.day))
