"""Byte budgets of the readers' pages, and that nothing of the studio comes with them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from klarna_shop.operations.build import WEB
from tests.browser.first_load import FirstLoad, first_load
from tests.browser.steps import choose, hook, introduce, next_outcome, premium_article, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
BUDGET = 168
"""KiB, of a phone's first visit."""
STUDIO = re.compile(r"studio|device_frame")
PHONE = {"width": 412, "height": 915}


def _check(loaded: FirstLoad) -> None:
    assert loaded.total <= BUDGET, loaded.heaviest
    assert [path for path in loaded.bytes_of if STUDIO.search(path)] == []


def test_each_readers_page_keeps_its_budget(shop: ServedShop, visit: Visit) -> None:
    page = visit("/")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    slug = premium_article(page)
    for path in ("/", "/en", f"/article/{slug}", "/packages", "/login", "/withdraw", "/terms", "/privacy"):
        _check(first_load(page, shop.url, lambda path=path: page.goto(path)))  # type: ignore[misc]
    choose(page_with_offers(page))
    introduce(page, "lastad@exempel.example")
    to_checkout(page)
    checkout = first_load(page, shop.url, page.reload)
    assert any("klarna" in path for path in checkout.bytes_of), "Klarna's script counts apart"
    _check(checkout)
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "ready")
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")
    _check(first_load(page, shop.url, page.reload))
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_be_visible()
    _check(first_load(page, shop.url, page.reload))


def page_with_offers(page: Page) -> Page:
    page.goto("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    return page


def test_the_studio_has_files_of_its_own() -> None:
    names = [file.name for file in (WEB / "build" / "client" / "assets").glob("*.js")]
    assert any(STUDIO.search(name) for name in names), "the check above looks for these"
