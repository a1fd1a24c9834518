"""Transactions of one decision: the tables are read once, and written once at most."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event

from klarna_shop.assembly import House
from klarna_shop.shop.access import Rule
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration
from tests.house import Approve, Later, Open, SignIn

SUBSCRIBER = "karin.oberg@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"


class Transactions:
    """Counts the transactions of a shop's database, as its engines begin them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._begun: Counter[str] = Counter()
        connections = house.shop.database._connected()
        assert connections.reader is not None
        event.listen(connections.reader, "begin", lambda _: self._begun.update(["read"]))
        event.listen(connections.writer, "begin", lambda _: self._begun.update(["any"]))
        # On PostgreSQL both are of one engine, which is told of all of them.
        self._is_shared = house.shop.database.file.path is None

    async def of(self, reader: Reader, article: Article) -> tuple[Rule, int, int]:
        """Decide, and return the rule and the number of transactions that read and that write."""
        self._begun.clear()
        decision = await self._house.shop.access.decide(reader, article)
        read, others = self._begun["read"], self._begun["any"]
        return decision.rule, read, others - read if self._is_shared else others


@pytest.fixture
async def transactions(house: House) -> Transactions:
    """The transactions of a shop whose designs and experiments are known."""
    await house.shop.access.decide(Reader("warm"), _article(house, ArticleKind.METERED))
    return Transactions(house)


def _article(house: House, kind: ArticleKind, number: int = 0) -> Article:
    return [one for one in house.shop.articles.front_page("sv") if one.kind is kind][number]


async def test_a_stranger(house: House, transactions: Transactions, visitor: Reader) -> None:
    free, metered, premium = (_article(house, kind) for kind in ArticleKind)
    assert await transactions.of(Reader(), free) == (Rule.FREE, 0, 0)
    assert await transactions.of(Reader(), premium) == (Rule.PREMIUM, 0, 0)
    assert await transactions.of(visitor, free) == (Rule.FREE, 1, 1), "the visit is new"
    assert await transactions.of(visitor, free) == (Rule.FREE, 1, 0)
    assert await transactions.of(visitor, premium) == (Rule.PREMIUM, 1, 0)
    assert await transactions.of(visitor, metered) == (Rule.METER, 1, 1)
    assert await transactions.of(visitor, metered) == (Rule.METER, 1, 0), "it was counted already"
    newcomer = Reader("newcomer")
    assert await transactions.of(newcomer, metered) == (Rule.METER, 1, 1), "visit and article together"


async def test_a_meter_that_is_used_up(house: House, transactions: Transactions, visitor: Reader) -> None:
    for number in range(3):
        await house.shop.access.decide(visitor, _article(house, ArticleKind.METERED, number))
    last = _article(house, ArticleKind.METERED, 3)
    assert await transactions.of(visitor, last) == (Rule.METER_USED_UP, 1, 0)


async def test_designs_and_experiments_are_looked_at_in_the_unit_that_reads(
    house: House, transactions: Transactions, visitor: Reader, later: Later
) -> None:
    premium = _article(house, ArticleKind.PREMIUM)
    await house.shop.access.decide(visitor, premium)
    later(timedelta(seconds=30))
    assert await transactions.of(visitor, premium) == (Rule.PREMIUM, 1, 0)
    draft = await house.shop.designs.create("bold", PaywallDesign(name="Bold"))
    await house.shop.designs.publish("bold", draft.revision)
    variants = (Variant("Control", "standard"), Variant("Bold", "bold"))
    experiment = await house.shop.experiments.create("Bolder", "", variants)
    await house.shop.experiments.start(experiment.slug)
    assert await transactions.of(visitor, premium) == (Rule.PREMIUM, 1, 0)
    decision = await house.shop.access.decide(visitor, premium)
    assert decision.experiment == experiment.slug


async def test_a_browser_that_has_bought(
    house: House, transactions: Transactions, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    premium = _article(house, ArticleKind.PREMIUM)
    await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    await house.shop.access.decide(visitor, premium)
    assert await transactions.of(visitor, premium) == (Rule.PURCHASE, 1, 0)


async def test_a_subscriber(house: House, transactions: Transactions, sign_in: SignIn) -> None:
    subscriber, premium = await sign_in(SUBSCRIBER), _article(house, ArticleKind.PREMIUM)
    assert subscriber.account_id
    await house.shop.access.decide(subscriber, premium)
    assert await transactions.of(subscriber, premium) == (Rule.ENTITLED, 1, 0)
    house.shop.entitlements.forget(subscriber.account_id)
    assert await transactions.of(subscriber, premium) == (Rule.ENTITLED, 1, 0), "Payway is asked again"


async def test_a_customer_beside_whom_another_has_withdrawn(
    house: House,
    transactions: Transactions,
    visitor: Reader,
    sign_in: SignIn,
    open_purchase: Open,
    approve: Approve,
) -> None:
    customer, premium = await sign_in(NOTHING_BOUGHT), _article(house, ArticleKind.PREMIUM)
    await house.shop.purchases.settle(await approve(customer, await open_purchase(customer)))
    other = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    said = Declaration("Ny Läsare", "ny.lasare@exempel.example")
    await house.shop.withdrawals.declare(visitor, said, "sv", other.order_id or "")
    await house.shop.access.decide(Reader(visitor_id=customer.visitor_id), premium)
    rule, read, written = await transactions.of(customer, premium)
    assert (rule, read, written) == (Rule.ENTITLED, 2, 0), (
        "Payway names the account's orders, which are compared"
    )
    assert await transactions.of(customer, premium) == (Rule.ENTITLED, 1, 0), "they are remembered"
