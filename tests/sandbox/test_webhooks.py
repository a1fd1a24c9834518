"""The sandbox's webhooks: the documented bodies, and what can become of them on their way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from klarna_shop.sandbox.webhooks import WebhookConduct, Webhooks
from tests.sandbox.conftest import Caller, MakeCaller

ADDRESS = "http://shop.example/hooks/payway/the-secret"
AUTHORIZED = httpx.BasicAuth("sandbox-client", "sandbox-secret")


class Receiver(httpx.AsyncBaseTransport):
    """The other end: keeps what it is sent, and answers as `answers` says, then 200."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answers: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, str(request.url)) == ("POST", ADDRESS)
        assert request.headers["content-type"] == "application/json"
        self.events.append(json.loads(await request.aread()))
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)

    @property
    def names(self) -> list[str]:
        return [event.get("event") or event["event_name"] for event in self.events]


@pytest.fixture
def receiver(caller: Caller) -> Receiver:
    receiver, webhooks = Receiver(), caller.sandbox.webhooks
    webhooks.settings = replace(webhooks.settings, webhook_url=ADDRESS)
    webhooks.transport, webhooks.pauses_seconds = receiver, (0.0, 0.0)
    return receiver


async def _sent(caller: Caller) -> Webhooks:
    await caller.sandbox.webhooks.settle()
    return caller.sandbox.webhooks


async def test_a_purchase_sends_its_documented_events(caller: Caller, receiver: Receiver) -> None:
    assert (await caller.buy("astrid.lundmark")).status_code == 200
    await _sent(caller)
    assert sorted(receiver.names) == ["account_changed", "order_closed"]
    event = next(one for one in receiver.events if one["event"] == "order_closed")
    assert event["timestamp"] == "2026-03-10T09:30:00.000Z"
    account, order = event["payload"]["account"], event["payload"]["order"]
    me = (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]
    assert (account["id"], account["contact_email"]) == (me["id"], me["email"])
    assert (order["state"], order["payment_option"]) == ("closed", "klarna_payments")
    assert (order["merchant_reference"], order["total_price"]) == ("purchase-1", "129.00")
    stored = (await caller.get("/v1/order", order_id=order["order_id"])).json()["item"]
    assert stored["id"] == order["id"]


async def test_a_trial_changes_no_account(caller: Caller, receiver: Receiver) -> None:
    assert (await caller.buy(None, "digital-trial")).status_code == 200
    await _sent(caller)
    assert receiver.names == ["order_closed"]


async def test_what_was_refused_is_not_announced(caller: Caller, receiver: Receiver) -> None:
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", True)
    assert (await caller.buy("astrid.lundmark")).status_code == 403
    await _sent(caller)
    assert receiver.events == []


async def test_cancelling_and_taking_it_back_are_announced(caller: Caller, receiver: Receiver) -> None:
    me = (await caller.get("/v1/me", "karin.oberg")).json()["item"]
    held = next(one for one in me["user_products"] if one["state"] == "activated")
    for call in ("cancel_product", "reactivate_product"):
        assert (await caller.send("PUT", f"/v1/me/{call}", "karin.oberg", id=held["id"])).status_code == 200
    await _sent(caller)
    assert sorted(receiver.names) == ["user_product_cancelled", "user_product_uncancelled"]
    for event in receiver.events:
        assert event["payload"]["account"]["id"] == me["id"]
        assert event["payload"]["user_product"]["order_id"] == held["order_id"]


async def test_they_can_come_twice_or_never_or_in_the_other_envelope(
    caller: Caller, receiver: Receiver
) -> None:
    webhooks = caller.sandbox.webhooks
    webhooks.conduct = WebhookConduct(copies=2)
    await caller.buy(None, "digital-trial")
    assert (await _sent(caller)).counts.taken == 2
    assert receiver.events[0] == receiver.events[1]
    webhooks.conduct = WebhookConduct(lost_percent=100)
    await caller.buy(None, email="en.till@demo.example")
    assert (await _sent(caller)).counts.lost == 2
    assert len(receiver.events) == 2
    webhooks.conduct = WebhookConduct(envelope="ssi")
    await caller.buy(None, email="en.tredje@demo.example")
    await _sent(caller)
    event = receiver.events[-1]
    assert (event["email"], event["customer"]["first_name"]) == ("en.tredje@demo.example", "Ny")
    assert {"event_name", "timestamp", "account_id", "customer_number"} <= set(event)


async def test_late_ones_overtake_each_other(caller: Caller, receiver: Receiver) -> None:
    webhooks = caller.sandbox.webhooks
    webhooks._draws.seed(3)
    webhooks.conduct = WebhookConduct(up_to_milliseconds=60, copies=4)
    await caller.buy("astrid.lundmark")
    assert receiver.events == [], "no one waits for them"
    await _sent(caller)
    assert receiver.names != sorted(receiver.names)
    assert len(receiver.events) == 8


async def test_one_that_is_not_taken_is_repeated(caller: Caller, receiver: Receiver) -> None:
    receiver.answers = [503, 0]
    await caller.buy(None, "digital-trial")
    assert (await _sent(caller)).counts.taken == 1
    assert receiver.names == ["order_closed"] * 3
    receiver.answers = [404, 404, 404]
    await caller.buy(None, "digital-trial", email="en.till@demo.example")
    assert (await _sent(caller)).counts.refused == 1


async def test_without_an_address_nothing_is_sent(caller: Caller) -> None:
    await caller.buy("astrid.lundmark")
    assert not caller.sandbox.webhooks._under_way


async def test_the_control_says_how_and_never_where(caller: Caller, receiver: Receiver) -> None:
    path = "/sandbox/control/webhooks"
    shown = await caller.http.get(path, auth=AUTHORIZED)
    assert shown.json()["item"]["has_address"] is True
    assert "the-secret" not in shown.text
    for refused in (
        {"address": "http://10.0.0.1/"},
        {"webhook_url": "http://10.0.0.1/"},
        {"copies": 0},
        {"copies": 1_000},
        {"lost_percent": 101},
        {"delay_milliseconds": "late"},
        {"envelope": "other"},
    ):
        assert (await caller.http.put(path, auth=AUTHORIZED, json=refused)).status_code == 400
    changed = await caller.http.put(path, auth=AUTHORIZED, json={"copies": 2, "lost_percent": 10})
    assert changed.json()["item"]["copies"] == 2
    assert caller.sandbox.webhooks.conduct == WebhookConduct(copies=2, lost_percent=10)
    await caller.http.delete(path, auth=AUTHORIZED)
    assert caller.sandbox.webhooks.conduct == WebhookConduct()


async def test_every_process_on_a_database_has_the_same_conduct(
    make_caller: MakeCaller, tmp_path: Any
) -> None:
    one, other = (make_caller(database=tmp_path / "sandbox.sqlite3") for _ in range(2))
    one.sandbox.webhooks.conduct = WebhookConduct(copies=3)
    assert other.sandbox.webhooks.conduct.copies == 3
