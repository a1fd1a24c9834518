"""What synthetic readers are like: made-up shares, chosen to look like a regional newspaper's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.money import seller_time

T = TypeVar("T")

DEVICES = {"phone": 0.58, "desktop": 0.34, "tablet": 0.08}
SOURCES = {"direct": 0.42, "newsletter": 0.16, "google": 0.22, "facebook": 0.14, "partner": 0.06}
LANGUAGES = {"sv": 0.86, "en": 0.14}

_DEVICE_APPETITE = {"phone": 0.85, "desktop": 1.25, "tablet": 1.0}
_SOURCE_APPETITE = {"direct": 1.1, "newsletter": 1.5, "google": 0.8, "facebook": 0.5, "partner": 0.9}
"""How much more or less readers of such a device or source buy."""

PASSED = {
    EventName.PICKER_SHOWN: 0.96,
    EventName.OFFER_CHOSEN: 0.72,
    EventName.SESSION_CREATED: 0.96,
    EventName.CHECKOUT_OPENED: 0.985,
    EventName.WIDGET_READY: 0.985,
    EventName.AUTHORIZE_STARTED: 0.82,
    EventName.AUTHORIZED: 0.9,
    EventName.ORDER_PLACED: 0.985,
}
"""Of those who took the step before, from pressing buy on, the share that takes this one."""

EXPOSED = 0.62
"""Visitors who meet a wall at all."""
CONFIRMED = 0.995
CANCELS = 0.08
TRIAL_CANCELS = 0.3
SIGNS_IN = 0.35
TRIES_AGAIN = 0.15
"""Of those whom Klarna approves in the end, the share whose first try ended otherwise."""
DISMISSES = 0.55
"""Of those before a wall that can be dismissed."""

SESSION_REFUSALS = {"already_subscribed": 0.4, "not_eligible": 0.3, "payway_unavailable": 0.3}
AUTHORIZE_ENDS = {"closed": 0.52, "refused": 0.24, "invalid_fields": 0.12, "failed": 0.07, "no_answer": 0.05}
FIRST_TRY_ENDS = {"closed": 0.7, "invalid_fields": 0.3}
PLACING_ENDS = {"payment_method_failed": 0.6, "klarna_refused": 0.4}


def _mean(shares: Mapping[str, float], appetite: Mapping[str, float]) -> float:
    return sum(share * appetite[name] for name, share in shares.items())


_DEVICE_MEAN, _SOURCE_MEAN = _mean(DEVICES, _DEVICE_APPETITE), _mean(SOURCES, _SOURCE_APPETITE)


def appetite(device: str, source: str) -> float:
    """How much more this reader buys than readers do on average; 1 on average over all of them."""
    return _DEVICE_APPETITE[device] / _DEVICE_MEAN * _SOURCE_APPETITE[source] / _SOURCE_MEAN


def _product(shares: Sequence[float]) -> float:
    return list(accumulate(shares, lambda one, other: one * other))[-1]


FROM_PRESSING_TO_ORDER = _product(list(PASSED.values()))
LARGEST_RATE = FROM_PRESSING_TO_ORDER / max(
    appetite(device, source) for device in DEVICES for source in SOURCES
)
"""With a higher order rate some readers would have to press buy with a chance above 1."""


def drawn(chance: Random, shares: Mapping[T, float]) -> T:
    """One of the keys, as often as its share says."""
    return chance.choices(list(shares), list(shares.values()))[0]


_HOURS = (2, 1, 1, 1, 2, 5, 10, 16, 16, 12, 10, 11, 14, 11, 9, 9, 10, 12, 13, 14, 17, 18, 12, 6)
"""How much is read in each hour of the day, in the newspaper's own zone."""
_WEEKDAYS = (10, 10, 10, 10, 9, 8, 11)


class Rhythm:
    """When readers come: more in the morning and in the evening, less on Saturdays."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self._since = since
        hours = max(1, int((until - since) / timedelta(hours=1)))
        local = [seller_time(since + timedelta(hours=hour)) for hour in range(hours)]
        self._sums = list(accumulate(_HOURS[one.hour] * _WEEKDAYS[one.weekday()] for one in local))

    def moment(self, place: float) -> datetime:
        """The moment before which the share `place` of all visits has happened; from 0 to 1, without 1."""
        wanted = place * self._sums[-1]
        hour = bisect_right(self._sums, wanted)
        before = self._sums[hour - 1] if hour else 0
        return self._since + timedelta(hours=hour + (wanted - before) / (self._sums[hour] - before))
