"""Leaving for Klarna after the order: the page says that it is paid, and never keeps the buyer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.klarna.test_payment_component import ClientToken, Mount, button, give, heard, message, step

pytestmark = pytest.mark.browser

FOREVER_MS = 3_600_000


def _order(mount: Mount, client_token: ClientToken, leave_ms: int) -> Page:
    page = mount(clientToken=client_token("approve"), continueUrl="/confirmed?purchase=1", leaveMs=leave_ms)
    button(page).click()
    heard(page, "onAuthorized")
    give(page, acknowledged="first")
    step(page, "placing")
    return page


def _confirmed(page: Page) -> None:
    # Waiting for a navigation would fail with the one before it, which the browser gives up.
    expect(page).to_have_url(re.compile(r"/confirmed\?purchase=1$"))


@pytest.mark.parametrize("address", ["/empty", "/download"])
def test_where_the_redirect_leads_nowhere_the_page_goes_on_by_itself(
    mount: Mount, client_token: ClientToken, address: str
) -> None:
    page = _order(mount, client_token, 600)
    give(page, redirectUrl=address)
    expect(message(page)).to_have_text("Paid, going on")
    expect(button(page)).to_be_disabled()
    _confirmed(page)
    page.go_back(wait_until="commit")
    assert "/component" not in page.url, "the paid checkout has left no entry in the history"


@pytest.mark.parametrize(
    "address",
    [
        "https://pay.klarna.com:99999/",
        "https://evil%2f.klarna.com/",
        "https://evil%23.klarna.com/",
        "javascript:document.title='taken'",
    ],
)
def test_an_address_that_the_browser_refuses_is_not_waited_for(
    mount: Mount, client_token: ClientToken, address: str
) -> None:
    page = _order(mount, client_token, FOREVER_MS)
    give(page, redirectUrl=address)
    _confirmed(page)


def test_a_redirect_that_is_followed_is_not_overtaken(mount: Mount, client_token: ClientToken) -> None:
    page = _order(mount, client_token, 600)
    give(page, redirectUrl="/left?for=klarna")
    page.wait_for_url("**/left?for=klarna")
    page.wait_for_timeout(900)
    assert page.url.endswith("/left?for=klarna")


def test_back_to_the_paid_page_leads_on_without_opening_the_address_again(
    mount: Mount, client_token: ClientToken
) -> None:
    page = _order(mount, client_token, FOREVER_MS)
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url) if "/empty" in request.url else None)
    give(page, redirectUrl="/empty")
    expect(message(page)).to_have_text("Paid, going on")
    page.wait_for_timeout(300)
    # A page from the browser's cache is shown again with this event.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    _confirmed(page)
    assert len(opened) == 1


def test_an_address_that_was_there_from_the_start_leads_nowhere(mount: Mount) -> None:
    page = mount(redirectUrl="/left", continueUrl="/confirmed", leaveMs=100)
    page.wait_for_timeout(500)
    assert page.url.endswith("/component")
