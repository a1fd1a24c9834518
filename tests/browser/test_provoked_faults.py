"""What a product team does to see a failure: provoke it for one browser, over the sandbox's control."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from klarna_shop.shop.encryption import fingerprint
from tests.browser.conftest import Visit
from tests.browser.steps import hook, introduce, next_outcome, pay, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser


def _provoke(shop: ServedShop, page: Page, **fault: Any) -> None:
    """Plan a fault for the browser of this page alone."""
    (visitor,) = [cookie for cookie in page.context.cookies() if cookie.get("name") == "visitor"]
    answer = httpx.post(
        f"{shop.url}/sandbox/control/faults",
        json={"scope": fingerprint(visitor.get("value", "")), **fault},
        auth=("sandbox-client", "sandbox-secret"),
    )
    assert answer.is_success, answer.text


def test_one_browser_meets_a_fault_and_another_does_not(visit: Visit, shop: ServedShop) -> None:
    unlucky, lucky = visit("/packages?code=digital"), visit("/packages?code=digital")
    _provoke(shop, unlucky, kind="status", status=503, path="*/create_session")
    introduce(unlucky, "otur@exempel.example")
    introduce(lucky, "tur@exempel.example")
    hook(unlucky, "package-continue").click()
    expect(hook(unlucky, "picker-error")).to_have_attribute("data-code", "payway_unavailable")
    to_checkout(lucky)
    pay(lucky)
    # The fault was planned for one call: the same browser succeeds with the next.
    to_checkout(unlucky)
    pay(unlucky)


def test_an_answer_lost_after_the_work_was_done_ends_in_one_order(visit: Visit, shop: ServedShop) -> None:
    page = visit("/packages?code=digital")
    introduce(page, "avbrott@exempel.example")
    to_checkout(page)
    _provoke(shop, page, kind="cut", when="after", path="*/place_order")
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "pending")
    # Recovery asks again with the same session and token, of which Payway knows that they were used.
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed", timeout=60_000)
