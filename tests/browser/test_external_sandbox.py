"""The shop beside a Payway in another process, reached over a real port as stage would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from klarna_shop.operations.build import BUILT
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import (
    NOTHING_BOUGHT,
    choose,
    hook,
    introduce,
    pay,
    premium_article,
    sign_in,
    to_checkout,
)
from tests.sandbox_process import sandbox_process
from tests.served import free_port, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visit(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """Visitors of a shop whose Payway is another process."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    folder: Path = tmp_path_factory.mktemp("beside")
    with sandbox_process(folder / "payway.sqlite3", free_port()) as payway:
        shop = serve(folder, PAYWAY_API_URL=payway)
        try:
            with visitors(chromium, shop) as visit:
                yield visit
            assert not list(folder.glob("*sandbox*")), "the embedded sandbox is off"
        finally:
            shop.kill()


def test_a_new_customer_buys_and_comes_back_by_way_of_the_other_host(visit: Visit) -> None:
    page = visit("/")
    slug = premium_article(page)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(re.sub(r"^https?://([^/]+)/.*", r"\1", request.url)))
    page.goto(f"/packages?from={slug}&code=digital")
    introduce(page, "annan.vard@exempel.example")
    to_checkout(page)
    pay(page)
    assert len(hosts) == 2, "the redirect after the order leads over the sandbox's own host"
    hook(page, "confirmation-article").click()
    expect(hook(page, "article-body")).to_be_visible()


def test_a_customer_signs_in_buys_and_sees_it_on_the_account(visit: Visit) -> None:
    page: Page = visit("/")
    sign_in(page, NOTHING_BOUGHT, "/packages")
    choose(page)
    to_checkout(page)
    pay(page)
    page.goto("/account")
    subscription = page.locator('[data-testid="account-subscription"][data-code="digital"]').first
    expect(subscription).to_have_attribute("data-state", "activated")
