"""A Redis of a test's own, which may go away."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.served import free_port

START_SECONDS = 300


@dataclass
class RedisProcess:
    """One server, which keeps nothing."""

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

    @property
    def url(self) -> str:
        """For `REDIS_URL`."""
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def redis_process() -> Iterator[RedisProcess]:
    """Run one; the test is skipped where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server is installed")
    port = free_port()
    kept_nowhere = ["--save", "", "--appendonly", "no"]
    server = RedisProcess([program, "--port", str(port), "--bind", "127.0.0.1", *kept_nowhere], port)
    server.start()
    try:
        yield server
    finally:
        server.kill()
