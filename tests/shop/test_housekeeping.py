"""Housekeeping after a crash: what was left is taken up at once, where nobody else can be at it."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.housekeeping import LEASE
from klarna_shop.shop.lease import Lease
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Later, Open


@pytest.mark.parametrize("is_alone", [True, False])
async def test_a_dead_process_keeps_the_lease_only_where_it_may_be_alive(
    is_alone: bool, house: House, visitor: Reader, open_purchase: Open, later: Later
) -> None:
    opened = await open_purchase(visitor)
    await house.shop.purchases.authorize(visitor, opened.id, opened.session_fingerprint, str(uuid.uuid4()))
    assert await Lease(house.shop.database, "housekeeping", LEASE).take()
    later(timedelta(seconds=30))
    house.housekeeping.is_alone = is_alone
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
    found = await house.shop.purchases.find(visitor, opened.id)
    assert found.status is (PurchaseState.PLACED if is_alone else PurchaseState.AUTHORIZED)
