"""Finding a flow, and reading it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.payway import calls_in_scope
from klarna_shop.shop.flows import Party, SdkStep
from klarna_shop.shop.flows.search import NEVER_OPENED, PAGE, FlowSearch
from klarna_shop.shop.flows.sequence import Lane, messages
from klarna_shop.shop.flows.service import Flow
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import CannotOpen, Purchase
from klarna_shop.shop.reader import Reader
from tests.house import NEW_CUSTOMER, Approve, Line, Open, SignIn


async def read(house: House, purchase_id: str) -> Flow:
    await house.shop.recorder.flush()
    flow = await house.shop.flows.flow(purchase_id)
    assert flow is not None
    return flow


async def found(house: House, **search: object) -> list[str]:
    await house.shop.recorder.flush()
    page = await house.shop.flows.search(FlowSearch(**search))  # type: ignore[arg-type]
    return [flow.purchase_id for flow in page.flows]


@pytest.fixture
async def bought(house: House, visitor: Reader, open_purchase: Open, approve: Approve) -> Purchase:
    """A new customer's purchase, with what the page told of it."""
    recorder = house.shop.recorder
    with calls_in_scope(visitor.visitor_id):
        recorder.event(Party.PAGE, "picker opened", article="hamnen")
        purchase = await open_purchase(visitor)
        recorder.sdk(
            purchase.id,
            SdkStep("load", 20.0, "", {"show_form": True}),
            house.shop.clock() + timedelta(milliseconds=20),
        )
        recorder.event(Party.PAGE, "order button pressed", purchase_id=purchase.id)
        return await house.shop.purchases.settle(await approve(visitor, purchase))


async def test_days_at_the_ends_of_the_calendar_find_what_there_is(house: House, bought: Purchase) -> None:
    assert await found(house, since=date.min, until=date.max) == [bought.id]
    assert await found(house, until=date.min) == await found(house, since=date.max) == []


async def test_a_flow_tells_everything_in_its_order(house: House, bought: Purchase) -> None:
    flow = await read(house, bought.id)
    told = [step.operation for step in flow.steps if step.party is not Party.PAYWAY]
    assert [operation for operation in told if "→" in operation] == [
        "session_open → authorized",
        "authorized → placing",
        "placing → placed",
        "placed → completed",
    ]
    assert told[:2] == ["picker opened", "opened"]
    assert flow.steps[0].before
    assert [step.at for step in flow.steps] == sorted(step.at for step in flow.steps)
    sections = [step.section for step in flow.steps if step.section not in {"", "3.2"} and not step.before]
    assert sections == ["17", "5.2", "7", "5.3"]
    placing = next(n for n, step in enumerate(flow.steps) if step.status == "placing")
    assert flow.steps[placing + 1].section in {"7", "3.2"}, "what was called after it was written down"


async def test_a_flow_is_found_by_what_one_knows_of_it(
    house: House, line: Line, visitor: Reader, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    first = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    reader = await sign_in("astrid.lundmark@demo.example")
    line.faults["/place_order"] = ["lost"]
    second = await approve(reader, await open_purchase(reader))
    with pytest.raises(CannotOpen):
        await open_purchase(await sign_in("karin.oberg@demo.example"))
    everything = await found(house)
    assert everything[1:] == [second.id, first.id]
    unopened = everything[0]
    assert await found(house, number=first.id[:8]) == [first.id]
    assert await found(house, number=first.order_id) == [first.id]
    assert await found(house, number="%") == []
    assert await found(house, customer=NEW_CUSTOMER.email.upper()) == [first.id]
    assert await found(house, customer="astrid.lundmark@demo.example") == [second.id]
    assert await found(house, customer="karin.oberg@demo.example") == [unopened]
    assert await found(house, customer=second.account_id) == [second.id]
    assert await found(house, customer="lasare@exempel.example") == [], "the whole address or none"
    assert await found(house, state="unknown") == [second.id]
    assert await found(house, state=NEVER_OPENED) == [unopened]
    assert await found(house, error="AnswerLost") == [second.id]
    assert await found(house, error="already_subscribed") == [unopened]
    today = seller_date(house.shop.clock())
    assert await found(house, since=today, until=today) == everything
    assert await found(house, until=today - timedelta(days=1)) == []
    assert await found(house, since=today + timedelta(days=1)) == []


async def test_the_list_goes_on_over_pages(house: House, visitor: Reader, open_purchase: Open) -> None:
    opened = [
        (await open_purchase(replace(visitor, visitor_id=f"visitor-{number}"))).id
        for number in range(PAGE + 2)
    ]
    first = await house.shop.flows.search(FlowSearch())
    second = await house.shop.flows.search(FlowSearch(page=2))
    assert (first.more, second.more) == (True, False)
    together = [flow.purchase_id for flow in (*first.flows, *second.flows)]
    assert together == opened[::-1]
    assert await house.shop.flows.newest_of("visitor-3") == opened[3]
    assert await house.shop.flows.newest_of("nobody") == ""


async def test_a_purchase_that_was_never_opened_has_a_flow(
    house: House, sign_in: SignIn, open_purchase: Open
) -> None:
    with pytest.raises(CannotOpen):
        await open_purchase(await sign_in("karin.oberg@demo.example"))
    (purchase_id,) = await found(house)
    flow = await read(house, purchase_id)
    assert (flow.summary.state, flow.summary.error) == (NEVER_OPENED, "already_subscribed")
    assert flow.steps[-1].request["body"]["product_code"] == "digital"


async def test_nothing_is_known_of_an_unknown_purchase(house: House) -> None:
    assert await house.shop.flows.flow("x" * 32) is None


async def test_an_export_is_json_with_every_step(house: House, bought: Purchase) -> None:
    flow = await read(house, bought.id)
    exported = json.loads(json.dumps(flow.exported()))
    assert exported["flow"]["purchase_id"] == bought.id
    assert [step["key"] for step in exported["steps"]] == [step.key for step in flow.steps]


async def test_whoever_follows_a_flow_sees_that_it_grew(
    house: House, visitor: Reader, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    await house.shop.recorder.flush()
    before = await house.shop.flows.version(purchase.id)
    assert await house.shop.flows.version(purchase.id) == before
    house.shop.recorder.event(Party.LEDGER, "something", purchase_id=purchase.id)
    await house.shop.recorder.flush()
    after = await house.shop.flows.version(purchase.id)
    await house.shop.purchases.refused_by_klarna(visitor, purchase.id, purchase.session_fingerprint)
    assert before < after < await house.shop.flows.version(purchase.id)


async def test_the_sequence_has_a_call_and_an_answer_for_each_party(house: House, bought: Purchase) -> None:
    flow = await read(house, bought.id)
    drawn = messages(flow.steps)
    assert {message.sender for message in drawn} == set(Lane)
    asked = [message for message in drawn if message.receiver is Lane.PAYWAY]
    answered = [message for message in drawn if message.sender is Lane.PAYWAY]
    assert sorted(message.key for message in asked) == sorted(message.key for message in answered)
    order = [message.key for message in drawn]
    assert all(order.index(message.key) == drawn.index(message) for message in asked), "asked, then answered"
    assert all(message.answer for message in answered)
    assert "POST /v2/klarna_payments/place_order (§5.3)" in [message.label for message in asked]
