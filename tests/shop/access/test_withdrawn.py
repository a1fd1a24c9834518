"""After a declaration of withdrawal nothing opens by that order; another subscription goes on opening."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy

from klarna_shop.assembly import House
from klarna_shop.payway import Subscription
from klarna_shop.shop.access import Rule, Subscriptions
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.purchase import CustomerDetails, Purchase
from klarna_shop.shop.reader import Customer, Reader
from klarna_shop.shop.withdrawal import (
    Declaration,
    Outcome,
    Withdrawal,
    Withdrawn,
    WithdrawnOrders,
    codes_left,
)
from tests.house import NEW_CUSTOMER, Approve, Later, Line, Open, SignIn, books

NOTHING_BOUGHT = "astrid.lundmark@demo.example"
SUBSCRIBER = "karin.oberg@demo.example"
SAID = Declaration("Astrid Lundmark", NOTHING_BOUGHT)
CANCEL = "/accounts/cancel_product"


def _premium(house: House) -> Article:
    articles = house.shop.articles.front_page("sv")
    return next(article for article in articles if article.kind is ArticleKind.PREMIUM)


async def _opens(house: House, reader: Reader) -> bool:
    return (await house.shop.access.decide(reader, _premium(house))).open


async def _includes(house: House, process: Subscriptions, customer: Customer) -> bool | None:
    reader = Reader(customer=customer)
    found = await house.shop.database.read(await process.question(reader))
    return await process.opens(reader, _premium(house), found)


async def _bought(
    house: House,
    reader: Reader,
    open_purchase: Open,
    approve: Approve,
    code: str = "digital",
    customer: CustomerDetails = NEW_CUSTOMER,
) -> Purchase:
    opened = await open_purchase(reader, code, customer)
    purchase = await house.shop.purchases.settle(await approve(reader, opened))
    assert await _opens(house, reader)
    return purchase


@pytest.mark.parametrize("fault", [[], ["unreachable"] * 9, [httpx.Response(409, json={"code": "x"})]])
async def test_what_a_customer_withdrew_from_opens_nothing_from_that_moment(
    house: House,
    sign_in: SignIn,
    line: Line,
    open_purchase: Open,
    approve: Approve,
    fault: list[str | httpx.Response],
) -> None:
    """Payway lists the code until the period ends, and may not have been told yet."""
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    line.faults = {CANCEL: fault}
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert row.outcome in {Outcome.ENDED, Outcome.ENDING, Outcome.BY_HAND}
    assert reader.account_id
    listed = await house.shop.payway.accounts.active_products(reader.account_id)
    assert purchase.code in listed.codes
    decision = await house.shop.access.decide(reader, _premium(house))
    assert (decision.open, decision.unavailable) == (False, False)


async def test_what_a_browser_withdrew_from_opens_nothing_from_that_moment(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchase = await _bought(house, visitor, open_purchase, approve)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    assert not await _opens(house, visitor)


async def test_a_browser_whose_orders_number_was_lost_withdraws_by_the_purchase(
    house: House, visitor: Reader, line: Line, open_purchase: Open, approve: Approve
) -> None:
    line.faults = {"/place_order": ["lost"]}
    purchases = house.shop.purchases
    unknown = await approve(visitor, await open_purchase(visitor))
    purchase = await purchases.settle(await purchases.place(unknown))
    assert purchase.order_id is None
    assert await _opens(house, visitor)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.id)
    assert not await _opens(house, visitor)


async def test_another_process_and_one_that_has_just_started_know_it_too(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    assert reader.customer
    running = _another_process(house)
    assert await _includes(house, running, reader.customer)
    await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert await _includes(house, running, reader.customer) is False
    assert await _includes(house, _another_process(house), reader.customer) is False


async def test_a_second_purchase_by_the_same_account_still_opens(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    first = await _bought(house, reader, open_purchase, approve)
    await house.shop.purchases.settle(await approve(reader, await open_purchase(reader, "digital-plus")))
    await house.shop.withdrawals.declare(reader, SAID, "sv", first.order_id or "")
    assert await _opens(house, reader)


async def test_a_subscriber_is_not_shut_out_by_what_others_withdraw_from(
    house: House, sign_in: SignIn, visitor: Reader, open_purchase: Open, approve: Approve, line: Line
) -> None:
    subscriber = await sign_in(SUBSCRIBER)
    purchase = await _bought(house, visitor, open_purchase, approve)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    assert await _opens(house, subscriber)
    here = house.shop.access.subscriptions
    assert isinstance(here, Subscriptions)
    here.withdrawn._orders.clear()
    line.faults = {"/v1/order": ["unreachable"] * 9}
    assert await _opens(house, subscriber), "nor while Payway does not say which orders are theirs"


async def test_payway_is_asked_again_a_minute_after_it_did_not_say_whose_orders_they_are(
    house: House,
    sign_in: SignIn,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    line: Line,
    later: Later,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscriber = await sign_in(SUBSCRIBER)
    purchase = await _bought(house, visitor, open_purchase, approve)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    line.faults = {"/v1/order": ["unreachable"] * 90}
    assert await _opens(house, subscriber)
    asked = line.count("/v1/order")
    later(timedelta(seconds=59))
    for _ in range(3):
        assert await _opens(house, subscriber)
    assert line.count("/v1/order") == asked
    assert caplog.text.count("Payway's orders are missing") == 1
    later(timedelta(seconds=1))
    assert await _opens(house, subscriber)
    assert line.count("/v1/order") > asked


@pytest.mark.parametrize("has_another", [False, True])
async def test_an_account_that_withdrew_asks_payway_once_in_half_a_minute(
    house: House,
    sign_in: SignIn,
    open_purchase: Open,
    approve: Approve,
    line: Line,
    later: Later,
    has_another: bool,
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    first = await _bought(house, reader, open_purchase, approve)
    if has_another:
        await house.shop.purchases.settle(await approve(reader, await open_purchase(reader, "digital-plus")))
    await house.shop.withdrawals.declare(reader, SAID, "sv", first.order_id or "")
    asking = ("/v1/order", "/subscription/get_by_account", "active_products")
    assert await _opens(house, reader) is has_another
    before = [line.count(path) for path in asking]
    for _ in range(3):
        assert await _opens(house, reader) is has_another
    assert [line.count(path) for path in asking] == before
    later(timedelta(seconds=30))
    assert await _opens(house, reader) is has_another
    assert all(line.count(path) > count for path, count in zip(asking, before, strict=True))


async def test_a_customer_who_buys_again_after_a_withdrawal_reads_at_once_in_every_process(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    first = await _bought(house, reader, open_purchase, approve)
    await house.shop.withdrawals.declare(reader, SAID, "sv", first.order_id or "")
    here = house.shop.access.subscriptions
    assert isinstance(here, Subscriptions)
    payway, clock = house.shop.payway, house.shop.clock
    other = replace(
        here,
        entitlements=Entitlements(payway, clock),
        withdrawn=Withdrawn(here.withdrawn.database, payway, clock, here.withdrawn.addresses),
    )
    assert reader.customer
    assert await _includes(house, other, reader.customer) is False
    await house.shop.purchases.settle(await approve(reader, await open_purchase(reader, "digital-plus")))
    assert await _opens(house, reader)
    assert await _includes(house, other, reader.customer)


async def test_a_customer_who_withdrew_is_not_let_in_while_payway_says_half(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve, line: Line
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    for path in ("/v1/order", "/subscription/get_by_account"):
        line.faults = {path: ["unreachable"] * 9}
        decision = await house.shop.access.decide(reader, _premium(house))
        assert (decision.open, decision.rule) == (False, Rule.CANNOT_ASK)


async def test_a_strangers_declaration_shuts_no_one_out(
    house: House, sign_in: SignIn, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    of_words = Declaration("Astrid Lundmark", NOTHING_BOUGHT, f"Order {purchase.order_id} {purchase.id}")
    await house.shop.withdrawals.declare(visitor, of_words, "sv")
    assert await _opens(house, reader)


async def test_a_declaration_after_the_right_has_ended_is_the_sellers_to_judge(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve, later: Later
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    later(timedelta(days=20))
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert row.outcome == Outcome.RECORDED
    assert await _opens(house, reader)


async def test_a_new_customers_withdrawal_holds_for_the_account_that_payway_made(
    house: House, visitor: Reader, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    """Bought and withdrawn from without signing in: Payway alone says whose the order is."""
    reader = await sign_in(NOTHING_BOUGHT)
    purchase = await _bought(house, reader, open_purchase, approve)
    bought = await _bought(house, visitor, open_purchase, approve)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", bought.order_id or "")
    assert await _opens(house, reader), "an order of another account"
    assert reader.account_id
    orders = await house.shop.payway.orders.by_account(reader.account_id)
    [own] = [order for order in orders if order.order_id == purchase.order_id]
    # The same answer with the number of the order that the browser withdrew from.
    here = house.shop.access.subscriptions
    assert isinstance(here, Subscriptions)
    withdrawn = here.withdrawn
    withdrawn._orders[reader.account_id] = (
        house.shop.clock(),
        frozenset({bought.id, f"{purchase.id} {purchase.state}"}),
        [replace(own, order_id=bought.order_id or "", merchant_reference=None)],
    )
    record = await house.shop.database.read(await withdrawn.question(reader.account_id))
    found = await withdrawn.of_account(reader.account_id, record)
    assert found is not None
    assert sorted(found.order_ids) == sorted({bought.order_id or "", bought.id})
    assert list(found.codes) == ["digital"]


EMAIL = NEW_CUSTOMER.email


async def _signed_in_as_the_new_customer(house: House, session: str = "browser-b") -> Reader:
    """Return the reader in another browser who has signed in to the account that Payway made."""
    [account] = [one for one in (await books(house)).accounts if one.email == EMAIL]
    return Reader(visitor_id=session, customer=Customer(session, account.id, EMAIL))


async def _set_order_numbers_in_answers(house: House, given: bool) -> None:
    assert house.sandbox is not None
    house.sandbox.readings = house.sandbox.readings.changed({"order_id_in_answer": given})


@pytest.mark.parametrize("earlier_version", [False, True])
async def test_an_order_withdrawn_from_signed_in_closes_the_browser_that_bought_it_without_its_number(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, earlier_version: bool
) -> None:
    """Payway's answer may lack the order's number; its list of orders names the purchase."""
    await _set_order_numbers_in_answers(house, False)
    purchase = await _bought(house, visitor, open_purchase, approve)
    assert purchase.order_id is None
    customer = await _signed_in_as_the_new_customer(house)
    [contract] = await house.shop.withdrawals.contracts.of(customer)
    assert contract.purchase_id == purchase.id
    await house.shop.withdrawals.declare(customer, SAID, "sv", contract.order_id)
    if earlier_version:
        here = house.shop.access.subscriptions
        assert isinstance(here, Subscriptions)
        forgotten = sqlalchemy.update(Withdrawal).values(purchase_id=None)
        await here.withdrawn.database.write(lambda session: session.exec(forgotten))
        # The customer's next visit tells the shop of which purchase the order is.
        assert not await _opens(house, customer)
    assert not await _opens(house, visitor)


def _another_process(house: House) -> Subscriptions:
    here = house.shop.access.subscriptions
    assert isinstance(here, Subscriptions)
    payway, clock = house.shop.payway, house.shop.clock
    withdrawn = Withdrawn(here.withdrawn.database, payway, clock, here.withdrawn.addresses)
    return replace(here, entitlements=Entitlements(payway, clock), withdrawn=withdrawn)


@pytest.mark.parametrize("address", [EMAIL, "changed.since@exempel.example"])
async def test_an_order_placed_after_an_accounts_orders_were_read_closes_as_soon_as_it_is_withdrawn_from(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, address: str
) -> None:
    """Also where the account's address is no longer that of the purchase, and in every process."""
    first = await _bought(house, visitor, open_purchase, approve, "digital-30")
    customer = (await _signed_in_as_the_new_customer(house)).customer
    assert customer
    customer = replace(customer, email=address)
    stranger = Reader(visitor_id="visitor-two")
    other = CustomerDetails("nils.ek@exempel.example", "Nils", "Ek")
    bought = await _bought(house, stranger, open_purchase, approve, customer=other)
    await house.shop.withdrawals.declare(stranger, SAID, "sv", bought.order_id or "")
    here, there = house.shop.access.subscriptions, _another_process(house)
    assert isinstance(here, Subscriptions)
    # From here on both processes remember the orders that the account has now.
    for process in (here, there):
        assert await _includes(house, process, customer)
    second = await _bought(house, visitor, open_purchase, approve)
    for purchase in (first, second):
        await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    for process in (here, there):
        assert await _includes(house, process, customer) is False


async def test_a_strangers_withdrawal_has_each_account_asked_about_once(
    house: House, sign_in: SignIn, visitor: Reader, open_purchase: Open, approve: Approve, line: Line
) -> None:
    subscriber = await sign_in(SUBSCRIBER)
    purchase = await _bought(house, visitor, open_purchase, approve)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    before = line.count("/v1/order")
    for _ in range(3):
        assert await _opens(house, subscriber)
    assert line.count("/v1/order") == before + 1


@pytest.mark.parametrize("refused", ["unreachable", httpx.Response(503), httpx.Response(403)])
async def test_an_account_whose_address_withdrew_is_not_let_in_while_payway_does_not_say(
    house: House,
    sign_in: SignIn,
    visitor: Reader,
    open_purchase: Open,
    approve: Approve,
    line: Line,
    refused: str | httpx.Response,
) -> None:
    purchase = await _bought(house, visitor, open_purchase, approve)
    customer = await _signed_in_as_the_new_customer(house)
    assert await _opens(house, customer)
    subscriber = await sign_in(SUBSCRIBER)
    await house.shop.withdrawals.declare(visitor, SAID, "sv", purchase.order_id or "")
    line.faults = {"/v1/order": [refused] * 90}
    decision = await house.shop.access.decide(customer, _premium(house))
    assert (decision.open, decision.rule) == (False, Rule.CANNOT_ASK)
    assert await _opens(house, subscriber), "another address"
    line.faults = {}
    decision = await house.shop.access.decide(customer, _premium(house))
    assert (decision.open, decision.unavailable) == (False, False)


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _held(order_id: str | None, code: str, state: str = "activated", days: int = 30) -> Subscription:
    return Subscription(
        id=f"{order_id} {code}",
        order_id=order_id,
        product_code=code,
        state=state,
        subscription_type="recurring",
        provision_service="tulo",
        next_price_ore=None,
        created=NOW,
        valid_from=NOW - timedelta(days=1),
        valid_to=NOW + timedelta(days=days),
        subscription_end_date=None,
        campaign_end_date=None,
    )


@pytest.mark.parametrize(
    ("held", "others"),
    [
        ([_held("D-1", "digital", "cancelled")], set()),
        ([_held("D-1", "digital", "cancelled"), _held("D-2", "plus")], {"plus"}),
        ([_held("D-1", "digital", "cancelled"), _held("D-2", "digital")], {"digital"}),
        ([_held("D-1", "digital"), _held("D-2", "plus", "deactivated")], set()),
        ([_held("D-1", "digital"), _held("D-2", "plus", "pending")], set()),
        ([_held("D-1", "digital"), _held("D-2", "plus", "cancelled")], {"plus"}),
        ([_held("D-1", "digital"), _held("D-2", "plus", days=-1)], set()),
        ([_held(None, "digital")], set()),
        ([_held(None, "plus")], {"plus"}),
        ([_held("D-1", "digital"), _held(None, "digital")], {"digital"}),
        ([], set()),
    ],
)
def test_a_withdrawn_orders_subscription_is_known_by_its_number(
    held: list[Subscription], others: set[str]
) -> None:
    assert WithdrawnOrders(frozenset({"D-1"}), frozenset({"digital"})).others(held, NOW) == others


@pytest.mark.parametrize(
    ("active", "others", "left"),
    [
        ({"digital"}, set(), set()),
        ({"digital", "web"}, set(), set()),
        ({"digital", "plus", "web"}, {"plus"}, {"plus", "web"}),
        ({"digital", "web"}, {"digital"}, {"digital", "web"}),
        ({"digital", "plus"}, set(), {"plus"}),
        (set(), {"plus"}, set()),
    ],
)
def test_the_codes_that_are_left(active: set[str], others: set[str], left: set[str]) -> None:
    """`plus` and `digital` are packages; which of them holds the product `web`, Payway does not tell."""
    packages = frozenset({"digital", "plus"})
    assert codes_left(frozenset(active), frozenset({"digital"}), frozenset(others), packages) == left
