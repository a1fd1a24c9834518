"""What a browser, a network or a newer build denies a page, and what its reader is told and can still do."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from klarna_shop.operations.browser import FLAGS, find_chromium
from tests.browser.steps import choose, hook, introduce, pay, premium_article, to_checkout
from tests.patience import PATIENCE_MS
from tests.served import ServedShop

pytestmark = pytest.mark.browser

SOCKET = re.compile("/_event")
SILENT_SOCKET = """window.WebSocket = class extends EventTarget {
    readyState = 0; send() {} close() { this.readyState = 3; }
};"""


@pytest.fixture
def reader(chromium: Browser, shop: ServedShop) -> Iterator[Page]:
    context = chromium.new_context(base_url=shop.url, locale="sv-SE", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def blocked(chromium: Browser, shop: ServedShop) -> Iterator[BrowserContext]:
    """A profile in which a policy takes no cookie and keeps nothing of a site."""
    with tempfile.TemporaryDirectory() as folder:
        preferences = Path(folder) / "Default" / "Preferences"
        preferences.parent.mkdir()
        denied = {"profile": {"default_content_setting_values": {"cookies": 2}}}
        preferences.write_text(json.dumps(denied))
        context = chromium.browser_type.launch_persistent_context(
            folder,
            executable_path=find_chromium(whole=True),
            args=list(FLAGS),
            base_url=shop.url,
            locale="sv-SE",
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context
        context.close()


def _change_updates(page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    """Let `change` have each state of what the server sends."""

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def on_message(message: str | bytes) -> None:
            head, comma, rest = str(message).partition(",")
            if rest.startswith('["event"'):
                event = json.loads(rest)
                for state in event[1].get("delta", {}).values():
                    change(state)
                message = head + comma + json.dumps(event)
            socket.send(message)

        server.on_message(on_message)

    page.route_web_socket(SOCKET, between)


def test_without_storage_and_cookies_pages_are_read_and_say_what_they_lack(blocked: BrowserContext) -> None:
    page = blocked.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/")
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    expect(hook(page, "article-teaser")).to_be_visible()
    expect(hook(page, "paywall").get_by_test_id("cookies-needed")).to_contain_text("räkna dina fria artiklar")
    expect(page.locator(".consent")).to_be_hidden()
    page.goto("/en/packages")
    expect(hook(page, "cookies-needed")).to_contain_text("does not accept our cookies")
    choose(page)
    introduce(page, "utan.kakor@exempel.example")
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_have_attribute("data-code", "cookies_needed")
    for path in ("/login", "/account", "/checkout", "/withdraw"):
        page.goto(path)
        expect(hook(page, "cookies-needed")).to_be_visible()
        expect(hook(page, "last-page")).to_have_count(0)
    page.goto("/studio/paywalls")
    expect(page.locator("h1")).to_be_visible()
    hook(page, "theme-switch").click()
    assert errors == []


@pytest.mark.parametrize("owner", ["Document.prototype", "document"])
def test_a_full_storage_and_a_forbidden_history_end_no_page(reader: Page, owner: str) -> None:
    """Refused by the browser, or by an extension that has put its own in the way."""
    page = reader
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(
        """const refuse = () => { throw new DOMException("as a test wishes", "QuotaExceededError"); };
        Storage.prototype.setItem = refuse;
        History.prototype.replaceState = refuse;
        window.matchMedia = refuse;
        const cookie = { configurable: true, get: refuse, set: refuse };"""
        f"Object.defineProperty({owner}, 'cookie', cookie);"
    )
    page.goto("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    hook(page, "theme-switch").click()
    assert page.evaluate("(sessionStorage.setItem('a', 1), sessionStorage.getItem('a'))") == "1"
    assert errors == []


@pytest.mark.parametrize("how", ["refused", "swallowed"])
def test_without_a_websocket_a_purchase_goes_over_plain_requests(reader: Page, how: str) -> None:
    page = reader
    if how == "refused":
        page.route_web_socket(SOCKET, lambda socket: socket.close())
    else:
        page.add_init_script(SILENT_SOCKET)
    page.goto("/packages")
    choose(page)
    introduce(page, f"utan.uttag.{how}@exempel.example")
    to_checkout(page)
    pay(page)
    expect(hook(page, "hindrance").get_by_role("button").first).to_be_hidden()


def test_where_nothing_gets_through_the_page_says_so(reader: Page) -> None:
    page = reader
    page.route_web_socket(SOCKET, lambda socket: socket.close())
    page.route("**/_event/**", lambda route: route.abort())
    page.goto("/en/packages")
    reason = page.locator('[data-reason="connection"]')
    expect(reason).to_be_visible()
    expect(reason).to_contain_text("nothing is paid twice")
    expect(reason.get_by_role("link")).to_have_attribute("href", re.compile("^mailto:"))
    reason.get_by_role("button", name="Close").click()
    expect(reason).to_be_hidden()


def test_a_page_whose_scripts_never_begin_says_so(reader: Page) -> None:
    page = reader
    page.route("**/assets/*.js", lambda route: route.fulfill(status=404, body=""))
    page.goto("/")
    expect(page.locator('[data-reason="scripts"]')).to_be_visible()
    expect(hook(page, "article-card").first).to_be_visible()


def test_a_press_leads_on_where_its_part_of_the_bundle_is_gone(reader: Page) -> None:
    page = reader
    loaded: list[str] = []

    def part(route: Route) -> None:
        if "/terms" in loaded:
            route.continue_()
        else:
            route.fulfill(status=404, body="<h1>gone</h1>", content_type="text/html")

    def document(route: Route) -> None:
        loaded.append("/terms")
        route.continue_()

    page.goto("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    page.route(re.compile(r"/assets/_terms_.*\.js"), part)
    page.route(re.compile(r"/terms$"), document)
    page.locator(".colophon__links a[href='/terms']").click()
    expect(page).to_have_url(re.compile("/terms$"))
    expect(page.locator("main h1")).to_be_visible()
    assert loaded == ["/terms"]


def test_an_older_page_is_loaded_anew_but_not_under_the_readers_hands(reader: Page) -> None:
    page = reader
    told: list[WebSocketRoute] = []

    def between(socket: WebSocketRoute) -> None:
        told.append(socket)
        socket.connect_to_server()

    page.route_web_socket(SOCKET, between)

    def tell() -> None:
        mismatch = {"backend": "newer", "reload_cooldown_ms": 60_000}
        told[-1].send("42/_event," + json.dumps(["state_mismatch", mismatch]))

    page.goto("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    choose(page)
    hook(page, "customer-email").fill("halv@exempel.example")
    tell()
    expect(page.locator('[data-reason="newer"]')).to_be_visible()
    expect(hook(page, "customer-email")).to_have_value("halv@exempel.example")
    with page.expect_request(lambda request: request.is_navigation_request()):
        page.locator(".colophon__links a[href='/terms']").click()
    expect(page).to_have_url(re.compile("/terms$"))
    expect(page.locator(".masthead__reader")).not_to_be_empty()
    with page.expect_request(lambda request: request.is_navigation_request()):
        tell()


def test_a_failing_page_says_what_became_of_the_money_and_is_reported_once(
    reader: Page, shop: ServedShop
) -> None:
    page = reader
    failing = [True]

    def spoil(state: dict[str, Any]) -> None:
        if failing[0] and "session_fingerprint_rx_state_" in state:
            state["customer_email_rx_state_"] = {"not": "a text"}

    page.goto("/packages")
    choose(page)
    introduce(page, "sista.sidan@exempel.example")
    to_checkout(page)
    _change_updates(page, spoil)
    page.reload()
    last = hook(page, "last-page")
    expect(last).to_contain_text("inget dras två gånger")
    expect(last.get_by_role("link", name=re.compile("kundservice"))).to_be_visible()
    expect(page).to_have_title("Sidan har stannat")
    reference = last.get_attribute("data-reference") or ""
    assert re.fullmatch("[0-9a-f]{8}", reference)
    failing[0] = False
    last.get_by_role("button").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    pay(page)
    assert shop.log().count(reference) == 1
    assert "a page reports: Error: Minified React error" not in shop.log()
