"""What follows a purchase in writing, and undoing it, in Chromium on the production build."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import NOTHING_BOUGHT, choose, hook, introduce, pay, sign_in, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser


def test_a_new_customer_keeps_the_receipt_and_withdraws_from_the_confirmation(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit("/packages")
    choose(page)
    introduce(page, "angrar@exempel.example")
    to_checkout(page)
    pay(page)
    order_id = hook(page, "confirmation").get_attribute("data-order-id") or ""
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_contain_text(order_id)
    with page.expect_download() as download:
        hook(page, "receipt-download").click()
    assert download.value.suggested_filename == f"kvitto-{order_id}.html"
    download.value.save_as(tmp_path / "receipt.html")
    assert order_id in (tmp_path / "receipt.html").read_text(encoding="utf-8")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Skriv ut")).to_be_hidden()
    page.emulate_media(media="screen")
    page.go_back()
    hook(page, "withdraw-start").click()
    page.wait_for_url(re.compile(r"/withdraw\?purchase="))
    expect(page.get_by_label("Ditt namn")).to_have_value("Ny Läsare")
    expect(page.locator("h1")).to_be_focused()
    hook(page, "withdraw-confirm").click()
    receipt = hook(page, "withdraw-receipt")
    expect(receipt).to_contain_text(order_id)
    page.wait_for_url(re.compile(r"/withdraw\?receipt="))
    page.reload()
    expect(receipt).to_contain_text("angrar@exempel.example")
    with page.expect_download() as download:
        hook(page, "withdraw-download").click()
    assert download.value.suggested_filename.startswith("anger-")


@pytest.fixture
def visit_alone(chromium: Browser, own_shop: ServedShop) -> Iterator[Visit]:
    """Visitors of a shop where no other test has bought for the demo's customers."""
    with visitors(chromium, own_shop) as visit:
        yield visit


def test_a_signed_in_customer_ends_the_subscription_by_withdrawing(visit_alone: Visit) -> None:
    page = visit_alone("/")
    sign_in(page, NOTHING_BOUGHT, "/packages")
    choose(page, "digital-plus")
    to_checkout(page)
    pay(page)
    order_id = hook(page, "confirmation").get_attribute("data-order-id") or ""
    page.goto("/account")
    hook(page, "withdraw-start").click()
    page.get_by_role("radio", name=re.compile(order_id)).check()
    hook(page, "withdraw-start").click()
    page.get_by_label("Ditt namn").fill("Astrid Lundmark")
    hook(page, "withdraw-confirm").click()
    expect(hook(page, "withdraw-receipt")).to_contain_text("Prenumerationen är avslutad")
    page.goto("/account")
    subscription = page.locator('[data-testid="account-subscription"][data-code="digital-plus"]').first
    expect(subscription).to_have_attribute("data-state", "cancelled")


def test_a_stranger_is_heard_in_english_and_told_what_to_correct(visit: Visit) -> None:
    page = visit("/en/withdraw")
    hook(page, "withdraw-start").click()
    page.wait_for_url("**/en/withdraw?step=confirm&receipt=*")
    expect(hook(page, "withdraw-confirm")).to_be_visible()
    page.go_back()
    hook(page, "withdraw-start").click()
    expect(page.locator("h1")).to_be_focused()
    hook(page, "withdraw-confirm").click()
    expect(hook(page, "withdraw-error")).to_be_focused()
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)
    page.get_by_label("Contract you withdraw from").fill("Digital, bought yesterday")
    page.get_by_label("Your name").fill("Some Body")
    page.get_by_label("E-mail address").fill("some.body@exempel.example")
    hook(page, "withdraw-confirm").click()
    expect(hook(page, "withdraw-receipt")).to_contain_text("Nothing is ended by itself")


def test_a_reader_takes_their_data_and_has_it_erased(visit: Visit, tmp_path: Path) -> None:
    page = visit("/privacy")
    hook(page, "consent-accept").click()
    expect(page.locator("#measuring")).to_contain_text("ja")
    with page.expect_download() as download:
        hook(page, "personal-data-download").click()
    download.value.save_as(tmp_path / "data.json")
    given = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert given["browser"]["answer_to_measuring"][0]["accepted"] is True
    before = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    hook(page, "personal-data-erase").click()
    hook(page, "personal-data-erase-confirm").click()
    page.wait_for_url(re.compile(r"/privacy\?erased=1"))
    expect(page.get_by_text("Uppgifterna är raderade.")).to_be_visible()
    after = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert after["visitor"] != before["visitor"]
    assert "measuring" not in after
