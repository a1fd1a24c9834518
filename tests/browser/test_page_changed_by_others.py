"""A page that a translator or an extension changes goes on, through every page and a whole purchase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import choose, hook, introduce, next_outcome, pay, premium_article, to_checkout
from tests.patience import PATIENCE_MS
from tests.served import ServedShop

pytestmark = pytest.mark.browser

TRANSLATOR = Path(__file__).with_name("translator.js").read_text(encoding="utf-8")
PAGES = ("/", "/en", "/article/{slug}", "/login", "/register", "/account", "/withdraw", "/terms", "/privacy")


@pytest.fixture
def reader(chromium: Browser, shop: ServedShop) -> Iterator[Page]:
    context = chromium.new_context(base_url=shop.url, locale="sv-SE", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def _translate(page: Page, way: str, begin: str) -> None:
    """Have every page of this tab translated, by a script that the page's own cannot see."""
    source = f"const WAY = '{way}', BEGIN = '{begin}';\n{TRANSLATOR}"
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send(
        "Page.addScriptToEvaluateOnNewDocument", {"source": f"{{{source}}}", "worldName": "translator"}
    )


def _lives(page: Page) -> None:
    expect(hook(page, "last-page")).to_have_count(0)
    expect(page.locator("h1").first).to_be_visible()


def _is_translated(page: Page) -> None:
    expect(page.locator("main font.translated").first).to_be_attached()


@pytest.mark.parametrize(
    ("way", "begin"), [("wrapped", "at once"), ("replaced", "when told"), ("merged", "when told")]
)
def test_a_translated_purchase_goes_through(reader: Page, way: str, begin: str) -> None:
    page = reader
    _translate(page, way, begin)

    def now() -> None:
        if begin == "when told":
            page.evaluate("document.dispatchEvent(new Event('translate-now'))")
        if way != "merged":
            _is_translated(page)
        _lives(page)

    page.goto("/")
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    expect(hook(page, "paywall")).to_be_visible()
    now()
    hook(page, "paywall-buy").click()
    expect(hook(page, "package-option").first).to_be_visible()
    now()
    # Refused first: the sentence appears, and changes, in a translated form.
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_be_visible()
    hook(page, "package-continue").click()
    choose(page)
    introduce(page, f"oversatt-{way}-{begin[:2].strip()}@exempel.example")
    to_checkout(page)
    now()
    next_outcome(page, "abort")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    pay(page)
    now()
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_be_visible()
    now()


@pytest.mark.parametrize("way", ["wrapped", "replaced", "merged"])
def test_what_the_page_says_later_is_not_hidden_by_a_translation(reader: Page, way: str) -> None:
    page = reader
    _translate(page, way, "when told")
    page.goto("/packages")
    hint = page.locator("#start-date-hint")
    before = hint.inner_text()
    page.evaluate("document.dispatchEvent(new Event('translate-now'))")
    choose(page)
    expect(hint).to_have_text(re.compile(rf"{re.escape(before)} .+"))
    assert hint.inner_text().count(before) == 1


def test_every_readers_page_goes_on_when_translated(reader: Page) -> None:
    page = reader
    _translate(page, "replaced", "at once")
    page.goto("/")
    slug = premium_article(page)
    for path in PAGES:
        page.goto(path.format(slug=slug))
        expect(page.locator(".masthead__reader")).not_to_be_empty()
        _is_translated(page)
        _lives(page)
        hook(page, "theme-switch").click()
    # By the router, from one translated page to the next.
    page.goto("/")
    expect(page.locator(".masthead__reader")).not_to_be_empty()
    page.locator(".colophon__links a[href='/terms']").click()
    expect(page).to_have_url(re.compile("/terms$"))
    _lives(page)
