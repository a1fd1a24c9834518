"""Where pictures go, and how one is taken."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize

from klarna_shop.operations.progress import PROJECT, say

FOLDER = PROJECT / "docs" / "pictures"
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}


def take(page: Page, name: str) -> None:
    """What the window shows, after a moment in which pictures and frames arrive."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(1_500)
    path = FOLDER / f"{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=82)
    say(f"{path.relative_to(PROJECT)}")
