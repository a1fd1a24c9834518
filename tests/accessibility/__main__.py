"""Looks at every situation in both languages, themes and widths, and writes the table.

    python -m tests.accessibility [--write]

With `--write` the table goes into docs/quality.md. Ends with 1 where axe found something.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from klarna_shop.operations.browser import FLAGS, ensure_chromium
from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import PROJECT, say, stop
from tests.accessibility.audit import Violation, in_each_form
from tests.quality import replace_section
from tests.served import ServedShop, serve
from tests.situations import ROOMS, SITUATIONS, Situation

DOCUMENT = PROJECT / "docs" / "quality.md"


@dataclass
class Seen:
    """One situation in one language: how often it was looked at, and what was wrong."""

    situation: Situation
    language: str
    looks: int = 0
    found: list[tuple[str, str, Violation]] = field(default_factory=list)


def main() -> int:
    """Look, tell, and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.accessibility")
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    chosen = parser.parse_args()
    chromium = ensure_chromium()
    if chromium is None:
        return stop("There is no Chromium to look with.")
    if not BUILT.exists():
        return stop("There is no build of the front end; run `make run` once.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shop = serve(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            seen = list(_all(browser, shop))
        finally:
            browser.close()
            shop.kill()
    if chosen.write:
        replace_section(DOCUMENT, "accessibility", table(seen))
    return int(any(one.found for one in seen))


def _all(browser: Browser, shop: ServedShop) -> Iterator[Seen]:
    for language, prefix in (("sv", ""), ("en", "/en")):
        for situation in SITUATIONS:
            yield _one(browser, shop, situation, language, prefix)
    for room in ROOMS:
        yield _one(browser, shop, room, "studio", "")


def _one(browser: Browser, shop: ServedShop, situation: Situation, language: str, prefix: str) -> Seen:
    context = browser.new_context(base_url=shop.url, reduced_motion="reduce", color_scheme="light")
    context.set_default_timeout(20_000)
    seen = Seen(situation, language)
    try:
        page = context.new_page()
        page.goto("/privacy")
        situation.go(page, prefix)
        for theme, width, found in in_each_form(page):
            seen.looks += 1
            seen.found += [(theme, width, violation) for violation in found]
    finally:
        context.close()
    say(f"{language:<7}{situation.name}: {len(seen.found)} violations in {seen.looks} looks")
    for theme, width, violation in seen.found:
        say(f"       {theme}, {width}: {violation}")
    return seen


def table(seen: list[Seen]) -> str:
    """A row for each situation, with the violations in each language."""
    rows = ["| situation | Swedish | English |", "| --- | ---: | ---: |"]
    by_name: dict[str, dict[str, int]] = {}
    for one in seen:
        by_name.setdefault(one.situation.name, {})[one.language] = len(one.found)
    for name, found in by_name.items():
        if "studio" not in found:
            rows.append(f"| {name} | {found.get('sv', 0)} | {found.get('en', 0)} |")
    rows += [
        f"| studio: {name} | | {found['studio']} |" for name, found in by_name.items() if "studio" in found
    ]
    looks, wrong = sum(one.looks for one in seen), sum(len(one.found) for one in seen)
    return "\n".join([*rows, "", f"{looks} looks, {wrong} violations."])


if __name__ == "__main__":
    sys.exit(main())
