"""The round by hand: what it counts, and that it finishes what was interrupted."""

from __future__ import annotations

import asyncio

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Line, Open, books


async def _orders(house: House, purchase: Purchase) -> int:
    return sum(order.merchant_reference == purchase.id for order in (await books(house)).orders)


async def test_an_order_whose_answer_was_lost_is_found_at_once(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, line: Line
) -> None:
    line.faults["place_order"] = ["lost"]
    purchase = await approve(visitor, await open_purchase(visitor))
    assert purchase.status is PurchaseState.UNKNOWN
    reconciled = await house.shop.reconciliation.run()
    assert reconciled.before == {PurchaseState.UNKNOWN: 1}
    assert reconciled.after[PurchaseState.UNKNOWN] == 0
    assert not reconciled.had_nothing_to_do
    assert await _orders(house, purchase) == 1


async def test_several_rounds_at_once_place_no_second_order(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, line: Line
) -> None:
    line.faults["place_order"] = ["lost"]
    purchase = await approve(visitor, await open_purchase(visitor))
    await asyncio.gather(*(house.shop.reconciliation.run() for _ in range(4)))
    assert await _orders(house, purchase) == 1
    assert (await house.shop.reconciliation.count())[PurchaseState.UNKNOWN] == 0


async def test_with_nothing_unfinished_it_says_so(house: House) -> None:
    assert (await house.shop.reconciliation.run()).had_nothing_to_do
