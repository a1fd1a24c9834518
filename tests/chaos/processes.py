"""The processes of a run: the shop, and Payway's stand-in beside it, each killed and started by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.sandbox.faults import Fault
from klarna_shop.settings import PROJECT
from tests.chaos.plan import Backend, Victim
from tests.postgres import SERVER, empty_database
from tests.served import ServedShop, free_port, serve

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/11")
START_SECONDS = 300
STOP_SECONDS = 40
"""How long a server that was told to stop may take: it finishes the orders that it is placing."""
LAST_BREATH_SECONDS = 3
"""A server that has not ended so long after it lost a worker goes on with another."""


@dataclass
class PaywayProcess:
    """The sandbox alone, on a port and a file of its own."""

    port: int
    database: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "klarna_shop.sandbox", "--port", str(self.port)]
        command += ["--database", str(self.database)]
        with self.database.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/sandbox/klarna/sdk.js", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError(f"the sandbox did not start:\n{self.log()[-4000:]}")

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        """What it wrote."""
        return self.database.with_suffix(".log").read_text(errors="replace")

    def books(self) -> Sandbox:
        """Another process's view of the same file, for reading the books."""
        return Sandbox(SandboxSettings(database_path=self.database, public_url=self.url))

    async def let_fail(self, fault: Fault, scope: str | None = None) -> None:
        """Plan a fault, for the calls of one browser where `scope` names it."""
        body = {name: value for name, value in asdict(fault).items() if value is not None}
        body |= {"scope": scope} if scope else {}
        async with self._control() as control:
            (await control.post("/sandbox/control/faults", json=body)).raise_for_status()

    async def let_be(self) -> None:
        """Clear every fault."""
        async with self._control() as control:
            (await control.delete("/sandbox/control/faults")).raise_for_status()

    def _control(self) -> httpx.AsyncClient:
        settings = SandboxSettings()
        auth = httpx.BasicAuth(settings.client_id, settings.client_secret)
        return httpx.AsyncClient(base_url=self.url, auth=auth, timeout=30)


@dataclass
class World:
    """Shop, Payway and the shop's database."""

    shop: ServedShop
    payway: PaywayProcess
    deaths: int = 0

    @property
    def database_url(self) -> str:
        """The ledger's address."""
        return self.shop.environment["DATABASE_URL"]

    def strike(self, victim: Victim) -> None:
        """Kill it and start it again. Blocks until it answers."""
        self.deaths += 1
        match victim:
            case Victim.SHOP:
                self.shop.restart()
            case Victim.PAYWAY:
                self.payway.kill()
                self.payway.start()
            case Victim.WORKER:
                self._lose_a_worker()
            case Victim.RELEASE:
                self._release()
            case Victim.CONNECTIONS:
                self._cut_connections()

    def reconcile(self) -> None:
        """One round of recovery by hand, beside the running shop."""
        command = [sys.executable, "-m", "klarna_shop.operations.reconcile"]
        subprocess.run(command, cwd=PROJECT, env=self.shop.environment, capture_output=True, check=False)

    def _release(self) -> None:
        assert self.shop.process is not None
        self.shop.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.shop.process.wait(STOP_SECONDS)
        self.shop.restart()

    def _lose_a_worker(self) -> None:
        assert self.shop.process is not None
        with suppress(ProcessLookupError):
            os.kill(max(_workers(self.shop.process.pid)), signal.SIGKILL)
        # Another is started in its place; two deaths within seconds end the server, as a supervisor sees.
        with suppress(subprocess.TimeoutExpired):
            self.shop.process.wait(LAST_BREATH_SECONDS)
            self.shop.restart()

    def _cut_connections(self) -> None:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (self.database_url.rpartition("/")[2],),
            )


def _workers(server: int) -> list[int]:
    """The server's children; Python's own tracker of resources, which was there first, is not the newest."""
    return [int(child) for child in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


@contextmanager
def world(folder: Path, backend: Backend) -> Iterator[World]:
    """A shop and a Payway with empty books; skips (pytest) where a server they need is missing."""
    with ExitStack() as stack:
        settings: dict[str, Any] = {"PAYWAY_TIMEOUT": "2s"}
        if backend is Backend.POSTGRESQL:
            _need_redis()
            name = f"klarna_shop_chaos_{os.getpid()}"
            settings |= {
                "DATABASE_URL": stack.enter_context(empty_database(name)),
                "REDIS_URL": REDIS,
                "APP_WORKERS": "2",
            }
        payway = PaywayProcess(free_port(), folder / "payway.sqlite3")
        payway.start()
        stack.callback(payway.kill)
        shop = serve(folder, PAYWAY_API_URL=payway.url, **settings)
        stack.callback(shop.kill)
        yield World(shop, payway)


def _need_redis() -> None:
    try:
        Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except RedisError as error:
        pytest.skip(f"no Redis at TEST_REDIS_URL ({type(error).__name__})")
