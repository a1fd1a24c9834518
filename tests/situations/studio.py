"""The studio's rooms, in English alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import hook
from tests.situations.situation import Situation


def _room(path: str) -> Callable[[Page, str], None]:
    def go(page: Page, _prefix: str) -> None:
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        page.wait_for_load_state("networkidle")

    return go


def _editor(page: Page, _prefix: str) -> None:
    page.goto("/studio/paywalls")
    hook(page, "studio-paywall-edit").first.click()
    expect(hook(page, "studio-save")).to_be_visible()


ROOMS = (
    Situation("overview", _room("/studio")),
    Situation("paywalls", _room("/studio/paywalls")),
    Situation("paywall editor", _editor),
    Situation("previews", _room("/studio/preview")),
    Situation("experiments", _room("/studio/experiments")),
    Situation("funnel", _room("/studio/funnel")),
    Situation("flows", _room("/studio/flows")),
    Situation("scenarios", _room("/studio/scenarios")),
)
"""All of them."""
