"""Payway's webhooks: an event is a hint, after which the API is asked; anything else changes nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.webhooks import Hint, UnreadableEvent, read_event
from klarna_shop.shop.webhooks import service as webhook_service
from klarna_shop.web import payway_webhooks
from klarna_shop.web.log_redaction import redact_logs
from klarna_shop.web.payway_webhooks import webhook_routes
from tests.house import Approve, Line, Open, SignIn, books
from tests.web.webhooks import (
    ACCOUNT_ID,
    ADDRESS,
    OLD_SECRET,
    SECRET,
    caller,
    order_closed,
    taking,
    transport,
)

BUYER = "astrid.lundmark@demo.example"
WRITES = ("POST /external", "PUT /external")


async def _now(house: House, purchase: Purchase) -> Purchase:
    found = await house.shop.purchases.ledger.find(purchase.id)
    assert found is not None
    return found


async def _orders(house: House) -> list[tuple[str, str]]:
    return [(order.order_id, order.state) for order in (await books(house)).orders]


async def _told(house: House, event: dict[str, Any]) -> None:
    """Payway calls, and the shop does what there is to do. Recovery never runs in these tests."""
    async with caller(house) as payway:
        answer = await payway.post(ADDRESS, json=event)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    await house.shop.webhooks.once()


@pytest.mark.parametrize("customer", [True, False])
async def test_a_placed_purchase_is_completed_by_the_event_alone(
    house: House, visitor: Reader, sign_in: SignIn, open_purchase: Open, approve: Approve, customer: bool
) -> None:
    reader = await sign_in(BUYER) if customer else visitor
    placed = await approve(reader, await open_purchase(reader))
    assert placed.status is PurchaseState.PLACED
    await _told(house, order_closed(order_id=placed.order_id, merchant_reference=placed.id))
    assert (await _now(house, placed)).status is PurchaseState.COMPLETED


@pytest.mark.parametrize("customer", [True, False])
async def test_a_lost_answer_is_found_by_the_event_and_nothing_is_ordered_again(
    house: House,
    line: Line,
    visitor: Reader,
    sign_in: SignIn,
    open_purchase: Open,
    approve: Approve,
    customer: bool,
) -> None:
    reader = await sign_in(BUYER) if customer else visitor
    line.faults["/place_order"] = ["lost"]
    unknown = await approve(reader, await open_purchase(reader))
    assert unknown.status is PurchaseState.UNKNOWN
    [order] = [one for one in (await books(house)).orders if one.merchant_reference == unknown.id]
    line.calls.clear()
    await _told(house, order_closed(order_id=order.order_id, merchant_reference=unknown.id))
    settled = await _now(house, unknown)
    assert (settled.status, settled.order_id) == (PurchaseState.COMPLETED, order.order_id)
    assert [call for call in line.calls if call.startswith(WRITES)] == []


async def test_the_subscription_systems_envelope_settles_what_its_account_has_unfinished(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    placed = await approve(reader, await open_purchase(reader))
    event = {
        "event_name": "subscription_changed",
        "timestamp": "2026-11-30T09:08:42.054Z",
        "account_id": reader.account_id,
        "email": BUYER,
        "customer_number": "12345",
        "customer": {"first_name": "Astrid"},
    }
    await _told(house, event)
    assert (await _now(house, placed)).status is PurchaseState.COMPLETED


async def test_what_is_remembered_of_the_account_is_asked_again(
    house: House, line: Line, sign_in: SignIn
) -> None:
    reader = await sign_in("karin.oberg@demo.example")
    assert reader.account_id
    include, wanted = house.shop.entitlements.include, frozenset({"digital"})
    assert await include(reader.account_id, None, wanted)
    assert await include(reader.account_id, None, wanted)
    assert line.count("/active_products") == 1
    for event in (
        {"event": "account_changed", "payload": {"account": {"id": reader.account_id}}},
        {"event": "user_product_cancelled", "payload": {"account": {"id": reader.account_id.upper()}}},
    ):
        before = line.count("/active_products")
        await _told(house, event)
        assert await include(reader.account_id, None, wanted)
        assert line.count("/active_products") == before + 1


async def test_an_event_recovery_and_a_page_at_once_change_it_once(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    placed = await approve(reader, await open_purchase(reader))
    hint = Hint(purchase_id=placed.id)
    house.shop.webhooks.receive(hint)
    await asyncio.gather(
        house.shop.webhooks.once(),
        *(house.recovery.settling.settle(placed) for _ in range(3)),
        *(house.shop.webhooks.lookup.look_up(placed) for _ in range(3)),
    )
    history = await house.shop.purchases.ledger.history(placed.id)
    assert [change.to_state for change in history].count("completed") == 1


async def test_a_forged_event_makes_payway_be_asked_and_changes_nothing(
    house: House, line: Line, visitor: Reader, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    """Somebody knows the address and the purchase, and says that another customer's order is its."""
    other = await sign_in("karin.oberg@demo.example")
    foreign = (await house.shop.payway.orders.by_account(other.account_id or ""))[0]
    line.faults["/place_order"] = [httpx.Response(502)]
    unknown = await approve(visitor, await open_purchase(visitor))
    assert unknown.status is PurchaseState.UNKNOWN
    before, orders = await _now(house, unknown), await _orders(house)
    line.calls.clear()
    for order_id in (foreign.order_id, "DEMO-999999", "DEMO-1"):
        event = order_closed(
            account_id=other.account_id or "", order_id=order_id, merchant_reference=unknown.id
        )
        await _told(house, event)
    assert await _now(house, unknown) == before
    assert await _orders(house) == orders
    assert line.count("/order") > 0
    assert [call for call in line.calls if call.startswith(WRITES)] == []


async def test_an_event_places_no_approved_purchase_and_disturbs_no_call_under_way(
    house: House, line: Line, visitor: Reader, open_purchase: Open
) -> None:
    purchase = await open_purchase(visitor)
    authorized = await house.shop.purchases.approve(visitor, purchase.session_fingerprint, str(uuid.uuid4()))
    await _told(house, order_closed(merchant_reference=purchase.id))
    assert (await _now(house, purchase)).status is PurchaseState.AUTHORIZED
    line.hold = asyncio.Event()
    placing = asyncio.create_task(house.shop.purchases.place(authorized))
    while not line.held:  # noqa: ASYNC110 - the line only counts
        await asyncio.sleep(0)
    await _told(house, order_closed(merchant_reference=purchase.id))
    assert (await _now(house, purchase)).status is PurchaseState.PLACING
    line.hold.set()
    placed = await placing
    assert placed.redirect_url, "the buyer is led to Klarna all the same"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_with_another_secret_there_is_nothing(house: House, method: str) -> None:
    async with caller(house) as anybody:
        unknown = await anybody.request(method, "/hooks/payway", content=b"{}")
        for secret in (
            "wrong",
            SECRET[:-1],
            f"{SECRET}x",
            SECRET.upper(),
            f"{SECRET},{OLD_SECRET}",
            "%00",
            "å",
        ):
            answer = await anybody.request(method, f"/hooks/payway/{secret}", content=b"{}")
            assert answer.status_code == 404
            assert (answer.content, answer.headers) == (unknown.content, unknown.headers)


async def test_without_a_secret_there_is_no_such_route(house: House) -> None:
    assert webhook_routes(house.shop) == []


async def test_while_secrets_are_rotated_both_are_taken(house: House) -> None:
    async with caller(house) as payway:
        for secret in (SECRET, OLD_SECRET):
            assert (await payway.post(f"/hooks/payway/{secret}", json=order_closed())).status_code == 200
        assert (await payway.get(ADDRESS)).status_code == 405


UNREADABLE = {
    "nothing": b"",
    "text": b"order_closed",
    "a form": b"event=order_closed&account=1",
    "broken off": b'{"event": "order_closed", "payload": {',
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"event": NaN}',
    "infinity": b'{"payload": {"order": {"order_id": -Infinity}}}',
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep in an event": b'{"payload": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001,
    "a huge number": b'{"event": ' + b"9" * 20_000 + b"}",
    "UTF-16": json.dumps(order_closed()).encode("utf-16"),
    "UTF-32": json.dumps(order_closed()).encode("utf-32"),
    "Latin-1": '{"event": "å"}'.encode("latin-1"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "packed": bytes.fromhex("1f8b0800"),
    "two": b"{}{}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_event_is_refused_and_does_nothing(house: House, line: Line, body: bytes) -> None:
    async with caller(house) as payway:
        answer = await payway.post(ADDRESS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    await house.shop.webhooks.once()
    assert line.calls == []


WRONG_TYPES: list[Any] = [None, True, 0, -1, 1.5, "", "x" * 60_000, [], [1], {}, {"id": {"$ne": 1}}, [[]]]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: repr(value)[:20])
async def test_wrong_types_anywhere_are_no_hint(house: House, line: Line, value: Any) -> None:
    events = [
        {"event": value, "timestamp": value, "payload": value},
        {"payload": {"account": value, "order": value, "user_product": value}},
        {"payload": {"account": {"id": value}, "order": {"order_id": value, "merchant_reference": value}}},
        {"event_name": value, "account_id": value, "customer": value},
    ]
    async with caller(house) as payway:
        for event in events:
            assert (await payway.post(ADDRESS, json=event)).status_code in {200, 413}
    await house.shop.webhooks.once()
    assert line.calls == []


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ACCOUNT_ID, "DEMO-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["payload", "account", "order", "id", "order_id", "account_id"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(event=_JSON)
def test_whatever_is_read_is_an_id_or_nothing(event: Any) -> None:
    try:
        hint = read_event(json.dumps(event).encode())
    except UnreadableEvent:
        return
    assert hint.account_id in {"", ACCOUNT_ID}
    assert hint.order_number in {"", "DEMO-1"}
    assert hint.purchase_id == ""


@given(body=st.binary(max_size=200))
def test_any_bytes_are_an_event_or_refused(body: bytes) -> None:
    try:
        read_event(body)
    except UnreadableEvent:
        return


async def test_a_huge_body_is_not_read_to_its_end(house: House) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b" " * 10_000

    [route] = webhook_routes(taking(house))
    scope = _scope()
    chunks = endless()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    status = await _answered(Starlette(routes=[route]), scope, receive)
    assert status == 413
    assert given <= 7


async def test_a_body_that_is_said_to_be_huge_is_not_read_at_all(house: House) -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    app = Starlette(routes=[*webhook_routes(taking(house))])
    assert await _answered(app, _scope(("content-length", "10000000")), receive) == 413


async def test_a_body_that_never_ends_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payway_webhooks, "READING_SECONDS", 0.01)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    assert await _answered(Starlette(routes=[*webhook_routes(taking(house))]), _scope(), receive) == 408


def _scope(*headers: tuple[str, str]) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return {
        "type": "http",
        "method": "POST",
        "path": ADDRESS,
        "raw_path": ADDRESS.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": raw,
        "scheme": "http",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }


async def _answered(app: Starlette, scope: dict[str, Any], receive: Any) -> int:
    status = 0

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, send)
    return status


async def test_repetitions_cost_nothing(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    placed = await approve(reader, await open_purchase(reader))
    line.calls.clear()
    async with caller(house) as payway:
        for _ in range(50):
            event = order_closed(order_id=placed.order_id, merchant_reference=placed.id)
            assert (await payway.post(ADDRESS, json=event)).status_code == 200
    await house.shop.webhooks.once()
    assert (await _now(house, placed)).status is PurchaseState.COMPLETED
    asked = len(line.calls)
    for _ in range(50):
        await _told(house, order_closed(order_id=placed.order_id, merchant_reference=placed.id))
    assert len(line.calls) == asked, "a late one finds nothing unfinished"


async def test_a_flood_fills_no_memory_and_asks_payway_nothing(house: House, line: Line) -> None:
    webhooks = house.shop.webhooks
    for number in range(3_000):
        webhooks.receive(Hint(order_number=f"DEMO-{number}"))
    assert len(webhooks._waiting) <= webhook_service.ALL_HINTS.at_once + 20
    assert webhooks.dropped > 2_500
    await webhooks.once()
    assert line.calls == [], "nothing unfinished has such an order"


async def test_one_that_fails_ends_nothing(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = await approve(visitor, await open_purchase(visitor))
    webhooks, failed = house.shop.webhooks, asyncio.Event()

    async def fails(*_: object, **__: object) -> Any:
        failed.set()
        raise ConnectionError("the database is gone")

    running = asyncio.create_task(webhooks.run())
    with monkeypatch.context() as patched:
        patched.setattr(type(webhooks.lookup), "unfinished", fails)
        webhooks.receive(Hint(order_number="DEMO-1"))
        await failed.wait()
    webhooks.receive(Hint(purchase_id=placed.id))
    async with asyncio.timeout(30):
        while (await _now(house, placed)).status is not PurchaseState.COMPLETED:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()


async def test_payway_that_does_not_answer_leaves_it_to_recovery(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    placed = await approve(reader, await open_purchase(reader))
    line.faults["/active_products"] = ["unreachable"] * 9
    await _told(house, order_closed(merchant_reference=placed.id))
    assert (await _now(house, placed)).status is PurchaseState.PLACED


async def test_nothing_of_an_event_is_logged_or_stored(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, caplog: pytest.LogCaptureFixture
) -> None:
    redact_logs()
    caplog.set_level(logging.DEBUG)
    placed = await approve(visitor, await open_purchase(visitor))
    await _told(house, order_closed(order_id=placed.order_id, merchant_reference=placed.id))
    async with caller(house) as payway:
        await payway.post(ADDRESS, content=b'{"contact_email": "webhooka.personsson@mail.example"')
    await house.shop.recorder.flush()
    assert "HTTP Request: POST http://localhost:8000/hooks/payway/…" in caplog.text, (
        "httpx says where it calls"
    )
    database = house.shop.database.url.database
    assert database
    kept = Path(database).read_bytes() + Path(f"{database}-wal").read_bytes()  # noqa: ASYNC240 - small
    assert b"webhook received" in kept, "the studio shows that there was one"
    for mark in (SECRET, "webhooka", "Personsson", "194103212021"):
        assert mark.lower() not in caplog.text.lower()
        assert mark.encode() not in kept


def test_no_access_log_holds_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    redact_logs()
    caplog.set_level(logging.INFO)
    for name in ("granian.access", "uvicorn.access", "httpx"):
        logging.getLogger(name).info('"%s %s HTTP/1.1" %d', "POST", f"{ADDRESS}?a=1", 200)
    assert SECRET not in caplog.text
    assert caplog.text.count("/hooks/payway/…?a=1") == 3


async def test_the_sandbox_settles_a_purchase_by_its_webhook(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    """Both ends: what the sandbox sends is what the shop takes."""
    assert house.sandbox is not None
    sending = house.sandbox.webhooks
    sending.settings = replace(sending.settings, webhook_url=f"http://localhost:8000{ADDRESS}")
    sending.transport = transport(house)
    reader = await sign_in(BUYER)
    placed = await approve(reader, await open_purchase(reader))
    await sending.settle()
    await house.shop.webhooks.once()
    assert (await _now(house, placed)).status is PurchaseState.COMPLETED
    assert (sending.counts.taken, sending.counts.refused) == (2, 0)
