"""A shop served on the production build, in processes and with data of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from klarna_shop.settings import PROJECT

START_SECONDS = 300
SECRET_KEY = "the key of browser tests and of nothing else"
STUDIO_PASSWORD = "correct horse battery"
"""Of `closed_shop`."""
MARKS = (SECRET_KEY, "sandbox-secret", "demo1234", "@exempel.example", "@demo.example")
"""What the tests' secrets and persons are known by: no server that they start may write it down."""
_served: list[ServedShop] = []


@dataclass
class ServedShop:
    """One running server; `restart` kills it the hard way and starts it again on the same data."""

    url: str
    port: int
    folder: Path
    environment: dict[str, str]
    command: tuple[str, ...] = (sys.executable,)
    """The Python to start, and what it is started through."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "-m", "klarna_shop.operations.serve", "--as-built"],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError(f"the shop did not start:\n{self.log()[-4000:]}")

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self.process is not None:
            # A server that has lost a worker ends by itself.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        """Kill and start again."""
        self.kill()
        self.start()

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text(errors="replace")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(
    folder: Path,
    *,
    port: int | None = None,
    command: tuple[str, ...] = (sys.executable,),
    environment: Mapping[str, str] | None = None,
    **settings: str,
) -> ServedShop:
    """Start a shop with its own database and sandbox in `folder`, on any free port unless one is given."""
    port = port or free_port()
    complete = {
        **os.environ,
        "APP_PORT": str(port),
        "APP_URL": f"http://localhost:{port}",
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
        "SECRET_KEY": SECRET_KEY,
        **settings,
        **(environment or {}),
    }
    shop = ServedShop(f"http://localhost:{port}", port, folder, complete, command=command)
    _served.append(shop)
    shop.start()
    return shop


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_or_personal_is_written() -> Iterator[None]:
    """After the whole suite the log of every shop that it started is searched.

    Not their databases: what hypothesis makes up for them is made of the code's own words, these among them.
    """
    yield
    assert [mark for shop in _served for mark in marks_in(shop.folder / "server.log")] == []


def marks_in(log: Path) -> list[str]:
    """Each mark that a shop's log holds in the clear, with the file; none where there is no log any more."""
    written = log.read_text(errors="replace") if log.exists() else ""
    return [f"{log}: {mark}" for mark in MARKS if mark in written]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """One shop for all tests that need a running one."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path_factory.mktemp("shop"))
    yield served
    served.kill()


@pytest.fixture(scope="session")
def closed_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """One shop whose studio takes a password, for all tests that change nothing in it."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path_factory.mktemp("closed"), STUDIO_PASSWORD=STUDIO_PASSWORD)
    yield served
    served.kill()
