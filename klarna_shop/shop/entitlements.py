"""Which codes a customer may use, asked of Payway and remembered for a moment."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta

from klarna_shop.payway import Identity, IdentityExpired, PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock

REMEMBERED_FOR = timedelta(seconds=30)
"""A customer who opens five articles in a row is one question; a cancelled one reads half a minute longer."""
DEADLINE_SECONDS = 8.0
"""A reader waits for an article no longer than this."""
MOST_REMEMBERED = 10_000


class EntitlementsUnavailable(Exception):
    """Payway did not say what the customer may read."""


class Entitlements:
    """Active product codes by account (payway-api.md §8.2)."""

    def __init__(self, payway: PaywayClient, clock: Clock) -> None:
        self._payway = payway
        self._clock = clock
        self._remembered: OrderedDict[str, tuple[datetime, frozenset[str]]] = OrderedDict()

    async def codes(self, account_id: str, identity: Identity) -> frozenset[str]:
        """The codes in the customer's `active_products`.

        Raises:
            EntitlementsUnavailable: no answer within `DEADLINE_SECONDS`, or none that can be used.
            IdentityExpired: the sign-in has run out.
        """
        now = self._clock()
        known = self._remembered.get(account_id)
        if known and now - known[0] < REMEMBERED_FOR:
            return known[1]
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                active = await self._payway.me.active_products(identity)
        except IdentityExpired:
            raise
        except (PaywayError, TimeoutError) as error:
            raise EntitlementsUnavailable from error
        self._remembered[account_id] = (now, active.codes)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return active.codes

    def forget(self, account_id: str) -> None:
        """Ask anew next time: something was bought, cancelled or reactivated."""
        self._remembered.pop(account_id, None)
