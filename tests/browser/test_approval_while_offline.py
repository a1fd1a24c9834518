"""Klarna approves while the shop cannot hear it: the page keeps the approval, and delivers it (W16)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import (
    NOTHING_BOUGHT,
    SUBSCRIBER,
    choose,
    hook,
    introduce,
    next_outcome,
    sign_in,
    to_checkout,
)
from tests.served import ServedShop

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(chromium: Browser, own_shop: ServedShop) -> Iterator[Visit]:
    with visitors(chromium, own_shop) as visit:
        yield visit


def _orders(folder: Path, purchase_id: str) -> int:
    """How many orders Payway's stand-in has for a purchase."""
    with sqlite3.connect(folder / "sandbox.sqlite3") as books:
        [(count,)] = books.execute(
            'SELECT count(*) FROM "purchase_order" WHERE merchant_reference = ?', (purchase_id,)
        )
    return int(count)


def _approved_alone(page: Page, email: str, leave: Callable[[], None]) -> str:
    """Up to Klarna's approval, with `leave` cutting the way to the shop before it; the purchase's id."""
    introduce(page, email)
    to_checkout(page)
    purchase_id = page.url.partition("purchase=")[2]
    leave()
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    # The reader is told that it is not over yet, and cannot press again.
    expect(hook(page, "klarna-message")).to_contain_text(re.compile("Stäng inte", re.IGNORECASE))
    expect(hook(page, "checkout-buy")).to_be_disabled()
    return purchase_id


def test_a_server_that_is_gone_meanwhile_gets_it_when_it_is_back(visit: Visit, own_shop: ServedShop) -> None:
    page = visit("/packages?code=digital")
    purchase_id = _approved_alone(page, "server.borta@exempel.example", own_shop.kill)
    own_shop.start()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed", timeout=60_000)
    assert _orders(own_shop.folder, purchase_id) == 1


def test_a_reader_without_a_network_delivers_it_when_there_is_one_again(
    visit: Visit, own_shop: ServedShop
) -> None:
    page = visit("/packages?code=digital")
    purchase_id = _approved_alone(page, "utan.nat@exempel.example", lambda: page.context.set_offline(True))
    page.wait_for_timeout(1500)
    assert _orders(own_shop.folder, purchase_id) == 0
    page.context.set_offline(False)
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed", timeout=60_000)
    assert _orders(own_shop.folder, purchase_id) == 1


def test_what_a_customer_ordered_is_theirs_after_another_has_signed_in_there(
    visit: Visit, own_shop: ServedShop
) -> None:
    page = visit("/")
    sign_in(page, NOTHING_BOUGHT, "/packages")
    choose(page, "digital-plus")
    to_checkout(page)
    purchase_id = page.url.partition("purchase=")[2]
    beside = page.context.new_page()
    beside.goto("/")
    hook(beside, "logout").click()
    sign_in(beside, SUBSCRIBER)
    page.context.set_offline(True)
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "klarna-message")).to_contain_text(re.compile("Stäng inte", re.IGNORECASE))
    page.context.set_offline(False)
    # The socket's cookies are those of before: the page leads to signing in, which knows who is there now.
    expect(page).to_have_url(re.compile("/login"), timeout=60_000)
    notice = hook(page, "other-customer")
    expect(notice).to_contain_text("annan kund")
    notice.get_by_role("button").click()
    page.locator(f'[data-testid="demo-customer"][data-email="{NOTHING_BOUGHT}"]').click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed", timeout=60_000)
    assert page.url.endswith(purchase_id)
    assert _orders(own_shop.folder, purchase_id) == 1


def test_the_page_asks_before_it_is_left_with_an_approval_that_nobody_has(
    visit: Visit, own_shop: ServedShop
) -> None:
    page = visit("/packages?code=digital")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    purchase_id = _approved_alone(page, "stannar@exempel.example", own_shop.kill)
    page.evaluate("setTimeout(() => location.reload(), 0)")
    page.wait_for_timeout(1500)
    assert asked == ["beforeunload"]
    own_shop.start()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed", timeout=60_000)
    assert _orders(own_shop.folder, purchase_id) == 1
