"""A shop that asks its buyers to waive the right of withdrawal (`WITHDRAWAL_WAIVER`), in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from klarna_shop.operations.build import BUILT
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import choose, hook, introduce, pay
from tests.served import ServedShop, serve

pytestmark = pytest.mark.browser

WAIVED = "Du har bett att få läsa genast"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop that asks, on the build that was made without."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    shop = serve(tmp_path_factory.mktemp("waiver"), WITHDRAWAL_WAIVER="true")
    yield shop
    shop.kill()


@pytest.fixture
def visit(chromium: Browser, asking: ServedShop) -> Iterator[Visit]:
    """Visitors of that shop."""
    with visitors(chromium, asking) as visit:
        yield visit


def test_nobody_pays_without_having_ticked_the_waiver_and_the_receipt_says_it_was(visit: Visit) -> None:
    page = visit("/packages")
    choose(page)
    introduce(page, "avstar@exempel.example")
    hook(page, "package-continue").click()
    expect(hook(page, "klarna-widget")).to_have_attribute("data-status", "ready")
    box = hook(page, "checkout-consent")
    expect(box).not_to_be_checked()
    expect(hook(page, "checkout-buy")).to_be_disabled()
    expect(page.get_by_text("Kryssa i rutan för att kunna betala.")).to_be_visible()
    box.check()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    expect(page.get_by_text("Kryssa i rutan för att kunna betala.")).to_be_hidden()
    box.uncheck()
    expect(hook(page, "checkout-buy")).to_be_disabled()
    box.check()
    page.reload()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    expect(box).to_be_checked()
    pay(page)
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_contain_text(WAIVED)
