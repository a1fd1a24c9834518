"""A product team watches a purchase from the studio while it happens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import SUBSCRIBER, choose, hook, introduce, next_outcome, pay, sign_in, to_checkout

pytestmark = pytest.mark.browser

EMAIL = "flode@exempel.example"


def call(page: Page, operation: str) -> Locator:
    """The last step that calls this."""
    return page.locator(f'[data-testid="flow-call"][data-operation*="{operation}"]').last


def test_a_purchase_is_followed_beside_the_shop_and_told_to_its_end(visit: Visit) -> None:
    shop = visit("/packages?code=digital")
    with shop.context.expect_page() as opened:
        hook(shop, "flow-inspector").click()
    studio = opened.value
    expect(hook(studio, "flow-live")).to_have_count(0)
    choose(shop)
    introduce(shop, EMAIL)
    to_checkout(shop)
    # Nobody has touched the studio: it opens the purchase and goes on with it by itself.
    expect(call(studio, "/create_session")).to_have_attribute("data-status", "200")
    expect(call(studio, "Klarna.Payments.load")).to_have_attribute("data-status", "shown")
    pay(shop)
    order = call(studio, "/place_order")
    expect(order).to_have_attribute("data-status", "200")
    expect(order).to_have_attribute("data-ms", re.compile(r"\d+"))
    for told in ("order button pressed", "authorized → placing", "sent to Klarna", "placed → completed"):
        expect(studio.locator(f'[data-operation="{told}"]')).to_be_visible()
    purchase_id = re.search(r"purchase=([\w-]+)", shop.url)
    assert purchase_id
    row = studio.locator(f'[data-testid="flow-row"][data-purchase="{purchase_id[1]}"]')
    expect(row).to_have_attribute("data-state", "completed")
    assert EMAIL not in studio.content()


def test_a_step_is_copied_linked_to_and_exported_without_its_secrets(visit: Visit) -> None:
    page = visit("/packages?code=digital", permissions=["clipboard-read", "clipboard-write"])
    choose(page)
    introduce(page, "export@exempel.example")
    to_checkout(page)
    purchase_id = page.url.partition("purchase=")[2]
    pay(page)
    page.goto(f"/studio/flows?purchase={purchase_id}")
    call(page, "/place_order").get_by_role("button").first.click()
    hook(page, "flow-curl").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith('curl -X POST "$PAYWAY_API_URL/external/api/v2/klarna_payments/place_order"')
    assert "$KLARNA_AUTHORIZATION_TOKEN" in command
    page.get_by_role("link", name="Permanent link").click()
    page.wait_for_url(re.compile(r"step=s\d+"))
    page.reload()
    expect(page.locator("#flow-step-detail")).to_be_focused()
    expect(page.get_by_text("Request body")).to_be_visible()
    with page.expect_download() as download:
        hook(page, "flow-export").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert exported["flow"]["purchase_id"] == purchase_id
    assert "export@exempel.example" not in json.dumps(exported)
    hook(page, "flow-as-sequence").click()
    picture = page.get_by_role("img", name=f"Sequence of purchase {purchase_id[:8]}")
    expect(picture).to_contain_text("Klarna.Payments.authorize")
    expect(hook(page, "flow-call")).to_have_count(0)


def test_flows_are_found_by_error_and_customer(visit: Visit) -> None:
    page = visit("/packages?code=digital")
    choose(page)
    introduce(page, "flode.nekad@exempel.example")
    to_checkout(page)
    refused = page.url.partition("purchase=")[2]
    next_outcome(page, "refuse")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-error")).to_have_attribute("data-code", "klarna_refused")
    subscriber = visit()
    sign_in(subscriber, SUBSCRIBER)
    subscriber.goto("/packages?code=digital")
    choose(subscriber)
    hook(subscriber, "package-continue").click()
    expect(hook(subscriber, "picker-error")).to_have_attribute("data-code", "already_subscribed")
    studio = visit("/studio/flows")
    row = hook(studio, "flow-row")
    studio.get_by_label("Error code").fill("klarna_refused")
    studio.get_by_role("button", name="Search").click()
    # Others may have been refused as well.
    expect(row.and_(studio.locator(f'[data-purchase="{refused}"]'))).to_have_count(1)
    expect(row.and_(studio.locator(':not([data-state="refused"])'))).to_have_count(0)
    studio.get_by_role("button", name="Clear").click()
    expect(studio.get_by_label("Error code")).to_have_value("")
    studio.get_by_label("Customer").fill(SUBSCRIBER)
    studio.get_by_role("button", name="Search").click()
    refusal = row.and_(studio.locator('[data-state="not_opened"]'))
    expect(refusal.first).to_be_visible()
    refusal.first.click()
    expect(call(studio, "pre_validate_purchase")).to_be_visible()
