"""Measures, prints the table, and writes it into docs/quality.md.

python -m bench.lighthouse [--runs 5] [--write]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import BrowserContext, CDPSession, Playwright, sync_playwright

from bench.lighthouse import apps
from bench.lighthouse.measuring import Figures, install, measure, middle
from klarna_shop.operations.browser import FLAGS, ensure_chromium, find_chromium
from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import PROJECT, say, stop
from klarna_shop.settings import load_settings
from tests.browser.steps import hook, premium_article
from tests.quality import replace_section
from tests.served import free_port, serve
from tests.situations.reader import confirmed

DOCUMENT = PROJECT / "docs" / "quality.md"
HEADS = (
    "page",
    "performance",
    "accessibility",
    "best practices",
    "SEO",
    "FCP, s",
    "LCP, s",
    "TBT, ms",
    "CLS",
    "KiB",
)


def main() -> int:
    """Measure; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.lighthouse")
    parser.add_argument("--runs", type=int, default=5, help="of each page (%(default)s)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    chosen = parser.parse_args()
    ensure_chromium()
    chromium = find_chromium(whole=True)
    if chromium is None or not BUILT.exists():
        return stop("Lighthouse takes a Chromium and a build; run `make run` once.")
    install()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        addresses = _pages(folder, running)
        playwright = running.enter_context(sync_playwright())
        stranger, buyer = (
            _reader(playwright, chromium, folder / name, running) for name in ("stranger", "buyer")
        )
        bought = _walk(buyer.browser, addresses["front page"])
        addresses["article, walled"] = bought["article, bought"]
        pages = {page: (address, stranger) for page, address in addresses.items()}
        pages |= {page: (address, buyer) for page, address in bought.items()}
        runs: dict[str, list[Figures]] = {page: [] for page in pages}
        for number in range(chosen.runs):
            for page, (address, reader) in pages.items():
                # Lighthouse keeps the cookies, and so the cache with them: that is emptied from here.
                reader.devtools.send("Network.clearBrowserCache")
                runs[page].append(measure(address, reader.port, folder / "report.json"))
                say(f"{number + 1}. {page}: {runs[page][-1].performance:.0f}")
    shown = table({page: middle(found) for page, found in runs.items()}, chosen.runs, before)
    say(shown)
    if chosen.write:
        replace_section(DOCUMENT, "lighthouse", shown)
    return 0


def _pages(folder: Path, running: ExitStack) -> dict[str, str]:
    """The two apps and the shop, served; their front pages."""
    pages = {}
    for name, make in (("bare page", apps.make_bare), ("blank template", apps.make_blank)):
        (folder / name.split()[0]).mkdir()
        make(folder / name.split()[0])
        say(f"{name}: building")
        pages[name] = running.enter_context(apps.served(folder / name.split()[0], free_port()))
    (folder / "shop").mkdir()
    # The build names the address of the settings as its own; elsewhere search engines would be sent away.
    shop = serve(folder / "shop", port=load_settings().app_port)
    running.callback(shop.kill)
    return pages | {"front page": shop.url}


class _Reader(NamedTuple):
    """A browser with the cookies of one reader."""

    browser: BrowserContext
    port: int
    devtools: CDPSession


def _reader(playwright: Playwright, chromium: str, profile: Path, running: ExitStack) -> _Reader:
    """A Swedish reader, whom no page offers another language."""
    port = free_port()
    browser = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        args=[*FLAGS, f"--remote-debugging-port={port}", "--accept-lang=sv-SE,sv"],
    )
    running.callback(browser.close)
    return _Reader(browser, port, browser.new_cdp_session(browser.pages[0]))


def _walk(browser: BrowserContext, shop: str) -> dict[str, str]:
    """Buy once, so that this browser has a checkout and a confirmation to show; the buyer's pages."""
    page = browser.new_page()
    page.set_default_timeout(30_000)
    page.goto(shop)
    slug = premium_article(page)
    confirmed(page, shop)
    # Of all articles this browser may read now, a premium one is the heaviest: its text comes by the socket.
    pages = {
        "picker": f"{shop}/packages",
        "article, bought": f"{shop}/article/{slug}",
        "confirmation": page.url,
    }
    page.goto(f"{shop}/packages")
    page.locator('[data-testid="package-option"][data-code="digital-plus"]').first.click()
    hook(page, "customer-email").fill("fyr@exempel.example")
    hook(page, "customer-first-name").fill("Fyr")
    hook(page, "customer-last-name").fill("Mätare")
    hook(page, "package-continue").click()
    page.wait_for_url("**/checkout?purchase=*")
    pages["checkout"] = page.url
    page.close()
    return pages


def table(middles: dict[str, Figures], runs: int, load: float) -> str:
    """The medians, a row for each page."""
    rows = [f"| {' | '.join(HEADS)} |", f"| --- |{' ---: |' * (len(HEADS) - 1)}"]
    for page, one in middles.items():
        scores = (one.performance, one.accessibility, one.best_practices, one.seo)
        cells = [f"{score:.0f}" for score in scores]
        cells += [f"{one.first_paint / 1000:.2f}", f"{one.largest_paint / 1000:.2f}", f"{one.blocking:.0f}"]
        cells += [f"{one.shift:.3f}", f"{one.transferred:.0f}"]
        rows.append(f"| {page} | {' | '.join(cells)} |")
    rows += ["", f"Median of {runs} runs each, in turns; load average {load:.1f} before they began."]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
