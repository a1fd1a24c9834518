"""What is left of a purchase when it has been over for long enough."""

from __future__ import annotations

from datetime import timedelta

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.purchase.retention import ERASED
from klarna_shop.shop.reader import Reader
from tests.house import NEW_CUSTOMER, Approve, Later, Line, Open

LONG_ENOUGH = timedelta(days=31)


async def test_personal_data_and_tokens_go_and_the_books_stay(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchases = house.shop.purchases
    bought = await purchases.settle(await approve(visitor, await open_purchase(visitor)))
    assert bought.status is PurchaseState.COMPLETED
    later(timedelta(days=29))
    assert await house.housekeeping.retention.erase() == 0
    later(timedelta(days=2))
    assert await house.housekeeping.retention.erase() == 1
    left = await purchases.find(visitor, bought.id)
    assert {name: getattr(left, name) for name in ERASED} == ERASED
    kept = set(type(left).model_fields) - set(ERASED)
    assert {name: getattr(left, name) for name in kept} == {name: getattr(bought, name) for name in kept}
    assert left.order_id
    assert purchases.customer_details(left) is None
    assert await house.housekeeping.retention.erase() == 0, "it is done once"


async def test_what_is_not_over_keeps_what_it_needs(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = ["unreachable", "lost"]
    waiting = await approve(visitor, await open_purchase(visitor))
    waiting = await house.shop.purchases.place(waiting)
    assert waiting.status is PurchaseState.UNKNOWN
    later(LONG_ENOUGH)
    assert await house.housekeeping.retention.erase() == 0
    kept = await house.shop.purchases.find(visitor, waiting.id)
    assert kept.authorization_token_encrypted
    assert house.shop.purchases.customer_details(kept) == NEW_CUSTOMER


async def test_an_erased_purchase_can_be_started_over_only_by_saying_again_who_buys(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    refused = await house.shop.purchases.refused_by_klarna(visitor, purchase.id, purchase.session_fingerprint)
    later(LONG_ENOUGH)
    await house.housekeeping.once()
    erased = await house.shop.purchases.find(visitor, refused.id)
    assert (erased.status, erased.customer_encrypted) == (PurchaseState.REFUSED, None)
