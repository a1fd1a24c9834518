"""What readers do, in the words of the UI contract."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


def hook(page: Page, name: str) -> Locator:
    """The element with this hook."""
    return page.get_by_test_id(name)


def premium_article(page: Page) -> str:
    """The slug of a premium article on the front page."""
    return (
        hook(page, "article-card")
        .and_(page.locator('[data-access="premium"]'))
        .first.get_attribute("data-slug")
        or ""
    )


def sign_in(page: Page, email: str, next_path: str = "/") -> None:
    """Sign in as a demo customer with one click."""
    page.goto(f"/login?next={next_path}")
    page.locator(f'[data-testid="demo-customer"][data-email="{email}"]').click()
    # The sign-in page's own address ends with the path, too, in its query.
    expect(page).to_have_url(re.compile(r"^[^?]*" + re.escape(next_path) + "$"))


def choose(page: Page, code: str = "digital", kind: str = "package") -> None:
    """Choose the first option with this code in the picker."""
    page.locator(f'[data-testid="package-option"][data-code="{code}"][data-kind="{kind}"]').first.click()


def introduce(page: Page, email: str) -> None:
    """Say who buys, as somebody new."""
    hook(page, "customer-email").fill(email)
    hook(page, "customer-first-name").fill("Ny")
    hook(page, "customer-last-name").fill("Läsare")


def to_checkout(page: Page) -> None:
    """Continue from the picker, and wait for Klarna's widget."""
    hook(page, "package-continue").click()
    expect(page).to_have_url(re.compile(r"/checkout\?purchase="))
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "ready")
    expect(hook(page, "checkout-buy")).to_be_enabled()


def next_outcome(page: Page, outcome: str) -> None:
    """Tell the stub of Klarna's SDK how the next authorize ends."""
    page.evaluate("outcome => window.__klarnaStub.next(outcome)", outcome)


def pay(page: Page) -> None:
    """Press the order button and approve, to the confirmation."""
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")
