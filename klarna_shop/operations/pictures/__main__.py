"""Takes the pictures of the documents from the running shop.

    python -m klarna_shop.operations.pictures

Needs the test packages and a Chromium. Serves the built shop on a free port with data of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from klarna_shop.operations.browser import FLAGS, ensure_chromium
from klarna_shop.operations.build import build_front_end
from klarna_shop.operations.pictures import reader, studio
from klarna_shop.operations.pictures.camera import DESKTOP, FOLDER, PHONE
from klarna_shop.operations.progress import PROJECT, StepFailed, stop
from klarna_shop.settings import load_settings

START_SECONDS = 60


def main() -> int:
    """Take every picture; the exit status."""
    chromium = ensure_chromium()
    if chromium is None:
        return stop("There is no Chromium to take pictures with.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        build_front_end(load_settings())
        with _served() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            desktop = browser.new_context(base_url=address, viewport=DESKTOP, locale="sv-SE")
            reader.purchase(desktop.new_page())
            phone = browser.new_context(base_url=address, viewport=PHONE, locale="en-SE", color_scheme="dark")
            reader.on_a_phone(phone.new_page())
            manager = browser.new_context(base_url=address, viewport=DESKTOP, locale="en-SE")
            studio.walk(manager)
            browser.close()
    except StepFailed as failure:
        return stop(str(failure))
    return 0


@contextmanager
def _served() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        address = f"http://localhost:{port}"
        database = Path(folder) / "shop.sqlite3"
        environment = {
            **os.environ,
            "APP_PORT": str(port),
            "APP_URL": address,
            "DATABASE_URL": f"sqlite:///{database}",
        }
        command = [sys.executable, "-m", "klarna_shop.operations.serve", "--as-built"]
        with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(address)
                yield address
            finally:
                server.terminate()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/healthz", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise StepFailed("The shop did not start.")


if __name__ == "__main__":
    raise SystemExit(main())
