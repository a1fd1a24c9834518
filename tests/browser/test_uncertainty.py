"""The whole purchase while Payway answers every call by another reading of the reference.

`UNCERTAINTY_SEEDS` names the seeds, such as `1,2,3` or `1-30` (`make uncertainty`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from klarna_shop.operations.build import BUILT
from klarna_shop.sandbox import Books, Sandbox, SandboxSettings
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import NOTHING_BOUGHT, choose, hook, introduce, pay, sign_in, to_checkout
from tests.served import serve

pytestmark = pytest.mark.browser


def _seeds(written: str) -> list[int]:
    ranges = [part.split("-") for part in written.split(",")]
    return [seed for ends in ranges for seed in range(int(ends[0]), int(ends[-1]) + 1)]


@dataclass
class UncertainShop:
    """A shop whose Payway draws anew for each call, and the book-keeping of that Payway."""

    visit: Visit
    database: Path

    def books(self) -> Books:
        """The sandbox's own books; read in a thread, since Playwright holds this one's event loop."""

        async def read() -> Books:
            sandbox = Sandbox(SandboxSettings(database_path=self.database))
            try:
                return await sandbox.books()
            finally:
                await sandbox.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(read())).result()


@pytest.fixture(params=_seeds(os.environ.get("UNCERTAINTY_SEEDS", "1-3")), ids="seed-{}".format)
def uncertain(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[UncertainShop]:
    """A shop of its own for each seed."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    folder = tmp_path_factory.mktemp("uncertain")
    shop = serve(
        folder,
        SANDBOX_UNCERTAINTY=str(request.param),
        # Whether Payway tells what a campaign turns into is one of the things that nobody knows.
        PAYWAY_CAMPAIGN_PACKAGES="digital-trial:digital",
        # Configured for every second seed: where the account does not have it, the widget falls back.
        KLARNA_PAYMENT_METHOD_CATEGORY="pay_now" if request.param % 2 else "",
    )
    try:
        with visitors(chromium, shop) as visit:
            yield UncertainShop(visit, folder / "sandbox.sqlite3")
    finally:
        shop.kill()


def test_every_purchase_completes_whatever_the_unknown_turns_out_to_be(uncertain: UncertainShop) -> None:
    before = len([order for order in uncertain.books().orders if order.state == "closed"])

    page = uncertain.visit("/packages?code=digital")
    introduce(page, "ny.lasare@exempel.example")
    to_checkout(page)
    pay(page)

    page = uncertain.visit("/packages?code=digital-trial")
    introduce(page, "prova@exempel.example")
    to_checkout(page)
    pay(page)

    page = uncertain.visit("/")
    sign_in(page, NOTHING_BOUGHT, "/packages")
    choose(page)
    to_checkout(page)
    pay(page)
    page.goto("/account")
    subscription = page.locator('[data-testid="account-subscription"][data-code="digital"]').first
    expect(subscription).to_have_attribute("data-state", "activated")
    hook(page, "account-cancel").first.click()
    hook(page, "account-cancel-confirm").first.click()
    expect(subscription).to_have_attribute("data-state", "cancelled")

    closed = [order for order in uncertain.books().orders if order.state == "closed"]
    assert len(closed) == before + 3
