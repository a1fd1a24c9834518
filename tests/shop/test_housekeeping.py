"""Housekeeping after a crash: another process takes up what was left, once the dead one's lease is over."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from datetime import timedelta

from klarna_shop.assembly import House
from klarna_shop.shop.housekeeping import LEASE
from klarna_shop.shop.lease import Lease
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Later, Open


async def _after_a_start(house: House) -> None:
    """Run housekeeping until its first round is over."""
    round_was_made = asyncio.Event()
    once = house.housekeeping.once

    async def watched() -> None:
        await once()
        round_was_made.set()

    house.housekeeping.once = watched  # type: ignore[method-assign]
    running = asyncio.create_task(house.housekeeping.run())
    await round_was_made.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    house.housekeeping.once = once  # type: ignore[method-assign]


async def test_a_server_that_starts_takes_no_work_from_one_that_may_be_alive(
    house: House, visitor: Reader, open_purchase: Open, later: Later
) -> None:
    opened = await open_purchase(visitor)
    await house.shop.purchases.approve(visitor, opened.session_fingerprint, str(uuid.uuid4()))
    assert await Lease(house.shop.database, "housekeeping", LEASE, now=house.shop.clock).take()
    later(timedelta(seconds=20))
    await _after_a_start(house)
    assert (await house.shop.purchases.find(visitor, opened.id)).status is PurchaseState.AUTHORIZED
    later(LEASE)
    await _after_a_start(house)
    assert (await house.shop.purchases.find(visitor, opened.id)).status is PurchaseState.PLACED
