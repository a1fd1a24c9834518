"""Two workers on PostgreSQL and Redis are one shop: for readers, for the sandbox, and when one dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from klarna_shop.operations.build import BUILT
from klarna_shop.settings import PROJECT
from tests.postgres import empty_database
from tests.served import ServedShop, serve
from tests.socket.client import Client, browsing, new_visitor, signed_in

pytestmark = pytest.mark.socket

REDIS = os.environ.get("TEST_WORKERS_REDIS_URL", "redis://127.0.0.1:6379/12")
CUSTOMER = {"first_name": "Ny", "last_name": "Läsare", "start_date": ""}
TABS = 8
"""So many connections that both workers have some."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """Two workers on databases of their own."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    try:
        Redis.from_url(REDIS, socket_connect_timeout=3).flushdb()
    except RedisError as error:
        pytest.skip(f"no Redis at TEST_WORKERS_REDIS_URL ({type(error).__name__})")
    with empty_database(f"klarna_shop_workers_{os.getpid()}") as address:
        served = serve(
            tmp_path_factory.mktemp("workers"),
            DATABASE_URL=address,
            REDIS_URL=REDIS,
            APP_WORKERS="2",
            PAYWAY_TIMEOUT="2s",
        )
        yield served
        served.kill()


def _workers(shop: ServedShop) -> set[int]:
    """The processes that the server has forked."""
    assert shop.process is not None
    server = shop.process.pid
    children = {int(child) for child in Path(f"/proc/{server}/task/{server}/children").read_text().split()}
    return {child for child in children if b"resource_tracker" not in _command(child)}


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _state(shop: ServedShop, purchase_id: str) -> str:
    with psycopg.connect(shop.environment["DATABASE_URL"]) as database:
        row = database.execute("SELECT state FROM purchase WHERE id = %s", (purchase_id,)).fetchone()
    assert row is not None
    return str(row[0])


async def _control(shop: ServedShop, method: str, switch: str, body: Any = None) -> Any:
    async with httpx.AsyncClient(auth=("sandbox-client", "sandbox-secret")) as control:
        answer = await control.request(method, f"{shop.url}/sandbox/control/{switch}", json=body)
    return answer.raise_for_status().json()


async def _opened(client: Client) -> str:
    await client.call("packages", "show", path="/packages")
    await client.until(lambda: client.var("packages", "offers"))
    offer = next(offer for offer in client.var("packages", "offers") if offer["code"] == "digital")
    # With a server database the sandbox keeps its books in var/, from one run of the tests to the next.
    form = {"offer": offer["key"], "email": f"{uuid.uuid4()}@exempel.example", **CUSTOMER}
    await client.call("packages", "open_purchase", {"form": form}, path="/packages")
    await client.until(lambda: client.redirects)
    return client.redirects[-1].partition("purchase=")[2]


async def test_a_purchase_goes_on_wherever_its_next_step_arrives(shop: ServedShop) -> None:
    cookie = await new_visitor(shop.url)
    async with browsing(shop.url, cookie) as client:
        purchase_id = await _opened(client)
    path = f"/checkout?purchase={purchase_id}"
    outcome = {"authorizationToken": str(uuid.uuid4())}

    async def tab() -> None:
        async with browsing(shop.url, cookie) as other:
            await other.call("checkout", "show", path=path)
            await other.until(lambda: other.var("checkout", "session_fingerprint") or other.redirects)
            if other.redirects:
                return  # another tab was faster, and this one is sent to the confirmation
            seen = {**outcome, "sessionFingerprint": other.var("checkout", "session_fingerprint")}
            await other.call("checkout", "authorized", {"outcome": seen}, path=path)
            await other.until(lambda: other.redirects or other.var("checkout", "status") == "working")

    # Every tab is another connection, and delivers the same approval.
    await asyncio.gather(*(tab() for _ in range(TABS)))
    for _ in range(4):
        async with browsing(shop.url, cookie) as last:
            await last.call("confirmation", "show", path=f"/confirmation?purchase={purchase_id}")
            await last.until(lambda: last.var("confirmation", "status") == "completed")
    with psycopg.connect(shop.environment["DATABASE_URL"]) as database:
        attempts = database.execute(
            "SELECT count(*) FROM purchase_change WHERE purchase_id = %s AND to_state = 'placing'",
            (purchase_id,),
        ).fetchone()
    assert attempts == (1,)


async def test_whoever_is_signed_in_is_so_on_every_worker(shop: ServedShop) -> None:
    cookie = await signed_in(shop.url, "karin.oberg@demo.example")
    for _ in range(TABS):
        async with browsing(shop.url, cookie) as client:
            await client.call("account", "show", path="/account")
            await client.until(lambda: client.var("account", "email") == "karin.oberg@demo.example")


async def test_the_sandbox_is_one_for_all_workers(shop: ServedShop) -> None:
    await _control(shop, "POST", "clock", {"move_seconds": 7200})
    try:
        # Every call opens a connection of its own.
        seen = [await _control(shop, "GET", "clock") for _ in range(TABS)]
    finally:
        await _control(shop, "DELETE", "clock")
    assert [round(answer["item"]["offset_seconds"] / 3600) for answer in seen] == [2] * TABS


async def test_a_worker_that_dies_is_followed_by_another_and_its_orders_are_finished(
    shop: ServedShop,
) -> None:
    fault = {"kind": "latency", "milliseconds": 60_000, "path": "*/place_order", "when": "after"}
    await _control(shop, "POST", "faults", fault)
    cookie = await new_visitor(shop.url)
    before = _workers(shop)
    assert len(before) == 2
    async with browsing(shop.url, cookie) as client:
        purchase_id = await _opened(client)
        path = f"/checkout?purchase={purchase_id}"
        await client.call("checkout", "show", path=path)
        await client.until(lambda: client.var("checkout", "session_fingerprint"))
        fingerprint = client.var("checkout", "session_fingerprint")
        outcome = {"authorizationToken": str(uuid.uuid4()), "sessionFingerprint": fingerprint}
        await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
        await _until(lambda: _state(shop, purchase_id) == "placing")
        # Which of the two is placing is not known from outside: both die, one after the other.
        for worker in before:
            os.kill(worker, signal.SIGKILL)
            await _until(lambda gone=worker: len(_workers(shop) - {gone}) == 2)
            await asyncio.sleep(6)  # two deaths within five seconds end the server
    assert not _workers(shop) & before
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(f"{shop.url}/healthz", timeout=30)).status_code == 200
    # Nobody waits for the answer any more once its deadline has passed; recovery then asks again.
    await _until(lambda: _state(shop, purchase_id) in {"placed", "completed"}, seconds=120)


async def _until(holds: object, seconds: float = 30) -> None:
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_servers_that_start_together_migrate_once(kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        _migrate_together(f"sqlite:///{tmp_path / 'shop.sqlite3'}")
        return
    with empty_database(f"klarna_shop_start_{os.getpid()}") as address:
        _migrate_together(address)


def _migrate_together(address: str) -> None:
    command = [sys.executable, "-m", "klarna_shop.operations.migrate"]
    environment = {**os.environ, "DATABASE_URL": address}
    together = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE) for _ in range(3)
    ]
    answers = [(process.communicate(timeout=300)[1], process.returncode) for process in together]
    assert [status for _, status in answers] == [0, 0, 0], answers
