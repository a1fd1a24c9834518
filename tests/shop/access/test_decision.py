"""Who may read what: the decision for every kind of reader and article, and the meter's arithmetic."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.access import Rule, WallModel
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Line, Open, SignIn

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


def _articles(house: House, kind: ArticleKind) -> list[Article]:
    return [article for article in house.shop.articles.front_page("sv") if article.kind is kind]


async def test_free_is_open_to_everybody_and_asks_nobody(house: House, line: Line) -> None:
    decision = await house.shop.access.decide(Reader(), _articles(house, ArticleKind.FREE)[0])
    assert (decision.open, decision.rule) == (True, Rule.FREE)
    assert line.calls == []


async def test_the_meter_admits_three_articles_and_walls_the_fourth(house: House, visitor: Reader) -> None:
    articles = _articles(house, ArticleKind.METERED)
    decisions = [await house.shop.access.decide(visitor, article) for article in articles[:4]]
    assert [decision.open for decision in decisions] == [True, True, True, False]
    assert [decision.meter_left for decision in decisions] == [2, 1, 0, 0]
    assert (decisions[3].rule, decisions[3].model) == (Rule.METER_USED_UP, WallModel.METERED)


async def test_reading_again_counts_once_and_stays_open(house: House, visitor: Reader) -> None:
    articles = _articles(house, ArticleKind.METERED)
    for article in (*articles[:3], articles[0], articles[0]):
        assert (await house.shop.access.decide(visitor, article)).open


async def test_the_period_rolls(house: House, visitor: Reader, later: Later) -> None:
    articles = _articles(house, ArticleKind.METERED)
    await house.shop.access.decide(visitor, articles[0])
    later(timedelta(days=15))
    for article in articles[1:3]:
        await house.shop.access.decide(visitor, article)
    assert not (await house.shop.access.decide(visitor, articles[3])).open
    later(timedelta(days=15))
    assert (await house.shop.access.decide(visitor, articles[3])).open
    assert not (await house.shop.access.decide(visitor, articles[0])).open


async def test_many_tabs_at_once_get_no_more_than_the_meter_has(house: House, visitor: Reader) -> None:
    articles = _articles(house, ArticleKind.METERED)
    decisions = await asyncio.gather(*(house.shop.access.decide(visitor, article) for article in articles))
    assert sum(decision.open for decision in decisions) == 3


async def test_without_a_cookie_there_is_no_meter(house: House) -> None:
    decision = await house.shop.access.decide(Reader(), _articles(house, ArticleKind.METERED)[0])
    assert (decision.open, decision.rule) == (False, Rule.NO_VISITOR_COOKIE)


async def test_premium_is_walled_and_never_metered(house: House, visitor: Reader) -> None:
    decision = await house.shop.access.decide(visitor, _articles(house, ArticleKind.PREMIUM)[0])
    assert (decision.open, decision.model, decision.meter_left) == (False, WallModel.FREEMIUM, None)
    metered = await house.shop.access.decide(visitor, _articles(house, ArticleKind.METERED)[0])
    assert metered.meter_left == 2


async def test_a_subscriber_reads_without_the_meter(house: House, sign_in: SignIn) -> None:
    reader = await sign_in(SUBSCRIBER)
    for kind in (ArticleKind.PREMIUM, ArticleKind.METERED):
        decision = await house.shop.access.decide(reader, _articles(house, kind)[0])
        assert (decision.open, decision.rule, decision.meter_left) == (True, Rule.ENTITLED, None)


async def test_a_customer_with_nothing_meets_the_wall(house: House, sign_in: SignIn) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    decision = await house.shop.access.decide(reader, _articles(house, ArticleKind.PREMIUM)[0])
    assert (decision.open, decision.rule) == (False, Rule.PREMIUM)


@pytest.mark.parametrize("answer", ["unreachable", httpx.Response(200, text="<html></html>")])
async def test_when_payway_cannot_say_nobody_guesses(
    house: House, line: Line, sign_in: SignIn, answer: str | httpx.Response
) -> None:
    reader = await sign_in(SUBSCRIBER)
    line.faults["/me/active_products"] = [answer] * 5
    decision = await house.shop.access.decide(reader, _articles(house, ArticleKind.PREMIUM)[0])
    assert (decision.open, decision.unavailable) == (False, True)


async def test_articles_read_in_a_row_ask_payway_once(house: House, line: Line, sign_in: SignIn) -> None:
    reader = await sign_in(SUBSCRIBER)
    for article in _articles(house, ArticleKind.PREMIUM):
        assert (await house.shop.access.decide(reader, article)).open
    assert line.count("/me/active_products") == 1


async def test_what_a_new_customer_bought_opens_in_their_browser_only(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    article = _articles(house, ArticleKind.PREMIUM)[0]
    placed = await approve(visitor, await open_purchase(visitor))
    assert not (await house.shop.access.decide(visitor, article)).open
    completed = await house.shop.purchases.settle(placed)
    assert completed.status is PurchaseState.COMPLETED
    decision = await house.shop.access.decide(visitor, article)
    assert (decision.open, decision.rule) == (True, Rule.PURCHASE)
    assert not (await house.shop.access.decide(Reader(visitor_id="another"), article)).open


async def test_a_limited_purchase_closes_when_it_ends(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    article = _articles(house, ArticleKind.PREMIUM)[0]
    placed = await approve(visitor, await open_purchase(visitor, "digital-30"))
    await house.shop.purchases.settle(placed)
    assert (await house.shop.access.decide(visitor, article)).open
    later(timedelta(days=31))
    assert not (await house.shop.access.decide(visitor, article)).open


async def test_a_purchase_that_begins_later_opens_nothing_yet(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    article = _articles(house, ArticleKind.PREMIUM)[0]
    start = house.shop.clock().date() + timedelta(days=10)
    await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor, start_date=start)))
    assert not (await house.shop.access.decide(visitor, article)).open
    later(timedelta(days=11))
    assert (await house.shop.access.decide(visitor, article)).open


async def test_the_trace_tells_what_was_asked_and_answered(house: House, sign_in: SignIn) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    decision = await house.shop.access.decide(reader, _articles(house, ArticleKind.METERED)[0])
    assert decision.trace == (("kind", "metered"), ("entitlement", "no"), ("meter", "1/3"))
