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

    async def include(self, account_id: str, identity: Identity | None, wanted: frozenset[str]) -> bool:
        """Whether any of the wanted codes is in the customer's `active_products`.

        Only a yes is remembered: whoever has just bought, in whichever process, must not wait to read.
        Without an identity that works the account is asked about server to server.

        Raises:
            EntitlementsUnavailable: no answer within `DEADLINE_SECONDS`, or none that can be used.
        """
        now = self._clock()
        known = self._remembered.get(account_id)
        if known and timedelta() <= now - known[0] < REMEMBERED_FOR and known[1] & wanted:
            return True
        return bool(await self.codes(account_id, identity) & wanted)

    async def codes(self, account_id: str, identity: Identity | None) -> frozenset[str]:
        """Return the customer's `active_products`, asked now and remembered for `include`.

        Raises:
            EntitlementsUnavailable: see `include`.
        """
        now = self._clock()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                codes = await self._ask(account_id, identity)
        except (PaywayError, TimeoutError) as error:
            raise EntitlementsUnavailable from error
        self._remembered[account_id] = (now, codes)
        self._remembered.move_to_end(account_id)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return codes

    async def _ask(self, account_id: str, identity: Identity | None) -> frozenset[str]:
        if identity is not None:
            try:
                return (await self._payway.me.active_products(identity)).codes
            except IdentityExpired:
                pass  # the shop's own sign-in still stands; only Payway's token has run out
        return (await self._payway.accounts.active_products(account_id)).codes

    def forget(self, account_id: str) -> None:
        """Ask anew next time: something was bought, cancelled or reactivated."""
        self._remembered.pop(account_id, None)
