"""Takes the sheets into docs/pictures/pages.

python -m tests.screenshots [name …]
"""

from __future__ import annotations

import base64
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from klarna_shop.operations.browser import FLAGS, ensure_chromium
from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import PROJECT, say, stop
from tests.served import ServedShop, serve
from tests.situations import SITUATIONS, Situation

FOLDER = PROJECT / "docs" / "pictures" / "pages"
LEFT_OUT = re.compile(
    r"something missing|refused|to correct|somebody else|about to|signed out|banner|used up"
)
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 412, "height": 915},
    "desktop": {"width": 1280, "height": 915},
}
THEMES = ("light", "dark")
PREFIXES = ("", "/en")
SCALE = 0.35
_TO_THE_POINT = """() => {
    scrollTo(0, 0);
    const wall = document.querySelector('[data-testid="paywall"]');
    if (wall) scrollTo(0, wall.getBoundingClientRect().top - innerHeight / 4);
}"""
"""To the top; where a wall stands, to the wall."""


def main(names: list[str]) -> int:
    """Take the sheets of all situations, or of those named."""
    chromium = ensure_chromium()
    if chromium is None or not BUILT.exists():
        return stop("Screenshots take a Chromium and a build; run `make run` once.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in SITUATIONS if (one.name in names if names else not LEFT_OUT.search(one.name))]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shop = serve(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            for situation in wanted:
                _sheet(browser, list(_taken(browser, shop, situation)), situation.name)
        finally:
            browser.close()
            shop.kill()
    return 0


def _taken(browser: Browser, shop: ServedShop, situation: Situation) -> Iterator[tuple[str, bytes]]:
    """Each picture with its width: for each language and theme one visit, looked at in both widths."""
    for theme in THEMES:
        for prefix in PREFIXES:
            context = browser.new_context(
                base_url=shop.url,
                locale="en-GB" if prefix else "sv-SE",
                reduced_motion="reduce",
                color_scheme=theme,  # type: ignore[arg-type]
            )
            context.set_default_timeout(20_000)
            page = context.new_page()
            page.goto(f"{prefix}/privacy")
            page.get_by_test_id("consent-reject").first.click()
            situation.go(page, prefix)
            for name, size in SIZES.items():
                page.set_viewport_size(size)
                page.wait_for_timeout(300)
                page.evaluate(_TO_THE_POINT)
                page.wait_for_timeout(600)
                yield name, page.screenshot()
            context.close()


def _sheet(browser: Browser, taken: list[tuple[str, bytes]], name: str) -> None:
    """Phones beside desktops, each two by two: themes downwards, languages across."""
    blocks = {width: [_image(picture, width) for of, picture in taken if of == width] for width in SIZES}
    gap = 8
    wide = sum(len(PREFIXES) * (int(size["width"] * SCALE) + gap) for size in SIZES.values())
    body = "".join(f"<div>{''.join(block)}</div>" for block in blocks.values())
    page = browser.new_page(viewport={"width": wide, "height": 200}, device_scale_factor=1.5)
    page.set_content(
        f"<style>body{{margin:0;background:#8b9298;display:flex;gap:{gap}px;align-items:start}}"
        f"div{{display:grid;grid-template-columns:repeat({len(PREFIXES)},auto);gap:{gap}px}}</style>{body}"
    )
    path = FOLDER / f"{name.replace(',', '').replace(' ', '-')}.jpg"
    page.screenshot(path=path, type="jpeg", quality=72, full_page=True)
    page.close()
    say(f"{path.relative_to(PROJECT)} ({path.stat().st_size // 1024} KiB)")


def _image(picture: bytes, width: str) -> str:
    size = SIZES[width]
    data = base64.b64encode(picture).decode()
    return f'<img width={int(size["width"] * SCALE)} src="data:image/png;base64,{data}">'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
