"""Access where Payway's answer is late, lost or only known in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.access import Rule, Subscriptions
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Line, Open, SignIn

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


def _premium(house: House) -> Article:
    articles = house.shop.articles.front_page("sv")
    return next(article for article in articles if article.kind is ArticleKind.PREMIUM)


async def test_a_subscriber_reads_on_though_payways_token_has_run_out(
    house: House, line: Line, sign_in: SignIn
) -> None:
    reader = await sign_in(SUBSCRIBER)
    await house.shop.offers.offers()
    line.faults["/me/active_products"] = [httpx.Response(401)]
    line.faults["/access_token"] = [httpx.Response(400, json={"error": "invalid_grant"})]
    decision = await house.shop.access.decide(reader, _premium(house))
    assert (decision.open, decision.rule) == (True, Rule.ENTITLED)


async def test_who_has_just_bought_reads_though_another_process_took_note_of_it(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    assert not (await house.shop.access.decide(reader, _premium(house))).open
    await approve(reader, await open_purchase(reader))
    # Nobody settles here, so that nothing tells this process to forget its earlier answer.
    assert (await house.shop.access.decide(reader, _premium(house))).open


@pytest.mark.parametrize("code", ["digital-trial", "digital"])
async def test_a_new_customers_browser_reads_for_the_first_period_and_then_has_to_sign_in(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve, code: str
) -> None:
    await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor, code)))
    assert (await house.shop.access.decide(visitor, _premium(house))).open
    later(timedelta(days=40))
    assert not (await house.shop.access.decide(visitor, _premium(house))).open


@pytest.mark.parametrize(("codes", "is_open"), [(("web",), True), (("web", "digital-plus"), False)])
async def test_a_new_customer_reads_where_the_opening_codes_are_those_of_products(
    house: House,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    codes: tuple[str, ...],
    is_open: bool,
) -> None:
    await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    access = house.shop.access
    assert isinstance(access.subscriptions, Subscriptions)
    access = replace(access, subscriptions=replace(access.subscriptions, access_codes=codes))
    assert (await access.decide(visitor, _premium(house))).open is is_open
