"""Walls as readers use them: taking a soft one away, and choosing an offer on the wall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from klarna_shop.shop.paywalls.document import PaywallDesign, Targeting
from klarna_shop.shop.paywalls.templates import templates
from tests.browser.designs import in_force
from tests.browser.steps import hook, premium_article
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def _for(slug: str, **changed: object) -> PaywallDesign:
    """The template, for readers who come from a source of the same name."""
    design = next(one.design for one in templates() if one.key == slug)
    targeting = Targeting(traffic_sources=(slug,), priority=1000)
    return design.model_copy(update={"targeting": targeting, **changed})


@pytest.fixture(scope="module")
def walls(shop: ServedShop) -> Iterator[None]:
    soft = _for("soft-sheet")
    premium_too = soft.access.model_copy(update={"includes_premium": True})
    designs = {
        "tried-sheet": soft.model_copy(update={"access": premium_too}),
        "tried-comparison": _for("trial-comparison"),
    }
    with in_force(shop, designs):
        yield


def _walled(visit: Visit, source: str) -> Page:
    page = visit("/")
    slug = premium_article(page)
    page.context.clear_cookies()  # a visit keeps the source that it began with
    page.goto(f"/article/{slug}?utm_source={source}")
    expect(hook(page, "paywall")).to_be_visible()
    return page


def test_a_soft_wall_is_taken_away_by_keyboard_and_stays_away(visit: Visit, walls: None) -> None:
    page = _walled(visit, "soft-sheet")
    wall = hook(page, "paywall")
    expect(wall).to_have_attribute("data-layout", "bottom_sheet")
    expect(wall).to_have_attribute("data-model", "soft")
    hook(page, "paywall-dismiss").focus()
    page.keyboard.press("Enter")
    expect(hook(page, "article-body")).to_be_focused()
    expect(wall).to_have_count(0)
    page.reload()
    expect(hook(page, "article-body")).to_be_visible()


def test_an_offer_on_the_wall_is_chosen_in_the_picker(visit: Visit, walls: None) -> None:
    page = _walled(visit, "trial-comparison")
    offers = hook(page, "paywall-offer")
    expect(offers).to_have_count(4)
    expect(offers.first).to_have_attribute("data-look", "preselected")
    expect(offers.first).to_contain_text(re.compile(r"0\s*kr i 1 månad, därefter 129\s*kr/mån"))
    yearly = offers.filter(has_text="/år")
    expect(yearly).to_have_count(1)
    yearly.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/packages\?from=.+&code=digital&period="))
    chosen = page.locator('[data-testid="package-option"]:has(input:checked)')
    expect(chosen).to_contain_text("/år")
    page.go_back()
    hook(page, "paywall-buy").click()
    expect(page.locator('[data-testid="package-option"]:has(input:checked)')).to_have_attribute(
        "data-code", "digital-trial"
    )
