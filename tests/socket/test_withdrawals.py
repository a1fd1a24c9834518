"""Receipts and withdrawals for a hostile client: nobody reads another's, and nobody ends another's."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from tests.served import ServedShop
from tests.socket.client import Client, browsing, signed_in
from tests.socket.test_hostile_client import _alive, _opened, _purchase, _rows

pytestmark = pytest.mark.socket

BUYER = "astrid.lundmark@demo.example"
STRANGER = "karin.oberg@demo.example"
SAID = {"name": "Någon", "email": "nagon@exempel.example", "contract": "Digital"}


async def _bought(shop: ServedShop, client: Client) -> tuple[str, str]:
    """A completed purchase of the client's: its id and the number of its order."""
    purchase_id = await _opened(client, "digital-plus")
    path = f"/checkout?purchase={purchase_id}"
    outcome = {
        "sessionFingerprint": _purchase(shop, purchase_id)[1],
        "authorizationToken": str(uuid.uuid4()),
    }
    await client.call("checkout", "show", path=path)
    await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
    for _ in range(50):
        await client.call("confirmation", "show", path=f"/confirmation?purchase={purchase_id}")
        if client.var("confirmation", "status") == "completed":
            break
        await asyncio.sleep(0.2)
    [(order_id,)] = _rows(shop, f"SELECT order_id FROM purchase WHERE id = '{purchase_id}'")  # noqa: S608
    return purchase_id, order_id


def _subscription(shop: ServedShop, order_id: str) -> str:
    [(state,)] = _rows(
        shop,
        f"SELECT state FROM subscription WHERE order_id = '{order_id}'",  # noqa: S608
        "sandbox.sqlite3",
    )
    return str(state)


def _declared(shop: ServedShop) -> int:
    return int(_rows(shop, "SELECT count(*) FROM withdrawal")[0][0])


async def test_receipts_and_withdrawals_are_the_buyers_alone(shop: ServedShop) -> None:
    async with browsing(shop.url, await signed_in(shop.url, BUYER)) as owner:
        purchase_id, order_id = await _bought(shop, owner)
        await owner.call("receipt", "show", path=f"/receipt?purchase={purchase_id}")
        assert owner.var("receipt", "status") == "ready"
        assert BUYER in str(owner.state)
    before = _declared(shop)
    for cookie in (None, await signed_in(shop.url, STRANGER)):
        async with browsing(shop.url, cookie) as thief:
            await thief.call("receipt", "show", path=f"/receipt?purchase={purchase_id}")
            assert thief.var("receipt", "status") == "missing"
            await thief.call("receipt", "download", path=f"/receipt?purchase={purchase_id}")
            assert thief.downloads == []
            await thief.call("withdrawal", "show", path=f"/withdraw?purchase={purchase_id}")
            assert thief.var("withdrawal", "status") == "choose"
            assert order_id not in str(thief.var("withdrawal", "contracts"))
            await thief.call("withdrawal", "start", {"form": {"contract": order_id}}, path="/withdraw")
            assert thief.var("withdrawal", "chosen")["reference"] == ""
            # What the browser claims to have chosen decides nothing.
            await thief.call(
                "withdrawal", "declare", {"form": {**SAID, "order_id": order_id}}, path="/withdraw"
            )
            assert BUYER not in str(thief.state)
    assert _subscription(shop, order_id) == "activated"
    assert _declared(shop) == before + 2, "two strangers' words, recorded for the seller"
    async with browsing(shop.url, await signed_in(shop.url, BUYER)) as owner:
        await owner.call("withdrawal", "show", path=f"/withdraw?purchase={purchase_id}")
        await owner.call("withdrawal", "declare", {"form": {**SAID, "name": "Astrid"}}, path="/withdraw")
        await owner.settle()
        assert owner.var("withdrawal", "status") == "done"
        receipt = owner.redirects[-1]
    assert _subscription(shop, order_id) == "cancelled"
    async with browsing(shop.url) as thief:
        await thief.call("withdrawal", "show", path=receipt)
        assert thief.var("withdrawal", "status") == "choose"
        assert "Astrid" not in str(thief.state)


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        "x",
        {},
        {"name": {"a": 1}, "email": ["x"], "contract": 3},
        {**SAID, "email": "a@b.example\r\nBcc: all@b.example"},
        {**SAID, "name": "x" * 800_000},
        {**SAID, "contract": "\0" * 400},
        {"__proto__": SAID, "constructor": SAID},
    ],
    ids=["none", "list", "text", "empty", "types", "header", "megabyte", "nul", "prototype"],
)
async def test_nonsense_is_not_recorded_and_the_page_goes_on(shop: ServedShop, form: Any) -> None:
    before = _declared(shop)
    async with browsing(shop.url) as client:
        await client.call("withdrawal", "show", path="/withdraw")
        await client.call("withdrawal", "declare", {"form": SAID}, path="/withdraw")
        assert _declared(shop) == before, "not before the first step"
        await client.call("withdrawal", "start", {"form": form}, path="/withdraw")
        await client.call("withdrawal", "declare", {"form": form}, path="/withdraw")
        await client.settle()
        assert _declared(shop) == before
    _alive(shop)


async def test_a_waiver_is_not_taken_where_the_shop_does_not_ask(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        purchase_id = await _opened(client)
        path = f"/checkout?purchase={purchase_id}"
        await client.call("checkout", "show", path=path)
        await client.call("checkout", "waive", {"given": True}, path=path)
        [(waived,)] = _rows(shop, f"SELECT waived_at FROM purchase WHERE id = '{purchase_id}'")  # noqa: S608
        assert waived is None


async def test_personal_data_is_given_to_its_owner_alone(shop: ServedShop) -> None:
    async with browsing(shop.url) as owner:
        await _opened(owner, email="hemlig@exempel.example")
        await owner.call("personal_data", "download", path="/privacy")
        assert "hemlig@exempel.example" in owner.downloads[0]
    async with browsing(shop.url) as thief:
        await thief.call("personal_data", "download", path="/privacy")
        assert "hemlig@exempel.example" not in thief.downloads[0]
