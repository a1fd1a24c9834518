"""The sign-in and register forms as everybody meets them: their own words, and without any script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import hook

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/login", ["login-email", "login-password"], "Skriv ditt lösenord."),
        ("/en/login", ["login-email", "login-password"], "Enter your password."),
        (
            "/register",
            ["register-first-name", "register-last-name", "login-email", "login-password"],
            "Välj ett lösenord.",
        ),
    ],
)
def test_an_empty_form_is_answered_in_the_pages_own_words(
    visit: Visit, path: str, fields: list[str], words: str
) -> None:
    page = visit(path, locale="de-DE")
    expect(page.locator(".way-in--awaited")).to_have_count(0)
    hook(page, "login-submit").click()
    expect(page.locator("#form-alert")).to_be_focused()
    expect(hook(page, "login-error")).to_have_attribute("data-code", "fields")
    for field in fields:
        expect(hook(page, field)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#login-password-fault")).to_have_text(words)
    # Told once: who comes again meets the form as it was.
    page.goto(path)
    expect(page.locator(".way-in--awaited")).to_have_count(0)
    expect(hook(page, "login-error")).to_have_count(0)


def test_without_a_script_one_can_sign_in_and_is_told_what_the_account_needs(visit: Visit) -> None:
    page = visit("/login?next=/account", java_script_enabled=False)
    expect(hook(page, "login-submit").first).to_be_visible()
    hook(page, "login-email").fill("astrid.lundmark@demo.example")
    hook(page, "login-password").fill("demo1234")
    hook(page, "login-submit").first.click()
    page.wait_for_url(re.compile("/account$"))
    notice = page.locator("noscript .notice")
    expect(notice).to_contain_text("JavaScript")
    title = page.locator("h1").bounding_box()
    told = notice.bounding_box()
    assert title
    assert told
    assert 16 <= told["y"] - title["y"] - title["height"] <= 40


def test_nothing_empty_takes_room_at_the_top_of_a_form(visit: Visit) -> None:
    page = visit("/login")
    expect(page.locator(".way-in--awaited")).to_have_count(0)
    top = page.evaluate(
        """() => {
          const card = document.querySelector("form.card");
          const first = card.querySelector(".field").getBoundingClientRect();
          return first.top - card.getBoundingClientRect().top - parseFloat(getComputedStyle(card).paddingTop);
        }"""
    )
    assert top <= 4


@pytest.mark.parametrize(("path", "language"), [("/en/packages", "sv"), ("/packages", None)])
def test_product_texts_in_another_language_than_the_pages_say_so(
    visit: Visit, path: str, language: str | None
) -> None:
    page = visit(path)
    option = hook(page, "package-option").first
    expect(option).to_be_visible()
    for part in (".choice__title", ".choice__description"):
        assert option.locator(part).get_attribute("lang") == language


@pytest.mark.parametrize(("path", "language"), [("/studio", "en"), ("/", "sv"), ("/en", "en")])
def test_the_document_says_its_language(visit: Visit, path: str, language: str) -> None:
    expect(visit(path).locator("html")).to_have_attribute("lang", language)
