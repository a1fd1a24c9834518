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
from playwright.sync_api import Page, ViewportSize, sync_playwright

from klarna_shop.operations.browser import FLAGS, ensure_chromium
from klarna_shop.operations.build import build_front_end
from klarna_shop.operations.progress import PROJECT, StepFailed, say, stop
from klarna_shop.settings import load_settings

FOLDER = PROJECT / "docs" / "pictures"
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
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
            _purchase(desktop.new_page())
            phone = browser.new_context(base_url=address, viewport=PHONE, locale="en-SE", color_scheme="dark")
            _phone(phone.new_page())
            browser.close()
    except StepFailed as failure:
        return stop(str(failure))
    return 0


def _purchase(page: Page) -> None:
    page.goto("/")
    _take(page, "front")
    premium = page.locator('[data-testid="article-card"][data-access="premium"]').first
    page.goto(f"/article/{premium.get_attribute('data-slug')}")
    page.get_by_test_id("paywall").scroll_into_view_if_needed()
    _take(page, "paywall")
    page.get_by_test_id("paywall-buy").click()
    page.locator('[data-testid="package-option"][data-kind="trial"]').click()
    page.get_by_test_id("customer-email").fill("alva.strand@exempel.example")
    page.get_by_test_id("customer-first-name").fill("Alva")
    page.get_by_test_id("customer-last-name").fill("Strand")
    page.evaluate("scrollTo(0, 0)")
    _take(page, "packages")
    page.get_by_test_id("package-continue").click()
    page.locator('[data-testid="klarna-widget"][data-status="ready"]').wait_for()
    _take(page, "checkout")
    page.evaluate("window.__klarnaStub.next('approve')")
    page.get_by_test_id("checkout-buy").click()
    page.locator('[data-testid="confirmation"][data-status="completed"]').wait_for()
    _take(page, "confirmation")


def _phone(page: Page) -> None:
    page.goto("/en")
    _take(page, "front-phone")
    premium = page.locator('[data-testid="article-card"][data-access="premium"]').first
    page.goto(f"/en/article/{premium.get_attribute('data-slug')}")
    page.get_by_test_id("paywall-buy").scroll_into_view_if_needed()
    _take(page, "paywall-phone")


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    path = FOLDER / f"{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=82)
    say(f"{path.relative_to(PROJECT)}")


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
            if httpx.get(f"{address}/healthz", timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise StepFailed("The shop did not start.")


if __name__ == "__main__":
    raise SystemExit(main())
