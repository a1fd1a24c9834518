"""A product manager provokes outcomes from the studio."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import (
    SUBSCRIBER,
    choose,
    hook,
    introduce,
    next_outcome,
    pay,
    premium_article,
    to_checkout,
)

pytestmark = pytest.mark.browser


def _walk(page: Page, scenario: str) -> None:
    page.goto("/studio/scenarios")
    page.locator(f'[data-testid="scenario-option"][data-scenario="{scenario}"]').click()
    page.wait_for_url(re.compile(r"/(packages|article|login)"))


@pytest.mark.parametrize(
    ("scenario", "code"),
    [("klarna_refuse", "klarna_refused"), ("payment_method_failed", "payment_method_failed")],
)
def test_a_scenario_ends_as_it_says(visit: Visit, scenario: str, code: str) -> None:
    page = visit("/studio")
    page.get_by_role("link", name="Scenarios").first.click()
    _walk(page, scenario)
    introduce(page, f"{scenario}@exempel.example")
    to_checkout(page)
    if scenario == "payment_method_failed":
        next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", code)
    # Used up: the next attempt goes through.
    hook(page, "checkout-retry").click()
    expect(hook(page, "checkout-error")).to_have_count(0)
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "ready")
    pay(page)


def test_what_is_on_is_told_and_can_be_switched_off(visit: Visit) -> None:
    page, other = visit("/studio/scenarios"), visit("/studio/scenarios")
    _walk(page, "session_unavailable")
    page.goto("/studio/scenarios")
    expect(hook(page, "scenarios-on")).to_contain_text("session_unavailable")
    expect(hook(other, "scenarios-on")).to_have_count(0)
    hook(page, "scenarios-off").click()
    expect(hook(page, "scenarios-on")).to_have_count(0)
    _walk(page, "klarna_approve")
    introduce(page, "avstangd@exempel.example")
    to_checkout(page)


def test_a_customer_who_has_it_already_is_told_so(visit: Visit) -> None:
    page = visit("/studio/scenarios")
    page.locator('[data-scenario="customer_trial_used"]').click()
    page.wait_for_url(re.compile("/packages"))
    choose(page, "digital-trial", "trial")
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_have_attribute("data-code", "not_eligible")


def test_reader_and_outcome_are_switched_in_the_shop_itself(visit: Visit) -> None:
    page = visit("/")
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    expect(hook(page, "paywall")).to_be_visible()

    fold = hook(page, "switches")
    assert [frame.url for frame in page.frames[1:]] == [""], "nothing is fetched before it is unfolded"
    fold.locator("summary").click()
    switches = fold.frame_locator("iframe")
    switches.get_by_test_id("switch-outcome").select_option("klarna_refuse")
    expect(switches.get_by_text("The reader should see")).to_be_visible()
    switches.locator(f'[data-testid="switch-reader"][data-email="{SUBSCRIBER}"]').click()
    expect(hook(page, "article-body")).to_be_visible()
    assert page.url.endswith(f"/article/{slug}")

    fold.locator("summary").click()
    expect(switches.get_by_test_id("switch-outcome")).to_have_value("klarna_refuse")
    switches.locator('[data-testid="switch-reader"][data-email=""]').click()
    expect(hook(page, "paywall")).to_be_visible()
    page.goto("/packages?code=digital")
    introduce(page, "vaxlad@exempel.example")
    to_checkout(page)
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "klarna_refused")
