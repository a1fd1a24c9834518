"""Whole purchases in Chromium on the production build, as readers make them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    NOTHING_BOUGHT,
    choose,
    hook,
    introduce,
    next_outcome,
    pay,
    premium_article,
    sign_in,
    to_checkout,
)
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def test_a_new_customer_buys_and_the_article_opens_where_reading_stopped(visit: Visit) -> None:
    page = visit("/")
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    expect(hook(page, "paywall")).to_be_visible()
    expect(hook(page, "article-body")).to_have_count(0)
    hook(page, "paywall-buy").click()
    page.wait_for_url(re.compile(rf"/packages\?from={slug}"))
    choose(page)
    introduce(page, "ny.en@exempel.example")
    to_checkout(page)
    expect(hook(page, "customer-email")).to_have_text("ny.en@exempel.example")
    pay(page)
    expect(hook(page, "confirmation")).to_have_attribute("data-order-id", re.compile(r"^DEMO-\d+$"))
    hook(page, "confirmation-article").click()
    expect(hook(page, "article-body")).to_be_visible()
    expect(hook(page, "paywall")).to_have_count(0)


def test_an_order_can_be_changed_before_it_is_paid(visit: Visit) -> None:
    page = visit("/")
    slug = premium_article(page)
    page.goto(f"/packages?from={slug}")
    yearly = page.locator('[data-testid="package-option"][data-code="digital"][data-price="129000"]')
    yearly.click()
    introduce(page, "andrar@exempel.example")
    to_checkout(page)
    expect(hook(page, "checkout-summary")).to_have_attribute("data-price", "129000")
    page.get_by_role("link", name="Ändra köparen").click()
    page.wait_for_url(re.compile(rf"/packages\?code=digital&period=\w+&from={slug}$"))
    expect(yearly.get_by_role("radio")).to_be_checked()
    # What the buyer had given stands in no address.
    assert "andrar" not in page.url
    choose(page)
    introduce(page, "andrade@exempel.example")
    to_checkout(page)
    expect(hook(page, "checkout-summary")).to_have_attribute("data-price", "12900")
    expect(hook(page, "customer-email")).to_have_text("andrade@exempel.example")
    page.get_by_role("link", name="Ändra beställningen").click()
    page.wait_for_url(re.compile(r"/packages\?"))
    introduce(page, "andrade@exempel.example")
    to_checkout(page)
    pay(page)
    expect(hook(page, "confirmation-article")).to_be_visible()


def test_on_a_phone_the_price_is_in_sight_at_the_button(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    page.set_viewport_size({"width": 390, "height": 664})
    introduce(page, "mobil@exempel.example")
    to_checkout(page)
    button, due = hook(page, "checkout-buy"), page.locator("#checkout-due")
    expect(due).to_have_text(re.compile(r"^Att betala nu: 129\s*kr\. Förnyas .* för 129\s*kr/mån"))
    button.evaluate("button => button.scrollIntoView({ block: 'end' })")
    expect(due).to_be_in_viewport(ratio=1)
    expect(button).to_be_in_viewport(ratio=1)


def test_an_existing_customer_buys_and_finds_the_subscription_on_the_account(visit: Visit) -> None:
    page = visit("/")
    sign_in(page, NOTHING_BOUGHT, "/packages")
    choose(page)
    expect(hook(page, "customer-email")).to_have_count(0)
    to_checkout(page)
    pay(page)
    page.goto("/account")
    subscription = page.locator('[data-testid="account-subscription"][data-code="digital"]').first
    expect(subscription).to_have_attribute("data-state", "activated")
    expect(hook(page, "account-order").first).to_have_attribute("data-state", "closed")


def test_a_trial_is_ordered_with_the_words_the_law_wants(visit: Visit) -> None:
    page = visit("/packages?code=digital-trial")
    introduce(page, "prova@exempel.example")
    to_checkout(page)
    summary = hook(page, "checkout-summary")
    expect(summary).to_have_attribute("data-price", "0")
    expect(summary).to_have_attribute("data-price-after", "12900")
    button = hook(page, "checkout-buy")
    expect(button).to_have_text("Beställ med betalningsskyldighet")
    expect(button).to_have_accessible_description(
        re.compile(r"^Att betala nu: 0\s*kr\. Därefter 129\s*kr/mån för .* tills du säger upp\.")
    )
    pay(page)
    expect(hook(page, "confirmation")).to_have_attribute("data-kind", "trial")


def test_where_the_redirect_answers_nothing_the_page_says_paid_and_goes_on(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "inget.svar@exempel.example")
    to_checkout(page)
    page.route("**/sandbox/**/redirect*", lambda route: route.fulfill(status=204))
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(page.locator(".page--checkout")).to_contain_text("Köpet är betalt")
    expect(page.locator(".page--checkout")).not_to_contain_text("Inget dras")
    expect(page.get_by_role("link", name="Till bekräftelsen")).to_be_visible()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")
    page.go_back()
    expect(page).not_to_have_url(re.compile("/checkout"))


def test_a_refusal_says_what_became_of_the_money_and_a_new_attempt_succeeds(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "nekad@exempel.example")
    to_checkout(page)
    first = page.url
    next_outcome(page, "refuse")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "klarna_refused")
    expect(hook(page, "checkout-error")).to_contain_text("Inget har dragits")
    hook(page, "checkout-retry").click()
    page.wait_for_url(lambda url: "/checkout?purchase=" in url and url != first)
    expect(hook(page, "checkout-buy")).to_be_enabled()
    pay(page)


def test_payways_refusal_after_approval_ends_without_an_order(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "nagon+debt@exempel.example")
    to_checkout(page)
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "payment_method_failed")
    expect(hook(page, "checkout-retry")).to_be_visible()


def test_a_closed_window_is_no_error_and_the_next_press_buys(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "stangd@exempel.example")
    to_checkout(page)
    next_outcome(page, "abort")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    expect(hook(page, "checkout-error")).to_have_count(0)
    pay(page)


@pytest.mark.parametrize("presses", [2, 10])
def test_quick_presses_make_one_authorize_and_one_order(visit: Visit, presses: int) -> None:
    page = visit("/packages?code=digital")
    introduce(page, f"snabb{presses}@exempel.example")
    to_checkout(page)
    next_outcome(page, "approve")
    hook(page, "checkout-buy").evaluate(
        "(button, n) => { for (let i = 0; i < n; i++) button.click(); }", presses
    )
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")


def test_authorize_runs_in_the_readers_own_press(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "gest@exempel.example")
    to_checkout(page)
    next_outcome(page, "abort")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    calls = page.evaluate("window.__klarnaStub.calls.filter(call => call.method === 'authorize')")
    assert len(calls) == 1
    assert calls[0]["userActivation"] is True


def test_reloading_at_every_step_loses_nothing(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    page.reload()
    introduce(page, "ladda@exempel.example")
    to_checkout(page)
    address = page.url
    page.reload()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    assert page.url == address
    pay(page)
    confirmation = page.url
    order = hook(page, "confirmation").get_attribute("data-order-id")
    page.reload()
    expect(hook(page, "confirmation")).to_have_attribute("data-order-id", order or "")
    page.goto(address)
    page.wait_for_url(confirmation)
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")


def test_back_from_the_confirmation_cannot_pay_again(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "bakat@exempel.example")
    to_checkout(page)
    pay(page)
    page.go_back()
    expect(hook(page, "checkout-buy")).to_have_count(0)


def test_two_tabs_with_one_purchase_make_one_order(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "tva@exempel.example")
    to_checkout(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(hook(other, "checkout-buy")).to_be_enabled()
    pay(page)
    next_outcome(other, "approve")
    hook(other, "checkout-buy").click()
    expect(hook(other, "confirmation")).to_have_attribute(
        "data-order-id", hook(page, "confirmation").get_attribute("data-order-id") or ""
    )


def test_two_tabs_with_a_purchase_each_make_one_order(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "flikar@exempel.example")
    to_checkout(page)
    other = page.context.new_page()
    other.goto("/packages?code=digital")
    introduce(other, "flikar@exempel.example")
    to_checkout(other)
    pay(page)
    next_outcome(other, "approve")
    hook(other, "checkout-buy").click()
    expect(hook(other, "checkout-error")).to_have_attribute("data-code", "already_subscribed")
    expect(hook(other, "checkout-retry")).to_have_count(0)


def test_the_whole_purchase_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/packages?code=digital-30")
    # A form that still waits for its offers is hidden, and what is hidden takes no focus.
    expect(hook(page, "customer-email")).to_be_visible()
    hook(page, "customer-email").focus()
    page.keyboard.type("tangent@exempel.example")
    page.keyboard.press("Tab")
    page.keyboard.type("Ny")
    page.keyboard.press("Tab")
    page.keyboard.type("Läsare")
    page.keyboard.press("Enter")
    expect(hook(page, "checkout-buy")).to_be_enabled()
    hook(page, "checkout-buy").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")


def test_a_script_that_never_loads_ends_in_a_sentence_and_a_way_out(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "blockerad@exempel.example")
    page.context.route("**/sandbox/klarna/sdk.js", lambda route: route.abort())
    hook(page, "package-continue").click()
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "failed")
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "klarna_unavailable")
    expect(hook(page, "checkout-buy")).to_be_disabled()
    page.context.unroute("**/sandbox/klarna/sdk.js")
    hook(page, "klarna-retry").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    expect(hook(page, "checkout-error")).to_have_count(0)
    pay(page)


def test_another_persons_purchase_shows_nothing(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "min@exempel.example")
    to_checkout(page)
    address = page.url
    stranger = visit(address)
    expect(hook(stranger, "nothing-to-show")).to_be_visible()
    stranger.goto(address.replace("/checkout", "/confirmation"))
    expect(hook(stranger, "nothing-to-show")).to_be_visible()


def test_a_restart_in_the_middle_of_a_purchase_loses_nothing(visit: Visit, shop: ServedShop) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "omstart@exempel.example")
    to_checkout(page)
    shop.restart()
    page.reload()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    pay(page)


def test_the_picker_asks_who_buys_only_when_something_is_chosen(visit: Visit) -> None:
    page = visit("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    expect(hook(page, "customer-email")).to_be_hidden()
    hook(page, "package-continue").click()
    expect(hook(page, "picker-error")).to_have_attribute("data-code", "invalid_fields")
    choose(page)
    expect(hook(page, "customer-email")).to_be_visible()
    expect(hook(page, "picker-error")).to_be_hidden()


def test_signing_in_from_the_picker_leads_back_to_the_same_article_and_offer(visit: Visit) -> None:
    page = visit("/")
    slug = premium_article(page)
    page.goto(f"/packages?from={slug}&code=digital")
    page.get_by_role("group").get_by_role("link", name="Logga in").click()
    page.locator(f'[data-testid="demo-customer"][data-email="{NOTHING_BOUGHT}"]').click()
    page.wait_for_url(re.compile(rf"/packages\?(?=.*from={slug})(?=.*code=digital)"))
    expect(page.locator("input[name=offer]:checked")).to_have_count(1)
