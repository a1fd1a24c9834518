"""Redis goes away and comes back empty: the shop says so, fills no log, and goes on by itself."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import socketio.exceptions

from klarna_shop.operations.build import BUILT
from tests.redis_process import RedisProcess, redis_process
from tests.served import ServedShop, serve
from tests.socket.client import Client, browsing, new_visitor

pytestmark = pytest.mark.socket

CUSTOMER = {"email": "redis@exempel.example", "first_name": "Ny", "last_name": "Läsare", "start_date": ""}


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process() as server:
        yield server


@pytest.fixture
def shop(redis: RedisProcess, tmp_path: Path) -> Iterator[ServedShop]:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path, REDIS_URL=redis.url)
    yield served
    served.kill()


def _is_ready(shop: ServedShop) -> bool:
    answer = httpx.get(f"{shop.url}/readyz", timeout=30)
    assert answer.json()["parts"]["state_store"]["ok"] is (answer.status_code == 200)
    return answer.status_code == 200


async def _until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def _connected_again(client: Client, seconds: float = 10) -> None:
    """Try as a page does."""
    deadline = time.monotonic() + seconds
    while not client.is_connected:
        try:
            await client.connect()
        except socketio.exceptions.ConnectionError:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)


async def test_an_approval_that_came_while_redis_was_gone_is_taken_when_it_is_back(
    shop: ServedShop, redis: RedisProcess
) -> None:
    async with browsing(shop.url, await new_visitor(shop.url)) as client:
        await client.call("packages", "show", path="/packages")
        await client.until(lambda: client.var("packages", "offers"))
        offer = next(offer for offer in client.var("packages", "offers") if offer["code"] == "digital")
        form = {"offer": offer["key"], **CUSTOMER}
        await client.call("packages", "open_purchase", {"form": form}, path="/packages")
        await client.until(lambda: client.redirects)
        path = "/checkout?" + client.redirects.pop().partition("?")[2]
        await client.call("checkout", "show", path=path)
        await client.until(lambda: client.var("checkout", "session_fingerprint"))
        fingerprint = client.var("checkout", "session_fingerprint")
        outcome = {"authorizationToken": str(uuid.uuid4()), "sessionFingerprint": fingerprint}

        redis.kill()
        await _until(lambda: not _is_ready(shop))
        sent = 3
        for _ in range(sent):
            await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
        assert client.var("checkout", "status") == "payable"
        # The page is told by losing its connection, and gets no other before there is a state to show.
        await _until(lambda: not client.is_connected)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect()
        assert shop.log().count("the state store failed an event") == sent
        assert shop.log().count("no socket is opened") == 1
        assert "unexpected failure" not in shop.log()
        redis.start()

        # The page sends it until it hears that it was stored.
        await _connected_again(client)
        await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
        await client.until(lambda: client.var("checkout", "redirect_url"))
        assert client.var("checkout", "acknowledged") == fingerprint
    await _until(lambda: _is_ready(shop))
