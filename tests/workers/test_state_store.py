"""Redis goes away and comes back empty: the shop says so, fills no log, and goes on by itself."""

from __future__ import annotations

import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from redis import Redis
from redis.exceptions import RedisError

from klarna_shop.operations.build import BUILT
from tests.served import ServedShop, free_port, serve
from tests.socket.client import browsing, new_visitor

pytestmark = pytest.mark.socket

START_SECONDS = 10
CUSTOMER = {"email": "redis@exempel.example", "first_name": "Ny", "last_name": "Läsare", "start_date": ""}


@dataclass
class RedisProcess:
    """A Redis of the test's own, which keeps nothing."""

    command: list[str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(RedisError), Redis(port=self.port) as client:
                client.ping()
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server did not start")

    def kill(self) -> None:
        """End it, and all it held."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server is installed")
    port = free_port()
    kept_nowhere = ["--save", "", "--appendonly", "no"]
    server = RedisProcess([program, "--port", str(port), "--bind", "127.0.0.1", *kept_nowhere], port)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def shop(redis: RedisProcess, tmp_path: Path) -> Iterator[ServedShop]:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path, REDIS_URL=f"redis://127.0.0.1:{redis.port}/0")
    yield served
    served.kill()


def _readiness(shop: ServedShop) -> httpx.Response:
    return httpx.get(f"{shop.url}/readyz", timeout=5)


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
        assert _readiness(shop).json()["parts"]["state_store"]["ok"] is False
        sent = 3
        for _ in range(sent):
            await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
        assert client.var("checkout", "status") == "payable"
        assert shop.log().count("unexpected failure") == 2 * sent  # itself, and that it could not be shown
        redis.start()

        # The page sends it until it hears that it was stored.
        await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
        await client.until(lambda: client.var("checkout", "redirect_url"))
        assert client.var("checkout", "acknowledged") == fingerprint
    assert shop.log().count("could not be shown") == sent
