"""Steps are recorded beside the purchase, and never in its way."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.payway import calls_in_scope
from klarna_shop.shop.flows import FlowStep, Party, SdkStep, in_flow
from klarna_shop.shop.flows.context import current_flow
from klarna_shop.shop.flows.recorder import BATCH, MOST_TOLD
from klarna_shop.shop.flows.storage import FlowStorage
from klarna_shop.shop.purchase import CannotOpen, PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import NEW_CUSTOMER, Approve, Later, Line, Open, SignIn


async def steps(house: House) -> list[FlowStep]:
    """What is kept, oldest first."""
    await house.shop.recorder.flush()
    in_order = select(FlowStep).order_by("id")
    return list(await house.shop.database.read(lambda session: session.exec(in_order).all()))


async def test_each_call_of_a_purchase_is_kept_with_its_section_and_without_its_secrets(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in("astrid.lundmark@demo.example")
    purchase = await open_purchase(reader)
    token = str(uuid.uuid4())
    await house.shop.purchases.settle(await approve(reader, purchase, token))
    kept = await steps(house)
    own = [step for step in kept if step.purchase_id == purchase.id]
    by_section = {step.section: step for step in own}
    assert {"5.2", "5.3", "7", "8.2"} <= set(by_section)
    order = by_section["5.3"]
    assert (order.party, order.operation, order.status) == (
        "payway",
        "POST /v1/klarna_payments/place_order",
        "200",
    )
    assert order.milliseconds is not None
    assert purchase.id in order.request, "the merchant reference is what one searches for"
    text = "".join(step.request + step.response + step.error for step in kept)
    session_id = house.shop.encryption.decrypt(purchase.klarna_session_id_encrypted)
    private = (
        *(token, session_id, house.shop.purchases.client_token(purchase), "sandbox-secret", "demo1234"),
        *("astrid.lundmark", "Lundmark", "203.0.113.7", "sandbox-client"),
    )
    assert [secret for secret in private if secret in text] == []


async def test_a_new_customers_name_and_address_are_not_kept(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await open_purchase(visitor)
    await approve(visitor, purchase)
    kept = await steps(house)
    text = "".join(step.request + step.response for step in kept)
    assert "$CUSTOMER_EMAIL" in text
    assert [word for word in (NEW_CUSTOMER.email, NEW_CUSTOMER.last_name) if word in text] == []


async def test_what_was_asked_for_a_purchase_that_could_not_be_opened_is_kept_with_the_reason(
    house: House, sign_in: SignIn, open_purchase: Open
) -> None:
    reader = await sign_in("karin.oberg@demo.example")
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(reader)
    kept = await steps(house)
    last = kept[-1]
    assert (last.party, last.operation, last.error) == ("ledger", "not opened", refusal.value.reason.value)
    asked = [step.section for step in kept if step.purchase_id == last.purchase_id][:-1]
    assert [section for section in asked if section != "3.2"] == ["17", "7"]


async def test_recovery_records_for_the_purchase_it_looks_after(
    house: House, line: Line, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = ["lost"]
    purchase = await approve(visitor, await open_purchase(visitor))
    assert purchase.status is PurchaseState.UNKNOWN
    later(timedelta(seconds=30))
    await house.recovery.once()
    first, *again = [step for step in await steps(house) if step.section == "5.3"]
    assert (first.purchase_id, first.status, first.error) == (purchase.id, "", "AnswerLost")
    assert [(step.purchase_id, step.visitor_id) for step in again] == [(purchase.id, "visitor-one")]


async def test_a_repeated_read_says_which_try_it_is(house: House, line: Line) -> None:
    line.faults["/products"] = ["lost"]
    with calls_in_scope("visitor-two"):
        await house.shop.payway.products.all(title_code="DEMO")
    reads = [step for step in await steps(house) if step.section == "6.2"]
    assert [(step.attempt, step.error) for step in reads] == [(1, "AnswerLost"), (2, "")]
    assert {(step.purchase_id, step.visitor_id) for step in reads} == {(None, "visitor-two")}


async def test_a_storage_that_fails_changes_nothing_for_the_purchase(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(storage: FlowStorage, rows: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(FlowStorage, "write", broken)
    task = asyncio.create_task(house.shop.recorder.run())
    placed = await approve(visitor, await open_purchase(visitor))
    assert placed.status is PurchaseState.PLACED
    await house.shop.recorder.flush()
    assert house.shop.recorder.dropped >= 3
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_observer_that_fails_changes_nothing_for_the_purchase(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.shop.recorder._steps, "add", broken)
    placed = await approve(visitor, await open_purchase(visitor))
    assert placed.status is PurchaseState.PLACED


async def test_the_oldest_wait_no_longer_where_too_many_wait(house: House) -> None:
    recorder = house.shop.recorder
    recorder._steps._capacity = BATCH + 5
    for number in range(BATCH + 8):
        recorder.event(Party.LEDGER, f"step {number}")
    assert recorder.dropped == 3
    kept = await steps(house)
    assert [step.operation for step in kept] == [f"step {number}" for number in range(3, BATCH + 8)]


async def test_what_waits_is_written_when_the_server_stops(house: House) -> None:
    task = asyncio.create_task(house.shop.recorder.run())
    await asyncio.sleep(0)
    house.shop.recorder.event(Party.LEDGER, "the last step")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = await house.shop.database.read(lambda session: session.exec(select(FlowStep)).all())
    assert [step.operation for step in kept] == ["the last step"]


async def test_one_purchase_has_a_limited_number_of_steps_told_by_browsers(house: House) -> None:
    recorder = house.shop.recorder
    for _ in range(MOST_TOLD):
        recorder.sdk("p" * 32, SdkStep("load"), house.shop.clock())
    recorder.event(Party.PAGE, "one too many", purchase_id="p" * 32)
    recorder.event(Party.PAGE, "of nobody")
    recorder.sdk("q" * 32, SdkStep("load"), house.shop.clock())
    kept = await steps(house)
    assert sum(step.purchase_id == "p" * 32 for step in kept) == MOST_TOLD
    assert [step.purchase_id for step in kept[MOST_TOLD:]] == ["q" * 32]


async def test_more_steps_than_allowed_are_taken_away_oldest_first(house: House) -> None:
    storage = house.housekeeping.flow_storage
    storage.steps = 10
    for number in range(30):
        house.shop.recorder.event(Party.LEDGER, f"step {number}")
    assert len(await steps(house)) == 10, "looked at with the first batch"
    house.shop.recorder.event(Party.LEDGER, "one more")
    await steps(house)
    assert await storage.erase_old() == 1
    assert [step.operation for step in await steps(house)] == [f"step {n}" for n in range(21, 30)] + [
        "one more"
    ]


async def test_what_passers_by_did_goes_before_what_belongs_to_a_purchase(
    house: House, visitor: Reader, later: Later, open_purchase: Open
) -> None:
    recorder, storage = house.shop.recorder, house.housekeeping.flow_storage
    with calls_in_scope(visitor.visitor_id):
        recorder.event(Party.PAGE, "picker opened")
        await open_purchase(visitor)
    for number in range(50):
        with calls_in_scope(f"passer-by-{number}"):
            recorder.event(Party.PAGE, "picker opened")
    before = await steps(house)
    storage.steps = len(before) - 1
    assert await storage.trim() == 1, "those who passed just now may still buy"
    later(timedelta(hours=2))
    storage.steps = len(before) - 2
    await storage.trim()
    assert {step.visitor_id for step in await steps(house)} == {visitor.visitor_id}


async def test_old_steps_and_steps_of_erased_purchases_go(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    storage = house.housekeeping.flow_storage
    storage.days = 365
    purchase = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    assert purchase.status is PurchaseState.COMPLETED
    with calls_in_scope("visitor-one"):
        house.shop.recorder.event(Party.PAGE, "picker opened")
    assert {step.purchase_id for step in await steps(house)} >= {None, purchase.id}
    later(timedelta(days=31))
    await house.housekeeping.erase()
    assert {step.purchase_id for step in await steps(house)} == {None}
    later(timedelta(days=366))
    await house.housekeeping.erase()
    assert await steps(house) == []


@pytest.mark.parametrize("report", [None, [], "load", {}, {"call": "steal"}, {"call": ["load"]}])
def test_what_is_no_report_of_the_sdk_is_none(report: object) -> None:
    assert SdkStep.read(report) is None


def test_of_a_report_only_what_it_may_say_is_read() -> None:
    report = {
        "call": "authorize",
        "milliseconds": 12.5,
        "showForm": True,
        "approved": "yes",
        "error": "Error with words and 19800610-1234",
        "invalidFields": ["billing_address.email", "astrid@exempel.example", 7],
        "authorizationToken": "secret",
    }
    read = SdkStep.read(report)
    assert read == SdkStep(
        "authorize", 12.5, "", {"show_form": True, "invalid_fields": ["billing_address.email"]}
    )
    assert read.outcome == "invalid fields"


@pytest.mark.parametrize("time", [-1, 1e12, float("nan"), "3", None])
def test_a_time_that_cannot_be_is_none_at_all(time: object) -> None:
    read = SdkStep.read({"call": "load", "milliseconds": time, "showForm": False})
    assert read == SdkStep("load", 0.0, "", {"show_form": False})
    assert read.outcome == "hidden"


async def test_work_in_a_flow_ends_with_it() -> None:
    with in_flow("one"):
        with in_flow("two"):
            assert current_flow.get() == "two"
        assert current_flow.get() == "one"
    assert current_flow.get() is None
