"""Redis goes away under open pages and comes back: pages say so meanwhile, and come back without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from klarna_shop.operations.build import BUILT
from tests.browser.conftest import Visit, visitors
from tests.browser.steps import choose, hook, introduce, premium_article
from tests.redis_process import RedisProcess, redis_process
from tests.served import ServedShop, serve

pytestmark = pytest.mark.browser

NOTICE = ".connection-notice"


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process() as server:
        yield server


@pytest.fixture
def redis_shop(redis: RedisProcess, tmp_path: Path) -> Iterator[ServedShop]:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    served = serve(tmp_path, REDIS_URL=redis.url)
    yield served
    served.kill()


@pytest.fixture
def visit(chromium: Browser, redis_shop: ServedShop) -> Iterator[Visit]:
    with visitors(chromium, redis_shop) as visit:
        yield visit


def _stays(page: Page) -> None:
    """From here on the page can be told from one that was loaded again."""
    page.evaluate("window.neverReloaded = true")


def _has_stayed(page: Page) -> bool:
    return bool(page.evaluate("window.neverReloaded === true"))


def test_pages_wait_for_redis_and_come_back_by_themselves(visit: Visit, redis: RedisProcess) -> None:
    open_before = visit("/")
    article = f"/article/{premium_article(open_before)}"
    hook(open_before, "article-card").first.wait_for()
    open_before.goto("/packages?code=digital")
    choose(open_before)
    introduce(open_before, "utan.redis@exempel.example")
    _stays(open_before)

    redis.kill()
    opened_meanwhile = visit(article)
    _stays(opened_meanwhile)
    expect(opened_meanwhile.locator("h1")).to_be_visible()
    expect(opened_meanwhile.locator(NOTICE)).not_to_be_empty()
    hook(open_before, "package-continue").click()
    expect(open_before.locator(NOTICE)).not_to_be_empty()
    redis.start()

    expect(hook(opened_meanwhile, "paywall")).to_be_visible()
    expect(opened_meanwhile.locator(NOTICE)).to_be_empty()
    assert _has_stayed(opened_meanwhile)
    # The press was lost, not kept for later. What was typed is still there, and the next press works.
    expect(open_before.locator(NOTICE)).to_be_empty()
    expect(hook(open_before, "package-continue")).to_be_visible()
    expect(hook(open_before, "customer-email")).to_have_value("utan.redis@exempel.example")
    assert _has_stayed(open_before)
    hook(open_before, "package-continue").click()
    expect(hook(open_before, "klarna-widget")).to_have_attribute("data-status", "ready")
