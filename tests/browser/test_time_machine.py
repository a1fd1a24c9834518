"""A product manager moves time along a subscription's life, and everybody is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import choose, hook, pay, sign_in, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(chromium: Browser, own_shop: ServedShop) -> Iterator[Visit]:
    with visitors(chromium, own_shop) as visit:
        yield visit


def test_time_moves_along_the_line_of_a_trial(visit: Visit) -> None:
    page = visit()
    sign_in(page, "astrid.lundmark@demo.example")
    page.goto("/packages?code=digital-trial")
    choose(page, "digital-trial", "trial")
    to_checkout(page)
    pay(page)
    page.goto("/studio/scenarios")
    expect(hook(page, "time-stop").first).to_contain_text("Bought")
    page.locator('[data-testid="time-stop"][data-stop="first_charge"]').click()
    expect(hook(page, "time-back")).to_be_visible()
    page.goto("/account")
    subscription = page.locator('[data-testid="account-subscription"][data-code="digital"]')
    expect(subscription).to_have_attribute("data-state", "activated")
    expect(hook(page, "sandbox-clock")).to_be_visible()
    somebody_else = visit()
    expect(hook(somebody_else, "sandbox-clock")).to_be_visible()
    page.goto("/studio/scenarios")
    hook(page, "time-back").click()
    expect(hook(page, "time-back")).to_have_count(0)
    somebody_else.reload()
    expect(hook(somebody_else, "sandbox-clock")).to_have_count(0)
