"""Whether a customer without access has had a subscription: asked of Payway, for designs that target it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta

from klarna_shop.payway import PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock

REMEMBERED_FOR = timedelta(minutes=5)
DEADLINE_SECONDS = 4.0
"""A wall waits no longer to be the right one."""
MOST_REMEMBERED = 10_000


class Standing:
    """Remembers for a moment who has lapsed."""

    def __init__(self, payway: PaywayClient, clock: Clock) -> None:
        self._payway = payway
        self._clock = clock
        self._remembered: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()

    def forget(self, account_id: str) -> None:
        """Ask Payway again next time: something changed."""
        self._remembered.pop(account_id, None)

    async def has_lapsed(self, account_id: str) -> bool | None:
        """Whether there was a subscription and all are over; None where Payway did not say."""
        now = self._clock()
        known = self._remembered.get(account_id)
        if known and timedelta() <= now - known[0] < REMEMBERED_FOR:
            return known[1]
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                held = await self._payway.subscriptions.by_account(account_id)
        except (PaywayError, TimeoutError):
            return None
        over = [
            one.state not in {"pending", "activated", "cancelled"}
            or (one.valid_to is not None and one.valid_to <= now)
            for one in held
        ]
        lapsed = bool(over) and all(over)
        self._remembered[account_id] = (now, lapsed)
        self._remembered.move_to_end(account_id)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return lapsed
