"""Two small apps of Reflex's to measure beside: a bare page of `rx.el`, and the blank template."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from klarna_shop.operations.javascript import reflex_environment

START_SECONDS = 600
"""Building included: each installs its packages first."""
_SETTINGS = """import reflex as rx
config = rx.Config(app_name="{name}", telemetry_enabled=False, show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"]{more})
"""
_BARE = """import reflex as rx
def index():
    return rx.el.main(
        rx.el.h1("A bare page"),
        rx.el.p("Some words, and a link to ", rx.el.a("the same page", href="/"), "."),
    )
app = rx.App()
app.add_page(index, route="/", title="A bare page", description="A page of rx.el and nothing else.")
"""


def make_bare(folder: Path) -> None:
    """A page of three elements."""
    (folder / "bare").mkdir()
    (folder / "bare" / "__init__.py").touch()
    (folder / "bare" / "bare.py").write_text(_BARE)
    more = ", plugins=[], disable_plugins=[rx.plugins.SitemapPlugin]"
    (folder / "rxconfig.py").write_text(_SETTINGS.format(name="bare", more=more))


def make_blank(folder: Path) -> None:
    """What `reflex init` makes."""
    command = [sys.executable, "-m", "reflex", "init", "--name", "blank", "--template", "blank"]
    subprocess.run(command, cwd=folder, env=reflex_environment(), check=True, capture_output=True)


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Build and serve the app of a folder as Reflex does in production; its address."""
    command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--single-port"]
    log = folder / "server.log"
    environment = {
        **reflex_environment(),
        "REFLEX_BACKEND_PORT": str(port),
        "REFLEX_FRONTEND_PORT": str(port),
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://localhost:{port}"
    try:
        _wait(process, address, log)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = httpx.get(address, timeout=2)
            if answer.status_code == 200 and "text/html" in answer.headers.get("content-type", ""):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"{address} did not answer:\n{log.read_text(errors='replace')[-4000:]}")
