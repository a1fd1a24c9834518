"""Webhooks on a served shop: a wrong secret is an unknown address, a forged event changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from klarna_shop.shop.housekeeping import LEASE
from tests.hostile.conftest import WEBHOOK_SECRET
from tests.hostile.unchanged import nothing_changes
from tests.served import ServedShop
from tests.socket.client import STATES, Client, browsing
from tests.web.webhooks import order_closed

pytestmark = pytest.mark.socket

ADDRESS = f"/hooks/payway/{WEBHOOK_SECRET}"
CUSTOMER = {"email": "webhook@exempel.example", "first_name": "Ny", "last_name": "Läsare", "start_date": ""}
UNLIKE_EACH_TIME = {"date", "connection", "set-cookie"}
"""The server closes some connections whose body was not read; a page gives each browser its own cookie."""


def _rows(shop: ServedShop, query: str, *values: object) -> list[Any]:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as connection:
        return connection.execute(query, values).fetchall()


def _seen(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in UNLIKE_EACH_TIME}
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_wrong_secret_is_an_unknown_address(own_target: ServedShop, method: str) -> None:
    async with httpx.AsyncClient(base_url=own_target.url, timeout=20) as anybody:
        unknown = _seen(await anybody.request(method, "/hooks/nobody/knows-this-address", content=b"{}"))
        assert unknown[0] in {404, 405}
        for secret in (WEBHOOK_SECRET[:-1], f"{WEBHOOK_SECRET}0", "", "x" * 5_000, "%2e%2e"):
            answer = await anybody.request(method, f"/hooks/payway/{secret}", content=b"{}")
            assert _seen(answer) == unknown, secret[:40]


async def test_forged_malformed_and_huge_events_change_nothing(own_target: ServedShop) -> None:
    single = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=own_target.url, timeout=30, limits=single) as anybody:
        with nothing_changes(own_target):
            for number in range(300):
                event = order_closed(order_id=f"DEMO-{number % 30}", merchant_reference="a" * 32)
                assert (await anybody.post(ADDRESS, json=event)).status_code == 200
            for body in (
                b"",
                b"x",
                b"[" * 60_000,
                b'{"event": NaN}',
                b"\xff\xfe",
                b'{"payload": {"order": 1}}',
            ):
                assert (await anybody.post(ADDRESS, content=body)).status_code in {200, 400}
            assert await _status_of_huge(anybody, b" " * 5_000_000) == 413
            packed = {"Content-Encoding": "gzip"}
            assert (await anybody.post(ADDRESS, content=b"\x1f\x8b", headers=packed)).status_code == 400
    assert WEBHOOK_SECRET not in own_target.log()
    assert "webhooka" not in own_target.log().lower()


async def _status_of_huge(anybody: httpx.AsyncClient, body: bytes) -> int:
    """The answer to a body that is refused before it was sent to its end."""
    try:
        return (await anybody.post(ADDRESS, content=body)).status_code
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return 413


async def test_a_purchase_is_completed_by_the_sandboxs_webhook_alone(own_target: ServedShop) -> None:
    """Another process holds the lease of recovery, and no page asks for the outcome."""
    until = (datetime.now(UTC) + LEASE - timedelta(seconds=1)).replace(tzinfo=None).isoformat(" ")
    with sqlite3.connect(own_target.folder / "shop.sqlite3") as connection:
        connection.execute(
            "UPDATE lease SET holder = 'another process', until = ? WHERE name = 'housekeeping'", (until,)
        )
    async with browsing(own_target.url) as client:
        purchase_id = await _bought(own_target, client)
        async with asyncio.timeout(40):
            while _state(own_target, purchase_id) != "completed":  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.1)
    [(holder,)] = _rows(own_target, "SELECT holder FROM lease WHERE name = 'housekeeping'")
    assert holder == "another process", "recovery has done nothing meanwhile"


def _state(shop: ServedShop, purchase_id: str) -> str:
    [(state,)] = _rows(shop, "SELECT state FROM purchase WHERE id = ?", purchase_id)
    return str(state)


async def _bought(shop: ServedShop, client: Client) -> str:
    """Open a purchase and approve it; the answer leads to the confirmation, which is not opened."""
    await client.call("packages", "show", path="/packages")
    await client.until(lambda: client.var("packages", "offers"))
    offer = next(offer for offer in client.var("packages", "offers") if offer["code"] == "digital")
    form = {"offer": offer["key"], **CUSTOMER}
    await client.call("packages", "open_purchase", {"form": form}, path="/packages")
    await client.until(lambda: client.redirects)
    purchase_id = client.redirects[-1].partition("purchase=")[2]
    [(fingerprint,)] = _rows(shop, "SELECT session_fingerprint FROM purchase WHERE id = ?", purchase_id)
    outcome = {"sessionFingerprint": fingerprint, "authorizationToken": str(uuid.uuid4())}
    path = f"/checkout?purchase={purchase_id}"
    await client.send(f"{STATES['checkout']}.authorized", {"outcome": outcome}, path)
    return purchase_id
