"""A reader whose browser prefers another language is offered the page in it, and led nowhere by guess."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import hook

pytestmark = pytest.mark.browser

ARTICLE = "/article/hamnen-far-nya-kranar"


def _offer(page: Page) -> None:
    expect(hook(page, "language-offer")).to_be_visible()


def _no_offer(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible()
    expect(hook(page, "language-offer")).to_be_hidden()


def test_the_offer_leads_to_the_same_place_and_is_not_made_again(visit: Visit) -> None:
    page = visit(f"{ARTICLE}?from=a-letter", locale="en-GB")
    _offer(page)
    expect(page).to_have_url(re.compile(rf"(?<!/en){ARTICLE}\?from=a-letter$"))
    hook(page, "language-offer").get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/en{ARTICLE}\?from=a-letter$"))
    _no_offer(page)
    page.goto("/")
    _no_offer(page)


def test_who_declines_is_not_asked_again(visit: Visit) -> None:
    page = visit("/", locale="en-GB")
    hook(page, "language-offer").get_by_role("button").click()
    _no_offer(page)
    page.reload()
    _no_offer(page)
    page.goto("/en")
    _no_offer(page)


def test_who_used_the_switch_has_chosen(visit: Visit) -> None:
    page = visit("/en", locale="en-GB")
    _no_offer(page)
    hook(page, "language-switch").click()
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    _no_offer(page)


@pytest.mark.parametrize(
    ("locale", "path"), [("sv-SE", "/"), ("en-US", "/en"), ("fr-FR", "/"), ("fr-FR", "/en")]
)
def test_nothing_is_offered_where_the_page_suits_or_nothing_does(
    visit: Visit, locale: str, path: str
) -> None:
    _no_offer(visit(path, locale=locale))


def test_nothing_is_pushed_down_by_the_offer(visit: Visit) -> None:
    page = visit("/", locale="en-GB")
    _offer(page)
    shift = page.evaluate(
        """() => new Promise((done) => { let sum = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true }); setTimeout(() => done(sum), 500); })"""
    )
    assert shift < 0.02


def test_the_way_through_a_purchase_is_not_disturbed(visit: Visit) -> None:
    page = visit("/checkout", locale="en-GB")
    expect(page.locator("h1, h2").first).to_be_visible()
    expect(hook(page, "language-offer")).to_have_count(0)


def test_on_the_page_for_unknown_addresses_it_leads_to_the_front_page(visit: Visit) -> None:
    page = visit("/no-such-page", locale="en-GB")
    expect(hook(page, "language-offer").get_by_role("link")).to_have_attribute("href", "/en")
    hook(page, "language-switch").click()
    expect(page).to_have_url(re.compile("/en$"))
    expect(hook(page, "article-card").first).to_be_visible()
