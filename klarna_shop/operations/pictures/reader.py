"""A reader's walk: pictures for the README."""

from __future__ import annotations

from playwright.sync_api import Page

from klarna_shop.operations.pictures.camera import take


def purchase(page: Page) -> None:
    """From the front page to the confirmation."""
    page.goto("/")
    take(page, "front")
    premium = page.locator('[data-testid="article-card"][data-access="premium"]').first
    page.goto(f"/article/{premium.get_attribute('data-slug')}")
    page.get_by_test_id("paywall").scroll_into_view_if_needed()
    take(page, "paywall")
    page.get_by_test_id("paywall-buy").click()
    page.locator('[data-testid="package-option"][data-kind="trial"]').click()
    page.get_by_test_id("customer-email").fill("alva.strand@exempel.example")
    page.get_by_test_id("customer-first-name").fill("Alva")
    page.get_by_test_id("customer-last-name").fill("Strand")
    page.evaluate("scrollTo(0, 0)")
    take(page, "packages")
    page.get_by_test_id("package-continue").click()
    page.locator('[data-testid="klarna-widget"][data-status="ready"]').wait_for()
    take(page, "checkout")
    page.evaluate("window.__klarnaStub.next('approve')")
    page.get_by_test_id("checkout-buy").click()
    page.locator('[data-testid="confirmation"][data-status="completed"]').wait_for()
    take(page, "confirmation")


def on_a_phone(page: Page) -> None:
    """Front page and wall."""
    page.goto("/en")
    take(page, "front-phone")
    premium = page.locator('[data-testid="article-card"][data-access="premium"]').first
    page.goto(f"/en/article/{premium.get_attribute('data-slug')}")
    page.get_by_test_id("paywall-buy").scroll_into_view_if_needed()
    take(page, "paywall-phone")
