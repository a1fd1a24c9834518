"""Whole purchases against the sandbox: what the ledger says, and what Payway's books say."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date, timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import CannotOpen, CustomerDetails, NotYours, PurchaseState, Reason
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Approve, Later, Line, Open, SignIn, books

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


async def _orders(house: House) -> int:
    return len([order for order in (await books(house)).orders if order.merchant_reference])


async def test_a_new_customer_buys_and_the_ledger_agrees_with_payway(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    placed = await approve(visitor, await open_purchase(visitor))
    assert placed.status is PurchaseState.PLACED
    assert placed.order_id
    assert (placed.redirect_url or "").startswith(house.shop.settings.app_url)
    completed = await house.shop.purchases.settle(placed)
    assert completed.status is PurchaseState.COMPLETED
    [order] = [o for o in (await books(house)).orders if o.merchant_reference == placed.id]
    assert order.order_id == placed.order_id
    history = await house.shop.purchases.ledger.history(placed.id)
    assert [change.to_state for change in history] == [
        "session_open",
        "authorized",
        "placing",
        "placed",
        "completed",
    ]


async def test_a_signed_in_customer_buys_and_payway_says_that_it_opens(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await approve(reader, await open_purchase(reader))
    assert (await house.shop.purchases.settle(purchase)).status is PurchaseState.COMPLETED


async def test_a_trial_is_ordered_as_a_trial_with_direct_debit(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    opened = await open_purchase(visitor, "digital-trial")
    assert opened.payment_method_category == "direct_debit"
    assert (await approve(visitor, opened)).status is PurchaseState.PLACED
    assert line.count("/place_trial_order") == 1
    assert line.count("/place_order") == 0


async def test_ten_approvals_at_once_make_one_order(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    token = str(uuid.uuid4())
    await asyncio.gather(*(approve(visitor, purchase, token) for _ in range(10)))
    assert await _orders(house) == 1


async def test_two_tabs_with_a_purchase_each_make_one_order(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    first, second = await open_purchase(visitor), await open_purchase(visitor)
    results = await asyncio.gather(approve(visitor, first), approve(visitor, second))
    assert sorted(result.state for result in results) == ["failed", "placed"]
    refused = next(result for result in results if result.state == "failed")
    assert refused.reason == Reason.ALREADY_SUBSCRIBED
    assert await _orders(house) == 1


async def test_a_token_of_another_purchase_is_no_subscription(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    token = str(uuid.uuid4())
    await approve(visitor, await open_purchase(visitor), token)
    other = Reader(visitor_id="another browser")
    stranger = CustomerDetails("another@exempel.example", "Ny", "Läsare")
    refused = await approve(other, await open_purchase(other, customer=stranger), token)
    assert (refused.state, refused.reason) == ("failed", Reason.AUTHORIZATION_EXPIRED)
    assert await _orders(house) == 1


async def test_a_second_tab_left_open_cannot_buy_again_after_the_first_has_completed(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    first, second = await open_purchase(visitor), await open_purchase(visitor)
    await house.shop.purchases.settle(await approve(visitor, first))
    refused = await approve(visitor, second)
    assert (refused.state, refused.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert await _orders(house) == 1


async def test_a_lost_answer_is_unknown_and_recovery_finds_the_order(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["lost"]
    unknown = await approve(visitor, purchase)
    assert unknown.status is PurchaseState.UNKNOWN
    later(timedelta(seconds=30))
    await house.recovery.once()
    found = await house.shop.purchases.find(visitor, purchase.id)
    assert found.status in {PurchaseState.PLACED, PurchaseState.COMPLETED}
    assert await _orders(house) == 1


async def test_a_lost_answer_for_a_known_account_is_found_by_its_merchant_reference(
    house: House, line: Line, sign_in: SignIn, later: Later, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await open_purchase(reader)
    line.faults["/place_order"] = ["lost"]
    assert (await approve(reader, purchase)).status is PurchaseState.UNKNOWN
    later(timedelta(seconds=30))
    await house.recovery.once()
    found = await house.shop.purchases.find(reader, purchase.id)
    assert found.order_id is not None
    assert line.count("/place_order") == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(500, json={"code": "internal_server_error", "message": "fault"}),
        httpx.Response(200, text="<html>maintenance</html>"),
    ],
    ids=["502", "500", "html"],
)
async def test_an_answer_that_says_nothing_is_unknown_and_then_resolved(
    house: House,
    line: Line,
    visitor: Reader,
    later: Later,
    open_purchase: Open,
    approve: Approve,
    answer: httpx.Response,
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = [answer]
    assert (await approve(visitor, purchase)).status is PurchaseState.UNKNOWN
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).order_id
    assert await _orders(house) == 1


async def test_what_certainly_was_not_sent_is_tried_again(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["unreachable"]
    waiting = await approve(visitor, purchase)
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.PAYWAY_UNAVAILABLE)
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).order_id
    assert await _orders(house) == 1


async def test_an_authorization_that_was_never_sent_expires_without_an_order(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["unreachable"]
    await approve(visitor, purchase)
    later(timedelta(minutes=61))
    await house.recovery.once()
    found = await house.shop.purchases.find(visitor, purchase.id)
    assert (found.state, found.reason) == ("expired", Reason.AUTHORIZATION_EXPIRED)
    assert await _orders(house) == 0


async def test_what_cannot_be_decided_in_time_is_unresolved_and_never_offered_again(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["lost"]
    await approve(visitor, purchase)
    later(timedelta(minutes=61))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).status is PurchaseState.UNRESOLVED
    with pytest.raises(CannotOpen):
        await house.shop.purchases.start_over(visitor, purchase.id, BROWSER)
    with pytest.raises(CannotOpen):
        await open_purchase(visitor)
    assert await _orders(house) == 1


async def test_a_crash_between_approval_and_order_is_finished_after_the_restart(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    await house.shop.purchases.approve(visitor, purchase.session_fingerprint, str(uuid.uuid4()))
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).order_id
    assert await _orders(house) == 1


async def test_a_refused_payment_leaves_no_order_and_a_new_attempt_has_its_own_purchase(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    debt = CustomerDetails("nagon+debt@exempel.example", "Någon", "Skyldig")
    refused = await approve(visitor, await open_purchase(visitor, customer=debt))
    assert (refused.state, refused.reason) == ("refused", Reason.PAYMENT_METHOD_FAILED)
    again = await house.shop.purchases.start_over(visitor, refused.id, BROWSER)
    assert again.id != refused.id
    assert again.session_fingerprint != refused.session_fingerprint


async def test_a_session_older_than_48_hours_is_expired(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    later(timedelta(hours=49))
    found = await house.shop.purchases.find(visitor, purchase.id)
    assert (found.state, found.reason) == ("expired", Reason.SESSION_EXPIRED)
    assert (await approve(visitor, purchase)).state == "expired"
    assert await _orders(house) == 0


async def test_a_personal_number_that_belongs_to_another_account_is_a_definite_refusal(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in("eva.wiklund@demo.example")
    failed = await approve(reader, await open_purchase(reader))
    assert (failed.state, failed.reason) == ("failed", Reason.SSN_ALREADY_TAKEN)


async def test_who_subscribes_already_is_told_before_a_session_is_made(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open
) -> None:
    reader = await sign_in(SUBSCRIBER)
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(reader)
    assert refusal.value.reason is Reason.ALREADY_SUBSCRIBED
    assert line.count("/create_session") == 0


async def test_a_stranger_learns_nothing_about_a_known_address_before_klarna_has_approved(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    opened = await open_purchase(visitor, customer=CustomerDetails(SUBSCRIBER, "Karin", "Öberg"))
    assert opened.status is PurchaseState.SESSION_OPEN
    assert line.count("/pre_validate_purchase") == 0
    refused = await approve(visitor, opened)
    assert (refused.state, refused.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert line.count("/place_order") == 0
    assert await _orders(house) == 0


@pytest.mark.parametrize(
    ("customer", "faults"),
    [
        (CustomerDetails("inte en adress", "A", "B"), ("email",)),
        (CustomerDetails("åsa@exempel.se", "A", "B"), ("email", "email:unsupported")),
        (CustomerDetails("a@b.se", "", "B"), ("first_name",)),
        (CustomerDetails("a@b.se", "A\x00", "x" * 101), ("first_name", "last_name", "last_name:too_long")),
    ],
)
async def test_what_cannot_be_used_is_named(
    house: House,
    line: Line,
    visitor: Reader,
    open_purchase: Open,
    customer: CustomerDetails,
    faults: tuple[str, ...],
) -> None:
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(visitor, customer=customer)
    assert (refusal.value.reason, refusal.value.fields) == (Reason.INVALID_FIELDS, faults)
    assert line.count("/create_session") == 0


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2099, 1, 1)])
async def test_a_start_date_must_be_near(
    house: House, visitor: Reader, open_purchase: Open, day: date
) -> None:
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(visitor, start_date=day)
    assert refusal.value.fields == ("start_date",)


async def test_another_persons_purchase_is_as_good_as_none(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    for stranger in (Reader(visitor_id="somebody-else"), Reader()):
        with pytest.raises(NotYours):
            await house.shop.purchases.find(stranger, purchase.id)
    for nonsense in ("", "x", "../..", None, 7, "å" * 32):
        with pytest.raises(NotYours):
            await house.shop.purchases.find(visitor, nonsense)


@pytest.mark.parametrize("fingerprint", ["", None, "0" * 32, {"a": 1}])
async def test_an_approval_for_another_session_changes_nothing(
    house: House, visitor: Reader, open_purchase: Open, fingerprint: object
) -> None:
    purchase = await open_purchase(visitor)
    with pytest.raises(NotYours):
        await house.shop.purchases.approve(visitor, fingerprint, str(uuid.uuid4()))
    assert (await house.shop.purchases.find(visitor, purchase.id)).status is PurchaseState.SESSION_OPEN


@pytest.mark.parametrize("token", ["", None, "x" * 2000, "with space in it", 5, ["a"]])
async def test_a_malformed_authorization_token_changes_nothing(
    house: House, visitor: Reader, open_purchase: Open, token: object
) -> None:
    purchase = await open_purchase(visitor)
    after = await house.shop.purchases.approve(visitor, purchase.session_fingerprint, token)
    assert after.status is PurchaseState.SESSION_OPEN


async def test_payway_out_of_reach_makes_no_purchase(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    await house.shop.offers.offers()
    line.faults["/create_session"] = ["unreachable"]
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(visitor)
    assert refusal.value.reason is Reason.PAYWAY_UNAVAILABLE


async def test_secrets_are_not_readable_in_the_row(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    token = str(uuid.uuid4())
    placed = await approve(visitor, await open_purchase(visitor), token)
    written = repr(placed.model_dump())
    for secret in (token, house.shop.purchases.client_token(placed), "ny.lasare", "Läsare", "203.0.113.7"):
        assert secret not in written


@pytest.mark.parametrize(
    "redirect_url",
    [
        "https://evil.example/x",
        "https://pay.klarna.com:99999/x",
        "https://evil%2f.klarna.com/x",
        "https://evil;.klarna.com/x",
        "https://evil\u2044.klarna.com/x",
    ],
)
async def test_a_redirect_that_cannot_be_followed_goes_straight_to_the_confirmation(
    house: House,
    line: Line,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    caplog: pytest.LogCaptureFixture,
    redirect_url: str,
) -> None:
    answer = httpx.Response(200, json={"item": {"order_id": "DEMO-1", "redirect_url": redirect_url}})
    line.faults["/place_order"] = [answer]
    placed = await approve(visitor, await open_purchase(visitor))
    assert placed.status is PurchaseState.PLACED
    assert placed.redirect_url is None
    assert caplog.text.count("KLARNA_REDIRECT_HOSTS") == 1
    assert "evil" not in caplog.text


async def test_a_server_that_dies_while_payway_works_finds_the_order_afterwards(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["silent"]
    server = asyncio.ensure_future(approve(visitor, purchase))
    await line.silent.wait()
    server.cancel()
    with pytest.raises(asyncio.CancelledError):
        await server
    stuck = await house.shop.purchases.find(visitor, purchase.id)
    assert stuck.status is PurchaseState.PLACING
    for _ in range(2):
        await house.recovery.once()
        later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).status in {
        PurchaseState.PLACED,
        PurchaseState.COMPLETED,
    }
    assert await _orders(house) == 1


async def test_a_sign_in_that_ran_out_in_the_middle_waits_for_the_next_one(
    house: House, line: Line, sign_in: SignIn, later: Later, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await open_purchase(reader)
    await house.shop.identities.sign_out(reader)
    waiting = await approve(reader, purchase)
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.LOGIN_REQUIRED)
    assert line.count("/place_order") == 0
    reader = await sign_in(NOTHING_BOUGHT)
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(reader, purchase.id)).order_id
    assert await _orders(house) == 1


async def test_a_placed_purchase_is_completed_by_recovery_though_nobody_looks(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    placed = await approve(visitor, await open_purchase(visitor))
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, placed.id)).status is PurchaseState.COMPLETED


async def test_a_round_of_recovery_that_fails_does_not_end_the_next(
    house: House, visitor: Reader, line: Line, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["unreachable", "unreachable"]
    await approve(visitor, purchase)
    for _ in range(2):
        later(timedelta(seconds=30))
        await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).order_id


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"code": "not_found", "message": "Not found"}),
        httpx.Response(
            400, json={"code": "invalid_parameter", "field": "klarna_authorization_token", "message": "used"}
        ),
        httpx.Response(409, json={"code": "conflict", "message": "conflict"}),
    ],
    ids=["404", "authorization used", "409"],
)
async def test_a_refused_repetition_is_no_proof_that_the_lost_call_failed(
    house: House,
    line: Line,
    visitor: Reader,
    later: Later,
    open_purchase: Open,
    approve: Approve,
    answer: httpx.Response,
) -> None:
    purchase = await open_purchase(visitor)
    line.faults["/place_order"] = ["lost", answer]
    await approve(visitor, purchase)
    later(timedelta(seconds=30))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).status is PurchaseState.UNKNOWN
    later(timedelta(minutes=2))
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, purchase.id)).status in {
        PurchaseState.PLACED,
        PurchaseState.COMPLETED,
    }
    assert await _orders(house) == 1


async def test_a_repetition_that_klarna_refuses_is_a_refusal(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    refused = httpx.Response(403, json={"code": "payment_method_failed", "message": "Payment method failed"})
    line.faults["/place_order"] = [httpx.Response(502, text="<html></html>"), refused]
    await approve(visitor, purchase)
    later(timedelta(seconds=30))
    await house.recovery.once()
    found = await house.shop.purchases.find(visitor, purchase.id)
    assert (found.state, found.reason) == ("refused", Reason.PAYMENT_METHOD_FAILED)
