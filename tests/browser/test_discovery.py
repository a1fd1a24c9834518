"""What pages tell machines, once scripts have run: the offers, and nothing left over from the page before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import hook
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
DATA = 'script[type="application/ld+json"]'
ARTICLE = "/article/hamnen-far-nya-kranar"


def test_the_picker_tells_machines_what_it_tells_people(visit: Visit, shop: ServedShop) -> None:
    page = visit("/en/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    graph = json.loads(page.locator(DATA).text_content() or "")["@graph"]
    shown = page.locator("[data-testid=package-option]").evaluate_all(
        "all => all.map(one => [one.dataset.code, Number(one.dataset.price), one.dataset.priceAfter])"
    )
    told = []
    for product in graph:
        prices = [round(float(one["price"]) * 100) for one in product["offers"]["priceSpecification"]]
        assert product["offers"]["url"].startswith(f"{shop.url}/en/packages?code=")
        told.append([product["sku"].split("|")[0], prices[0], str(prices[1]) if len(prices) > 1 else ""])
    assert len(shown) > 3
    assert told == shown


def test_going_on_to_another_page_leaves_nothing_of_the_last_one(visit: Visit) -> None:
    page = visit(ARTICLE)
    expect(page.locator(DATA)).to_have_count(1)
    page.locator(".masthead__name").click()
    expect(hook(page, "article-card").first).to_be_visible()
    expect(page.locator(DATA)).to_have_count(0)
    expect(page.locator('meta[property="article:published_time"]')).to_have_count(0)
    expect(page.locator('meta[property="og:type"]')).to_have_attribute("content", "website")
    expect(page.locator('link[rel="canonical"]')).to_have_count(1)
    expect(page.locator('link[rel="canonical"]')).to_have_attribute("href", re.compile(r"^https?://[^/]+/$"))
    expect(page.locator("link[hreflang]")).to_have_count(3)
