"""The sandbox in a process of its own, on a real port."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

START_SECONDS = 300


@contextmanager
def sandbox_process(database: Path, port: int, *arguments: str) -> Iterator[str]:
    """Its address, as soon as it answers. Fails afterwards if it wrote a traceback or ended badly."""
    command = [sys.executable, "-m", "klarna_shop.sandbox", "--port", str(port), "--database", str(database)]
    log = database.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *arguments], stdout=output, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        status = process.wait(timeout=60)
    assert "Traceback" not in log.read_text()
    assert status == 0


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/sandbox/klarna/sdk.js", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"the sandbox did not start:\n{log.read_text()[-4000:]}")
