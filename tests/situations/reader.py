"""The readers' situations, in the order of a visit."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from playwright.sync_api import Page, expect

from tests.browser.steps import choose, hook, introduce, next_outcome, to_checkout
from tests.situations.situation import Situation

_numbers = count(1)
NOTHING = '[data-testid="nothing-to-show"]'


def _article(access: str) -> Callable[[Page, str], None]:
    def go(page: Page, prefix: str) -> None:
        page.goto(prefix or "/")
        card = hook(page, "article-card").and_(page.locator(f'[data-access="{access}"]')).first
        page.goto(card.get_attribute("href") or "")
        shown = "paywall" if access == "premium" else "article-body"
        expect(hook(page, shown).first).to_be_visible()

    return go


def _used_up(page: Page, prefix: str) -> None:
    """The wall after the last free article."""
    page.goto(prefix or "/")
    cards = hook(page, "article-card").and_(page.locator('[data-access="metered"]'))
    addresses = list(dict.fromkeys(card.get_attribute("href") or "" for card in cards.all()))
    for address in addresses[:4]:
        page.goto(address)
        expect(hook(page, "article-body").or_(hook(page, "paywall")).first).to_be_visible()
    expect(hook(page, "paywall")).to_be_visible()


def _at(path: str, wait_for: str = "") -> Callable[[Page, str], None]:
    def go(page: Page, prefix: str) -> None:
        page.goto(f"{prefix}{path}" or "/")
        if wait_for:
            expect(page.locator(wait_for).first).to_be_visible()

    return go


def _banner(page: Page, prefix: str) -> None:
    page.goto(prefix or "/")
    page.locator(".demo-banner summary").first.click()
    expect(page.locator(".demo-switches, .demo-banner details[open]").first).to_be_visible()


def _offers(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/packages")
    expect(hook(page, "package-option").first).to_be_visible()


def _offers_wrong(page: Page, prefix: str) -> None:
    _offers(page, prefix)
    choose(page)
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_be_visible()


def _checkout(page: Page, prefix: str) -> None:
    _offers(page, prefix)
    choose(page, "digital-trial", "trial")
    introduce(page, f"lage.{next(_numbers)}@exempel.example")
    to_checkout(page)


def _checkout_wrong(outcome: str, code: str) -> Callable[[Page, str], None]:
    def go(page: Page, prefix: str) -> None:
        _checkout(page, prefix)
        next_outcome(page, outcome)
        hook(page, "checkout-buy").click()
        expect(hook(page, "checkout-error")).to_have_attribute("data-code", code)

    return go


def confirmed(page: Page, prefix: str) -> None:
    _checkout(page, prefix)
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")


def _receipt(page: Page, prefix: str) -> None:
    confirmed(page, prefix)
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_be_visible()


def _withdrawing(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/withdraw")
    hook(page, "withdraw-start").click()
    hook(page, "withdraw-confirm").click()
    expect(hook(page, "withdraw-error")).to_be_focused()


def _withdrawn(page: Page, prefix: str) -> None:
    confirmed(page, prefix)
    hook(page, "withdraw-start").click()
    hook(page, "withdraw-confirm").click()
    expect(hook(page, "withdraw-receipt")).to_be_visible()
    page.wait_for_url(re.compile("receipt="))


def _sign_in_refused(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/login")
    hook(page, "login-email").fill(f"ingen.{next(_numbers)}@exempel.example")
    hook(page, "login-password").fill("inte rätt")
    hook(page, "login-submit").click()
    expect(hook(page, "login-error")).to_be_visible()


def _register_wrong(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/register")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main [aria-invalid=true], main :invalid").first).to_be_visible()


def _account(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/login?next={prefix}/account")
    page.locator('[data-testid="demo-customer"][data-email="karin.oberg@demo.example"]').click()
    expect(hook(page, "account-subscription").first).to_be_visible()


def _cancelling(page: Page, prefix: str) -> None:
    _account(page, prefix)
    hook(page, "account-cancel").first.click()
    expect(hook(page, "account-cancel-confirm")).to_be_visible()


def _offline(page: Page, prefix: str) -> None:
    page.route_web_socket(re.compile("_event"), lambda socket: socket.close())
    page.route("**/_event/**", lambda route: route.abort())
    page.goto(prefix or "/")
    expect(page.locator(".hindrance__reason:visible").first).to_be_visible(timeout=60_000)


SITUATIONS = (
    Situation("front page", _at("")),
    Situation("front page, demo banner open", _banner),
    Situation("free article", _article("free")),
    Situation("article on the meter", _article("metered")),
    Situation("wall before a premium article", _article("premium")),
    Situation("wall, meter used up", _used_up),
    Situation("picker", _offers),
    Situation("picker, something missing", _offers_wrong),
    Situation("checkout", _checkout),
    Situation("checkout, refused by Klarna", _checkout_wrong("refuse", "klarna_refused")),
    Situation("checkout, fields to correct", _checkout_wrong("invalid_fields", "invalid_fields")),
    Situation("confirmation", confirmed),
    Situation(
        "confirmation of somebody else", _at("/confirmation?purchase=x", '[data-testid="nothing-to-show"]')
    ),
    Situation("receipt", _receipt),
    Situation("withdrawal", _at("/withdraw", '[data-testid="withdraw-start"]')),
    Situation("withdrawal, something missing", _withdrawing),
    Situation("receipt of withdrawal", _withdrawn),
    Situation("sign in", _at("/login", '[data-testid="login-submit"]')),
    Situation("sign in, refused", _sign_in_refused),
    Situation("register", _at("/register", "main form")),
    Situation("register, something missing", _register_wrong),
    Situation("account, signed out", _at("/account", "main .card")),
    Situation("account", _account),
    Situation("account, about to cancel", _cancelling),
    Situation("terms", _at("/terms")),
    Situation("privacy", _at("/privacy")),
    Situation("unknown address", _at("/no/such/page")),
    Situation("connection lost", _offline),
)
"""All of them."""
