"""What a buyer sees, what the ledger keeps and what Klarna's session is for are one amount."""

from __future__ import annotations

import json
import sqlite3
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from tests.hostile.unchanged import nothing_changes
from tests.served import ServedShop
from tests.socket.client import STATES, Client, browsing

pytestmark = pytest.mark.socket

FORGED = {
    "price": 1,
    "amount": 1,
    "purchase_amount": 1,
    "price_after": 0,
    "currency": "XXX",
    "vat_percent": 0,
}


async def _offers(client: Client) -> list[dict[str, Any]]:
    await client.call("packages", "show", path="/packages")
    await client.until(lambda: client.var("packages", "offers"))
    offers: list[dict[str, Any]] = client.var("packages", "offers")
    return offers


async def _open(client: Client, offer: dict[str, Any]) -> str:
    customer = {"email": "belopp@exempel.example", "first_name": "B", "last_name": "P", "start_date": ""}
    form = {"offer": offer["key"], **customer, **FORGED}
    before = len(client.redirects)
    await client.call("packages", "open_purchase", {"form": form}, "/packages")
    await client.until(lambda: len(client.redirects) > before)
    return client.redirects[-1].partition("purchase=")[2]


def _of_session(client_token: str) -> int:
    payload = client_token.split(".")[1]
    session: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return int(session["x-demo"]["amount"])


async def test_the_amount_shown_kept_and_paid_is_one(own_target: ServedShop) -> None:
    async with browsing(own_target.url) as looking:
        offers = await _offers(looking)
    assert len(offers) > 3
    for offer in offers:
        async with browsing(own_target.url) as client:
            purchase_id = await _open(client, offer)
            await client.call("checkout", "show", path=f"/checkout?purchase={purchase_id}")
            shown = client.var("checkout", "offer")["price"]
            paid = _of_session(client.var("checkout", "client_token"))
        with sqlite3.connect(own_target.folder / "shop.sqlite3") as connection:
            query = "SELECT price FROM purchase WHERE id = ?"
            [(kept,)] = connection.execute(query, (purchase_id,)).fetchall()
        assert offer["price"] == shown == kept == paid


async def test_nobody_is_believed_that_something_was_paid(own_target: ServedShop) -> None:
    async with browsing(own_target.url) as client:
        offer = next(one for one in await _offers(client) if one["code"] == "digital")
        purchase_id = await _open(client, offer)
        path = f"/checkout?purchase={purchase_id}"
        await client.call("checkout", "show", path=path)
        with nothing_changes(own_target):
            told: dict[str, Any] = {
                "approved": True,
                "order_id": "DEMO-1",
                "status": "completed",
                "state": "completed",
            }
            for handler in ("ready", "refused_not", "authorized", "corrected"):
                await client.send(f"{STATES['checkout']}.{handler}", {"outcome": told}, path)
            for state, page in (("confirmation", "confirmation"), ("receipt", "receipt")):
                await client.call(state, "show", {}, f"/{page}?purchase={purchase_id}&status=completed")
            await client.call("article", "decide", path="/article/vindparken-grahallan?resume=1")
            await client.settle()
            assert client.var("article", "status") == "walled"
            assert client.var("confirmation", "status") != "completed"
            assert client.var("receipt", "status") != "ready"
