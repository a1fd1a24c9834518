"""The servers under load, as separate processes, and what the machine says of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from redis import Redis

from klarna_shop.settings import PROJECT

START_SECONDS = 90
CREDENTIALS = ("sandbox-client", "sandbox-secret")
COUNTER = Path(__file__).parent.parent / "counter" / "serve.py"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server and its process group."""

    url: str
    group: int

    def memory(self) -> int:
        """Bytes that its processes hold, shared pages by their share."""
        return sum(_proportional_bytes(process) for process in self._processes())

    def processor_seconds(self) -> float:
        """What its processes have computed so far."""
        ticks = 0
        for process in self._processes():
            fields = (Path("/proc") / process / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def _processes(self) -> list[str]:
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                try:
                    if os.getpgid(int(folder.name)) == self.group:
                        found.append(folder.name)
                except ProcessLookupError:
                    continue
        return found


def _proportional_bytes(process: str) -> int:
    for line in (Path("/proc") / process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


@dataclass(frozen=True)
class Street:
    """Everything that runs for one measurement."""

    shop: Server
    sandbox: Server

    def fault(self, **fault: object) -> None:
        """Order a fault of the sandbox (docs/sandbox.md)."""
        address = f"{self.sandbox.url}/sandbox/control/faults"
        httpx.post(address, json=fault, auth=CREDENTIALS, timeout=10).raise_for_status()

    def no_faults(self) -> None:
        """Clear them."""
        address = f"{self.sandbox.url}/sandbox/control/faults"
        httpx.delete(address, auth=CREDENTIALS, timeout=10).raise_for_status()


def empty_databases(postgres: str, redis: str) -> None:
    """Drop everything in both."""
    with psycopg.connect(postgres, autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
    Redis.from_url(redis).flushdb()


@contextmanager
def street(folder: Path, port: int, workers: int, **settings: str) -> Iterator[Street]:
    """A shop on `port` with data of its own in `folder`, its Payway on the next port."""
    folder.mkdir(parents=True, exist_ok=True)
    payway = f"http://localhost:{port + 1}"
    environment = {
        "APP_PORT": str(port),
        "APP_URL": f"http://localhost:{port}",
        "APP_WORKERS": str(workers),
        "PAYWAY_ENV": "sandbox",
        "PAYWAY_API_URL": payway,
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
        "SECRET_KEY": "the key of measurements and of nothing else",
        # One client asks as fast as it is answered, which no reader does.
        "SOCKET_EVENTS_PER_SECOND": "0",
        **settings,
    }
    sandbox = ["-m", "klarna_shop.sandbox", "--port", str(port + 1), "--database"]
    with ExitStack() as running:
        sandbox_server = running.enter_context(
            _server(
                folder / "sandbox.log",
                payway,
                "/sandbox/klarna/sdk.js",
                [*sandbox, str(folder / "sandbox.sqlite3")],
            )
        )
        shop = running.enter_context(
            _server(
                folder / "shop.log",
                environment["APP_URL"],
                "/healthz",
                ["-m", "klarna_shop.operations.serve", "--as-built"],
                environment,
            )
        )
        yield Street(shop, sandbox_server)


@contextmanager
def counter(folder: Path, port: int, workers: int, redis_url: str = "") -> Iterator[Server]:
    """The bare app."""
    command = [str(COUNTER), str(port), str(workers)]
    environment = {"REDIS_URL": redis_url}
    with _server(folder / "counter.log", f"http://localhost:{port}", "/ping", command, environment) as server:
        yield server


@contextmanager
def _server(
    log: Path, url: str, sign: str, command: list[str], environment: dict[str, str] | None = None
) -> Iterator[Server]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, url + sign, log)
        yield Server(url, process.pid)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer:\n{log.read_text(errors='replace')[-4000:]}")
