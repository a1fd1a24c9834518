"""Nobody has the shop open Klarna sessions without end."""

from __future__ import annotations

from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import CannotOpen, Reason
from klarna_shop.shop.purchase.opening import OF_BUYER, OF_NETWORK
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Open, books


def _spend(house: House, key: str, rate: Any) -> None:
    while house.shop.purchases.opening.begun.take(key, rate):
        pass


async def test_a_browser_that_began_too_many_is_told_to_wait_and_another_buys(
    house: House, open_purchase: Open
) -> None:
    first = Reader(visitor_id="begins again and again")
    for _ in range(int(OF_BUYER.at_once)):
        await open_purchase(first)
    sessions = len((await books(house)).sessions)
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(first)
    assert refusal.value.reason is Reason.TOO_MANY
    assert len((await books(house)).sessions) == sessions
    await open_purchase(Reader(visitor_id="somebody else"))


async def test_new_cookies_do_not_help_an_address(house: House, open_purchase: Open) -> None:
    _spend(house, BROWSER.ip, OF_NETWORK)
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(Reader(visitor_id="a new cookie"))
    assert refusal.value.reason is Reason.TOO_MANY
