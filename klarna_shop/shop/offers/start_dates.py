"""Days on which a subscription of an offer may begin, asked of Payway and kept for minutes.

The source is `GET /v1/order/get_possible_start_dates` (payway-api.md §17). Where Payway gives no answer or an
empty list, a subscription begins at once: today is then the only day.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from klarna_shop.payway import PaywayClient, PaywayError, Refused
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.money import seller_date

log = logging.getLogger(__name__)

FRESH_FOR = timedelta(minutes=2)
NEXT_TRY_AFTER = timedelta(seconds=10)
"""After a failure no reader waits for the same list again before this."""
DEADLINE_SECONDS = 5.0
"""Less than a tab's state may be held (10 seconds, with Redis)."""
MOST_KEPT = 500
"""Lists kept at a time; the one that was used longest ago goes first."""
MOST_DATES = 400
"""Dates kept of one list: more than a year of days."""

_Key = tuple[str, str | None]
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PossibleDates:
    """Days on which a subscription may begin, in order and never empty, as of `today` where the seller is."""

    today: date
    days: tuple[date, ...]

    @classmethod
    def of(cls, listed: tuple[date, ...], today: date) -> PossibleDates:
        """Keep the days from today on; without any the subscription begins at once."""
        days = tuple(day for day in listed if day >= today)[:MOST_DATES]
        return cls(today, days or (today,))

    @property
    def begins_at_once(self) -> bool:
        """True if a subscription may begin today."""
        return self.today in self.days

    @property
    def is_choice(self) -> bool:
        """True if there is more than one day to choose from."""
        return len(self.days) > 1

    def nearest(self, wanted: date | None) -> tuple[date, ...]:
        """Return the last possible day before a day and the first one after it; with None the first day."""
        if wanted is None:
            return self.days[:1]
        before = [day for day in self.days if day < wanted][-1:]
        return (*before, *[day for day in self.days if day > wanted][:1])


@dataclass
class _Kept:
    """One list with the moment it was read at, and the last attempt with the pause after it."""

    listed: tuple[date, ...] = ()
    read_at: datetime = _NEVER
    tried_at: datetime = _NEVER
    pause: timedelta = timedelta()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_fresh(self, now: datetime) -> bool:
        """True if the list is of the last minutes; one of a clock that was ahead is not."""
        return timedelta() <= now - self.read_at < FRESH_FOR

    def is_paused(self, now: datetime) -> bool:
        """True if Payway was asked so lately that it is not asked again."""
        return timedelta() <= now - self.tried_at < self.pause


class StartDates:
    """Possible start dates by code and account; one reading of each list at a time."""

    def __init__(self, payway: PaywayClient, clock: Clock) -> None:
        self._payway = payway
        self._clock = clock
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    async def of(self, code: str, account_id: str | None) -> PossibleDates:
        """Return the days for a code, from a list of the last minutes where there is one."""
        kept = self._entry((code, account_id))
        if not kept.is_paused(self._clock()):
            async with kept.lock:
                if not kept.is_paused(self._clock()):
                    await self._read(code, account_id, kept)
        return self._possible(kept)

    async def read(self, code: str, account_id: str | None) -> PossibleDates:
        """Ask Payway again; where it does not answer, the list of the last minutes stands in."""
        kept = self._entry((code, account_id))
        await self._read(code, account_id, kept)
        return self._possible(kept)

    def _entry(self, key: _Key) -> _Kept:
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept

    def _possible(self, kept: _Kept) -> PossibleDates:
        now = self._clock()
        return PossibleDates.of(kept.listed if kept.is_fresh(now) else (), seller_date(now))

    async def _read(self, code: str, account_id: str | None, kept: _Kept) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                listed = await self._payway.orders.possible_start_dates(code, account_id=account_id)
        except (PaywayError, TimeoutError) as error:
            # A refusal stays one for a while: the scope is missing, or the code is not known.
            kept.pause = FRESH_FOR if isinstance(error, Refused) else NEXT_TRY_AFTER
            kept.tried_at = self._clock()
            log.warning("no start dates for %s, subscriptions begin at once: %s", code, error)
            return
        kept.listed, kept.pause = listed, FRESH_FOR
        kept.read_at = kept.tried_at = self._clock()
