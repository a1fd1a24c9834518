"""Signing in by redirect in Chromium: with the embedded sandbox, and with one on another origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from klarna_shop.operations.build import BUILT
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import NOTHING_BOUGHT, SUBSCRIBER, hook, premium_article
from tests.sandbox_process import sandbox_process
from tests.served import ServedShop, free_port, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["embedded", "external"])
def redirecting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedShop]:
    """A shop that signs in by redirect, on the build that was made for passwords."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    folder: Path = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        shop = serve(folder, PAYWAY_LOGIN="redirect")
        yield shop
        shop.kill()
        return
    port, payway_port = free_port(), free_port()
    back = f"http://localhost:{port}/auth/callback"
    with sandbox_process(folder / "payway.sqlite3", payway_port, "--redirect-uri", back) as payway:
        shop = serve(folder, port=port, PAYWAY_LOGIN="redirect", PAYWAY_API_URL=payway)
        yield shop
        shop.kill()


@pytest.fixture
def visit(chromium: Browser, redirecting: ServedShop) -> Iterator[Visit]:
    """Visitors of that shop, whose secrets are not in its log afterwards."""
    with visitors(chromium, redirecting) as visit:
        yield visit
    assert not re.search(r"[?&](code|state)=|Traceback", redirecting.log())


def _to_the_login_page(page: Page) -> str:
    """From a paywall to Payway's stand-in; the article's address."""
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    hook(page, "paywall-login").click()
    page.wait_for_url(re.compile(rf"/login\?next=/article/{slug}$"))
    expect(hook(page, "login-password")).to_have_count(0)
    hook(page, "login-submit").click()
    page.wait_for_url(re.compile(r"/sandbox/login\?continue="))
    return f"/article/{slug}"


def _choose(page: Page, email: str) -> None:
    page.locator(f'[data-testid="demo-customer"][data-email="{email}"]').click()


def test_from_the_paywall_to_the_article_open_for_a_subscriber(visit: Visit) -> None:
    page = visit("/")
    article = _to_the_login_page(page)
    _choose(page, SUBSCRIBER)
    page.wait_for_url(re.compile(rf"{article}$"))
    expect(hook(page, "article-body")).to_be_visible()
    expect(hook(page, "paywall")).to_have_count(0)
    page.go_back()
    expect(page).not_to_have_url(re.compile("code="))


def test_a_password_typed_at_payway_signs_in(visit: Visit) -> None:
    page = visit("/")
    article = _to_the_login_page(page)
    hook(page, "login-email").fill(SUBSCRIBER)
    hook(page, "login-password").fill("wrong")
    hook(page, "login-submit").click()
    expect(hook(page, "login-error")).to_contain_text("4 försök återstår")
    hook(page, "login-password").fill("demo1234")
    hook(page, "login-submit").click()
    page.wait_for_url(re.compile(rf"{article}$"))
    expect(hook(page, "article-body")).to_be_visible()


def test_cancelling_leads_back_to_the_article_without_a_word(visit: Visit) -> None:
    page = visit("/")
    article = _to_the_login_page(page)
    hook(page, "login-cancel").click()
    page.wait_for_url(re.compile(rf"{article}$"))
    expect(hook(page, "paywall")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_have_count(0)


def test_signed_out_of_the_shop_the_next_sign_in_is_immediate_or_somebody_elses(visit: Visit) -> None:
    page = visit("/")
    article = _to_the_login_page(page)
    _choose(page, SUBSCRIBER)
    page.wait_for_url(re.compile(rf"{article}$"))
    hook(page, "logout").click()
    expect(hook(page, "paywall")).to_be_visible()
    hook(page, "paywall-login").click()
    hook(page, "login-submit").click()
    expect(hook(page, "article-body")).to_be_visible()
    hook(page, "logout").click()
    hook(page, "paywall-login").click()
    hook(page, "login-other").click()
    expect(hook(page, "continue-as")).to_contain_text("Karin Öberg")
    _choose(page, NOTHING_BOUGHT)
    page.wait_for_url(re.compile(rf"{article}$"))
    expect(hook(page, "logout")).to_be_visible()
    expect(hook(page, "paywall")).to_be_visible()
    page.goto("/account")
    expect(hook(page, "account-email")).to_contain_text(NOTHING_BOUGHT)


def test_an_account_made_on_the_way_comes_back_signed_in(visit: Visit) -> None:
    page = visit("/en/register?next=/en/packages")
    # The built page shows the form for passwords until the running shop has said that it signs in elsewhere.
    expect(hook(page, "login-password")).to_have_count(0)
    hook(page, "login-submit").click()
    hook(page, "to-register").click()
    page.locator("#first_name").fill("Ny")
    page.locator("#last_name").fill("Läsare")
    hook(page, "login-email").fill(f"ny{free_port()}@exempel.example")
    hook(page, "login-password").fill("hemligt1")
    hook(page, "login-submit").click()
    page.wait_for_url(re.compile(r"/en/packages$"))
    page.goto("/en/account")
    expect(hook(page, "account-email")).to_contain_text("@exempel.example")


def test_whoever_is_signed_in_and_comes_to_the_sign_in_page_goes_on(visit: Visit) -> None:
    page = visit("/")
    _to_the_login_page(page)
    _choose(page, SUBSCRIBER)
    expect(hook(page, "article-body")).to_be_visible()
    page.goto("/login?next=/packages")
    page.wait_for_url(re.compile(r"/packages$"))
    page.goto("/en/login")
    page.wait_for_url(re.compile(r"/en/account$"))


def test_a_way_back_that_nobody_was_sent_out_for_says_what_to_do(visit: Visit) -> None:
    page = visit("/auth/callback?code=stolen&state=strange")
    expect(page).to_have_url(re.compile(r"/login\?notice="))
    expect(hook(page, "login-error")).to_have_attribute("data-code", "foreign")
    expect(hook(page, "login-error")).to_contain_text("Börja om")
    expect(hook(page, "login-submit")).to_be_visible()


def test_the_form_is_never_in_sight_where_one_signs_in_by_redirect(visit: Visit) -> None:
    page = visit("/")
    # Every frame until the shop has answered is looked at from inside the page, and the time after which
    # the form comes into sight without an answer does not pass.
    page.add_init_script(
        """
        window.seen = 0;
        const look = () => {
          for (const animation of document.getAnimations())
            if (animation.animationName === 'way-in') {
              animation.pause();
              animation.currentTime = 0;
            }
          const field = document.querySelector('[data-testid="login-password"]');
          if (field && field.checkVisibility({visibilityProperty: true})) window.seen += 1;
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """
    )
    page.goto("/login")
    expect(hook(page, "login-submit")).to_have_attribute("href", re.compile("^/auth/start"))
    assert page.evaluate("window.seen") == 0
