"""What goes wrong around one purchase: refusals, late answers, lost keys, and what recovery makes of them."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.payway import PlacedOrder
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.purchase import CannotOpen, Choice, CustomerDetails, Purchase, PurchaseState, Reason
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Approve, Later, Line, Open, SignIn, books
from tests.loop_time import let_deadlines_pass

NOTHING_BOUGHT = "astrid.lundmark@demo.example"
HALF_A_MINUTE = timedelta(seconds=30)


async def _authorized(house: House, reader: Reader, purchase: Purchase) -> Purchase:
    return await house.shop.purchases.approve(reader, purchase.session_fingerprint, str(uuid.uuid4()))


def _after_losing_the_key(house: House) -> House:
    """The same shop after a restart with another SECRET_KEY."""
    shop, encryption = house.shop, Encryption(("another key that cannot read what was written",))
    placing = replace(shop.purchases.placing, encryption=encryption)
    purchases = replace(shop.purchases, placing=placing, encryption=encryption)
    recovery = replace(house.recovery, placing=placing)
    return replace(house, shop=replace(shop, purchases=purchases, encryption=encryption), recovery=recovery)


async def test_too_many_requests_is_tried_again_and_not_taken_for_a_refusal(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = [httpx.Response(429, json={"message": "slow down"})]
    waiting = await approve(visitor, await open_purchase(visitor))
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.PAYWAY_UNAVAILABLE)
    later(HALF_A_MINUTE)
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, waiting.id)).order_id


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(403, json={"code": "insufficient_scope"}), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(403, json={"message": "The token lacks a scope"}), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(403, json={"message": "No"}), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(401), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(400, json={"code": "unknown_parameter"}), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(400, json={"code": "invalid_content_type_error"}), Reason.PAYWAY_UNAVAILABLE),
        (httpx.Response(400, json={"code": "campaign_already_purchased"}), Reason.NOT_ELIGIBLE),
        (httpx.Response(409, json={"code": "package_already_active"}), Reason.ALREADY_SUBSCRIBED),
    ],
)
async def test_a_reader_is_not_blamed_for_what_is_wrong_with_the_shop(
    line: Line,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    caplog: pytest.LogCaptureFixture,
    answer: httpx.Response,
    reason: Reason,
) -> None:
    line.faults["/place_order"] = [answer, answer]  # a refused token is tried once more with a new one
    failed = await approve(visitor, await open_purchase(visitor))
    assert (failed.status, failed.reason) == (PurchaseState.FAILED, reason)
    loud = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    if reason is Reason.PAYWAY_UNAVAILABLE:
        assert len(loud) == 1
        assert "/external/klarna_payments/w" in loud[0]
    else:
        assert loud == []


@pytest.mark.parametrize("answer", [httpx.Response(403, html="<h1>Forbidden</h1>"), httpx.Response(403)])
async def test_a_403_that_is_not_payways_own_leaves_the_outcome_open_and_is_loud(
    line: Line,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    caplog: pytest.LogCaptureFixture,
    answer: httpx.Response,
) -> None:
    line.faults["/place_order"] = [answer]
    purchase = await approve(visitor, await open_purchase(visitor))
    assert (purchase.status, purchase.reason) == (PurchaseState.UNKNOWN, "")
    assert "an order may exist" in caplog.text


async def test_a_shop_whose_scope_was_taken_away_waits_and_is_loud(
    line: Line,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    caplog: pytest.LogCaptureFixture,
) -> None:
    line.faults["/place_order"] = [httpx.Response(401)]
    purchase = await open_purchase(visitor)
    line.faults["/access_token"] = [httpx.Response(400, json={"error": "invalid_scope"})]
    waiting = await approve(visitor, purchase)
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.PAYWAY_UNAVAILABLE)
    [loud] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "invalid_scope" in loud
    assert "/external/klarna_payments/w" in loud


async def test_nobody_is_told_that_nothing_was_charged_while_an_answer_is_lost(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = ["unreachable", "lost", "unreachable"]
    purchase = await approve(visitor, await open_purchase(visitor))
    assert purchase.reason == Reason.PAYWAY_UNAVAILABLE
    for _ in range(2):
        later(HALF_A_MINUTE)
        await house.recovery.once()
        unknown = await house.shop.purchases.find(visitor, purchase.id)
        assert (unknown.status, unknown.reason) == (PurchaseState.UNKNOWN, "")


async def test_an_order_that_is_answered_late_is_kept_whatever_recovery_thought(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    placing, ledger = house.shop.purchases.placing, house.shop.purchases.ledger
    authorized = await _authorized(house, visitor, await open_purchase(visitor))
    claimed = await ledger.change(authorized, PurchaseState.PLACING, cause="", place_attempts=1)
    assert claimed
    await ledger.change(claimed, PurchaseState.UNKNOWN, cause="", answers_lost=1)
    placed = await placing.placed(claimed, PlacedOrder(order_id="DEMO-7", redirect_url=None))
    assert (placed.status, placed.order_id) == (PurchaseState.PLACED, "DEMO-7")


async def test_what_an_early_attempt_learned_does_not_close_a_later_one(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    ledger = house.shop.purchases.ledger
    authorized = await _authorized(house, visitor, await open_purchase(visitor))
    first = await ledger.change(authorized, PurchaseState.PLACING, cause="", place_attempts=1)
    assert first
    unknown = await ledger.change(first, PurchaseState.UNKNOWN, cause="", answers_lost=1)
    assert unknown
    assert await ledger.change(unknown, PurchaseState.PLACING, cause="", place_attempts=2)
    assert await ledger.change(first, PurchaseState.FAILED, cause="") is None


async def test_an_attempt_ends_in_time_though_no_answer_comes(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["silent"]
    allowed = {"item": {"can_purchase": True, "reason": "purchase_allowed"}}
    line.faults["/pre_validate_purchase"] = [httpx.Response(200, json=allowed)]
    placing = house.shop.purchases.placing
    authorized = await _authorized(house, visitor, purchase)
    attempt = asyncio.create_task(placing.place(authorized))
    await line.silent.wait()
    let_deadlines_pass(placing.deadline.total_seconds())
    assert (await attempt).status is PurchaseState.UNKNOWN


async def test_a_void_session_proves_nothing_once_sessions_end_by_themselves(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    later(timedelta(hours=47, minutes=50))
    line.faults["/place_order"] = [httpx.Response(502, text="<html></html>")]
    assert (await approve(visitor, purchase)).status is PurchaseState.UNKNOWN
    later(timedelta(minutes=20))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).status is PurchaseState.UNKNOWN
    assert not [order for order in (await books(house)).orders if order.merchant_reference == purchase.id]


@pytest.mark.parametrize("after", [HALF_A_MINUTE, timedelta(hours=9)])
async def test_an_approval_that_cannot_be_read_any_more_is_left_to_a_person(
    house: House,
    line: Line,
    visitor: Reader,
    later: Later,
    open_purchase: Open,
    after: timedelta,
    caplog: pytest.LogCaptureFixture,
) -> None:
    purchase = await _authorized(house, visitor, await open_purchase(visitor))
    later(after)
    await _after_losing_the_key(house).recovery.once()
    left = await house.shop.purchases.find(visitor, purchase.id)
    assert (left.status, left.reason) == (PurchaseState.UNRESOLVED, "")
    assert line.count("/place_order") == 0
    assert f"purchase {purchase.id[:8]}: approved by Klarna and cannot be read" in caplog.text


async def test_a_session_that_cannot_be_read_any_more_is_expired(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    found = await _after_losing_the_key(house).shop.purchases.find(visitor, purchase.id)
    assert (found.status, found.reason) == (PurchaseState.EXPIRED, Reason.SESSION_EXPIRED)


async def test_one_purchase_that_fails_does_not_hinder_the_others(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    ledger = house.shop.purchases.ledger
    broken = await open_purchase(visitor, "digital-30")
    await ledger.change(broken, PurchaseState.AUTHORIZED, cause="", authorized_at=None)
    later(timedelta(seconds=1))
    sound = await _authorized(house, visitor, await open_purchase(visitor))
    later(HALF_A_MINUTE)
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, sound.id)).order_id


async def test_a_waiting_purchase_is_tried_ever_more_rarely(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = ["unreachable"] * 500
    purchase = await approve(visitor, await open_purchase(visitor))
    for _ in range(300):
        later(timedelta(seconds=10))
        await house.recovery.once()
    assert 20 < line.count("/place_order") < 60
    line.faults["/place_order"] = []
    later(timedelta(minutes=3))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).order_id


async def test_every_waiting_purchase_gets_its_turn(
    house: House, later: Later, open_purchase: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klarna_shop.shop.purchase.ledger.PAGE", 2)
    waiting = []
    for number in range(5):
        reader = Reader(visitor_id=f"visitor-{number}")
        customer = CustomerDetails(f"{number}@exempel.example", "Ny", "Läsare")
        waiting.append(await _authorized(house, reader, await open_purchase(reader, customer=customer)))
    later(HALF_A_MINUTE)
    await house.recovery.once()
    ledger = house.shop.purchases.ledger
    assert all([(await ledger.find(purchase.id)).order_id for purchase in waiting])  # type: ignore[union-attr]


async def test_a_paid_order_is_completed_though_payway_lists_other_codes(
    house: House, line: Line, sign_in: SignIn, later: Later, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    placed = await approve(reader, await open_purchase(reader))
    products = httpx.Response(200, json={"item": {"id": "0" * 24, "active_products": ["web"]}})
    line.faults["/accounts/active_products"] = [products] * 9
    later(HALF_A_MINUTE)
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, placed.id)).status is PurchaseState.PLACED
    later(timedelta(hours=2))
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, placed.id)).status is PurchaseState.COMPLETED


async def test_a_placed_order_that_failed_afterwards_is_found_by_its_reference_too(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    line.faults["/place_order"] = [httpx.Response(200, json={"item": {}})]
    placed = await approve(reader, await open_purchase(reader))
    failed = {"order_id": "DEMO-9", "state": "failed", "merchant_reference": placed.id}
    line.faults["/order"] = [httpx.Response(200, json={"items": [failed]})]
    settled = await house.shop.purchases.settle(placed)
    assert (settled.status, settled.reason) == (PurchaseState.REFUSED, Reason.PAYMENT_METHOD_FAILED)


async def test_an_unresolved_purchase_is_resolved_when_payway_speaks_again(
    house: House, line: Line, sign_in: SignIn, later: Later, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    line.faults["/place_order"] = ["lost"]
    line.faults["/order"] = ["unreachable"] * 3
    purchase = await approve(reader, await open_purchase(reader))
    later(timedelta(minutes=61))
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, purchase.id)).status is PurchaseState.UNRESOLVED
    later(timedelta(hours=1))
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, purchase.id)).order_id


async def test_who_is_signed_out_while_approving_keeps_the_approval(
    house: House, line: Line, sign_in: SignIn, later: Later, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await open_purchase(reader)
    await house.shop.identities.sign_out(reader)
    waiting = await approve(Reader(visitor_id=reader.visitor_id), purchase)
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.LOGIN_REQUIRED)
    assert line.count("/place_order") == 0
    reader = await sign_in(NOTHING_BOUGHT)
    later(HALF_A_MINUTE)
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, purchase.id)).order_id


async def test_a_sign_in_that_payway_ended_is_not_called_an_outage(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    await house.shop.offers.offers()
    await house.shop.start_dates.of("digital", reader.account_id)
    line.faults["/me/order/pre_validate_purchase"] = [httpx.Response(401)]
    line.faults["/access_token"] = [httpx.Response(400, json={"error": "invalid_grant"})]
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(reader)
    assert refusal.value.reason is Reason.LOGIN_REQUIRED


async def test_an_address_that_payway_does_not_take_is_named_before_anything_is_ordered(
    line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    invalid = {
        "code": "invalid_parameter",
        "field": "contact_email",
        "message": "Parameter must match format",
    }
    line.faults["/pre_validate_purchase"] = [httpx.Response(400, json=invalid)]
    opened = await open_purchase(visitor, customer=CustomerDetails("a@my-paper.se", "A", "B"))
    refused = await approve(visitor, opened)
    assert (refused.state, refused.reason) == ("failed", Reason.INVALID_FIELDS)
    assert line.count("/place_order") == 0


async def test_opening_does_not_wait_for_minutes(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    await open_purchase(visitor)
    shop = house.shop
    line.faults["/create_session"] = ["silent"]
    [offer] = [offer for offer in await shop.offers.offers() if offer.code == "digital-30"]
    choice = Choice(offer.code, offer.period_id, "sv", customer=CustomerDetails("a@b.se", "A", "B"))
    opening = asyncio.create_task(shop.purchases.open(visitor, choice, BROWSER))
    await line.silent.wait()
    let_deadlines_pass(2 * shop.settings.payway_timeout)
    with pytest.raises(CannotOpen) as refusal:
        await opening
    assert refusal.value.reason is Reason.PAYWAY_UNAVAILABLE


async def test_starting_over_after_the_chosen_first_day_starts_at_once(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    tomorrow = house.shop.clock().date() + timedelta(days=1)
    purchase = await open_purchase(visitor, start_date=tomorrow)
    later(timedelta(days=3))
    again = await house.shop.purchases.start_over(visitor, purchase.id, BROWSER)
    assert (again.code, again.start_date) == (purchase.code, None)
