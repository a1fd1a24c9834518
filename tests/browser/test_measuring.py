"""Measuring in a browser: nothing before a yes, walls when really seen, and the whole way to an order."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import choose, hook, introduce, next_outcome, pay, premium_article, to_checkout
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
WRITTEN_WITHIN = 30.0


def _events(shop: ServedShop, since: int) -> list[tuple[str, ...]]:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as database:
        return database.execute(
            "SELECT name, article, design, offer, outcome, device, language, source, traffic, visitor_id"
            " FROM measured_event WHERE id > ? ORDER BY at, id",
            (since,),
        ).fetchall()


def _newest(shop: ServedShop) -> int:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as database:
        return int(database.execute("SELECT coalesce(max(id), 0) FROM measured_event").fetchone()[0])


def _until(shop: ServedShop, since: int, *names: str) -> list[tuple[str, ...]]:
    """The events since, once the last of `names` is among them."""
    deadline = time.monotonic() + WRITTEN_WITHIN
    while True:
        events = _events(shop, since)
        if set(names) <= {event[0] for event in events} or time.monotonic() > deadline:
            assert [event[0] for event in events] == list(names)
            return events
        time.sleep(0.05)


def test_from_the_wall_to_the_order_every_step_is_measured_once(visit: Visit, shop: ServedShop) -> None:
    since = _newest(shop)
    page = visit(
        "/?utm_source=nyhetsbrev", viewport={"width": 390, "height": 844}, is_mobile=True, user_agent=PHONE
    )
    hook(page, "consent-accept").click()
    expect(hook(page, "consent-accept")).to_be_hidden()
    slug = premium_article(page)
    page.goto(f"/article/{slug}?utm_source=nyhetsbrev")
    expect(hook(page, "consent-accept")).to_be_hidden()
    hook(page, "paywall").scroll_into_view_if_needed()
    _until(shop, since, "wall_shown")
    hook(page, "paywall-buy").click()
    choose(page)
    introduce(page, "matt@exempel.example")
    to_checkout(page)
    next_outcome(page, "abort")
    hook(page, "checkout-buy").click()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    pay(page)
    events = _until(
        shop,
        since,
        "wall_shown",
        "buy_pressed",
        "picker_shown",
        "offer_chosen",
        "session_created",
        "checkout_opened",
        "widget_ready",
        "authorize_started",
        "authorize_ended",
        "authorize_started",
        "authorized",
        "order_placed",
        "confirmed",
    )
    for name, article, design, offer, _outcome, device, language, source, traffic, _visitor in events:
        assert (article, design, traffic) == (slug, "standard", "reader"), name
        assert (device, language) == ("phone", "sv"), name
        assert bool(re.match(r"digital\|", offer)) == (
            name not in {"wall_shown", "buy_pressed", "picker_shown"}
        )
        assert source == "nyhetsbrev", name
    assert [event[4] for event in events if event[0] == "authorize_ended"] == ["closed"]
    assert len({event[9] for event in events}) == 1


def test_nothing_is_measured_before_a_yes_nor_after_a_no(visit: Visit, shop: ServedShop) -> None:
    since = _newest(shop)
    page = visit("/")
    slug = premium_article(page)
    page.goto(f"/article/{slug}")
    hook(page, "paywall").scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    assert _events(shop, since) == []
    # The wall is still there when the answer comes: from then on it counts.
    page.keyboard.press("Home")
    hook(page, "consent-accept").click()
    hook(page, "paywall").scroll_into_view_if_needed()
    _until(shop, since, "wall_shown")
    page.goto("/privacy")
    hook(page, "consent-reject").click()
    expect(page.locator("#measuring").get_by_role("status")).to_contain_text("svarat nej")
    assert _events(shop, since) == []
    page.goto(f"/article/{slug}")
    expect(hook(page, "consent-accept")).to_be_hidden()
    hook(page, "paywall").scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    assert _events(shop, since) == []


def test_a_wall_that_passes_by_is_not_one_that_was_seen(visit: Visit, shop: ServedShop) -> None:
    page = visit("/")
    hook(page, "consent-accept").click()
    slug = premium_article(page)
    since = _newest(shop)
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(f"/article/{slug}")
    expect(hook(page, "paywall")).to_be_attached()
    hook(page, "paywall").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.keyboard.press("Home")
    page.wait_for_timeout(1500)
    assert _events(shop, since) == []


def test_an_answer_that_the_shop_has_lost_is_asked_for_again(visit: Visit, shop: ServedShop) -> None:
    page = visit("/")
    hook(page, "consent-accept").click()
    expect(hook(page, "consent-accept")).to_be_hidden()
    page.context.clear_cookies(name="visitor")
    page.goto("/")
    expect(hook(page, "consent-accept")).to_be_visible()
