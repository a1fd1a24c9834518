"""Whoever withdraws has it recorded; nobody ends another's subscription."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.payway import Subscription
from klarna_shop.shop.mails import QueuedMail
from klarna_shop.shop.purchase import Purchase
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import (
    CannotDeclare,
    Declaration,
    Outcome,
    Standing,
    Withdrawal,
    Withdrawals,
)
from klarna_shop.shop.withdrawal.limits import RECEIPTS_OF_NETWORK
from klarna_shop.shop.withdrawal.service import OF_A_BROWSER, OF_AN_ADDRESS
from tests.house import Approve, Later, Line, Open, SignIn

BUYER = "astrid.lundmark@demo.example"
SAID = Declaration("Astrid Lundmark", BUYER)
IN_WORDS = Declaration("Någon Annan", "nagon@exempel.example", "Digital, köpt i november")
CANCEL = "/accounts/cancel_product"
ORDERS = "/v1/order"


async def bought(house: House, reader: Reader, open_purchase: Open, approve: Approve) -> Purchase:
    return await house.shop.purchases.settle(await approve(reader, await open_purchase(reader)))


async def held(house: House, reader: Reader, order_id: str | None) -> Subscription:
    assert reader.account_id
    subscriptions = await house.shop.payway.subscriptions.by_account(reader.account_id)
    return next(one for one in subscriptions if one.order_id == order_id)


async def queued(house: House) -> list[str]:
    mails = await house.shop.database.read(lambda session: session.exec(select(QueuedMail)).all())
    return sorted(mail.kind for mail in mails)


async def test_a_customer_ends_their_own_subscription_and_nothing_else(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert (row.outcome, row.standing) == (Outcome.ENDED, Standing.BUYER)
    assert (row.purchase_id, row.order_id, row.price) == (purchase.id, purchase.order_id, purchase.price)
    assert (await held(house, reader, purchase.order_id)).state == "cancelled"
    assert await queued(house) == ["receipt", "withdrawal_notice", "withdrawal_receipt"]
    again = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert again.id == row.id, "an order is withdrawn from once"
    assert house.shop.withdrawals.said(again) == SAID


async def test_two_presses_at_once_are_one_withdrawal(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    order_id = (await bought(house, reader, open_purchase, approve)).order_id or ""
    declare = house.shop.withdrawals.declare
    rows = await asyncio.gather(*(declare(reader, SAID, "sv", order_id) for _ in range(4)))
    assert len({row.id for row in rows}) == 1
    assert line.count(CANCEL) == 1


async def test_a_declaration_in_words_that_is_repeated_under_its_id_is_one(
    house: House, visitor: Reader
) -> None:
    withdrawals = house.shop.withdrawals
    new_id = withdrawals.new_id()
    presses = (withdrawals.declare(visitor, IN_WORDS, "sv", new_id=new_id) for _ in range(4))
    rows = await asyncio.gather(*presses)
    assert {row.id for row in rows} == {new_id}
    assert await queued(house) == ["withdrawal_notice", "withdrawal_receipt"]
    another = await withdrawals.declare(visitor, IN_WORDS, "sv", new_id=withdrawals.new_id())
    assert another.id != new_id


async def test_the_buyer_withdraws_also_where_the_number_of_the_order_was_lost(
    house: House, visitor: Reader, line: Line, open_purchase: Open, approve: Approve
) -> None:
    """Payway has the order, and says so by refusing a second one: then nobody learns its number."""
    line.faults = {"/place_order": ["lost"]}
    withdrawals, purchases = house.shop.withdrawals, house.shop.purchases
    unknown = await approve(visitor, await open_purchase(visitor))
    purchase = await purchases.settle(await purchases.place(unknown))
    assert (purchase.state, purchase.order_id) == ("completed", None)
    [contract] = await withdrawals.contracts.of(visitor)
    assert contract.reference == purchase.id
    rows = await asyncio.gather(
        *(withdrawals.declare(visitor, IN_WORDS, "sv", contract.reference) for _ in range(3))
    )
    row = await withdrawals.from_purchase(purchase)
    assert row is not None
    assert {one.id for one in rows} == {row.id}
    assert (row.standing, row.outcome) == (Standing.BUYER, Outcome.BY_HAND)
    assert (row.purchase_id, row.order_id) == (purchase.id, None)
    assert row in rows, "the first to declare waits for the outcome"
    assert await withdrawals.among([contract.reference]) == {purchase.id}


async def test_what_was_bought_here_is_recorded_before_payway_is_asked(
    house: House, sign_in: SignIn, line: Line, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    line.calls.clear()
    line.faults = {CANCEL: ["unreachable"] * 9}
    seen: list[list[str]] = []
    ended_at_once = type(house.shop.withdrawals)._ended_at_once

    async def look_first(withdrawals: Withdrawals, row: Withdrawal) -> Withdrawal:
        seen.append(list(line.calls))
        assert await withdrawals.by_id(row.id) is not None
        return await ended_at_once(withdrawals, row)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Withdrawals, "_ended_at_once", look_first)
        await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert seen == [[]]


async def test_an_order_that_payway_cannot_confirm_is_recorded_in_words(
    house: House, sign_in: SignIn, line: Line
) -> None:
    reader = await sign_in("karin.oberg@demo.example")
    withdrawals = house.shop.withdrawals
    [contract, *_] = await withdrawals.contracts.of(reader)
    line.faults = {ORDERS: ["unreachable"] * 20}
    said = Declaration("Karin Öberg", "karin.oberg@demo.example", f"Digital, order {contract.reference}")
    row = await withdrawals.declare(reader, said, "sv", contract.reference)
    assert (row.standing, row.outcome, row.order_id) == (Standing.STRANGER, Outcome.RECORDED, None)
    assert withdrawals.is_of(row, reader)
    line.faults = {}
    again = await withdrawals.declare(reader, said, "sv", contract.reference)
    assert again.order_id == contract.order_id, "once Payway answers, the order itself"


async def test_a_stranger_cannot_keep_a_buyer_from_withdrawing(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    withdrawals = house.shop.withdrawals
    words = Declaration("Astrid Lundmark", BUYER, "Något")
    for number in range(OF_AN_ADDRESS):
        await withdrawals.declare(Reader(visitor_id=f"stranger-{number}"), words, "sv")
    row = await withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert row.outcome == Outcome.ENDED


async def test_declarations_at_once_are_counted_one_after_the_other(house: House) -> None:
    declare = house.shop.withdrawals.declare
    rows = await asyncio.gather(
        *(declare(Reader(visitor_id=f"visitor-{number}"), IN_WORDS, "sv") for number in range(20))
    )
    mailed = [await house.shop.withdrawals.is_mailed(row) for row in rows]
    assert (len(mailed), sum(mailed)) == (20, OF_AN_ADDRESS)


async def test_taking_a_subscription_up_in_the_moment_of_withdrawing_does_not_undo_it(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    order_id = (await bought(house, reader, open_purchase, approve)).order_id or ""
    withdrawals, payway = house.shop.withdrawals, house.shop.payway
    assert not await withdrawals.uphold(order_id)
    await withdrawals.declare(reader, SAID, "sv", order_id)
    assert reader.customer
    identity = await house.shop.identities.identity_of(reader.customer)
    await payway.me.reactivate_product(identity, (await held(house, reader, order_id)).id)
    assert (await held(house, reader, order_id)).state == "activated"
    assert await withdrawals.uphold(order_id)
    assert (await held(house, reader, order_id)).state == "cancelled"
    assert (await queued(house)).count("withdrawal_notice") == 1


@pytest.mark.parametrize("wrong", ["", "\0" * 32, "\ud800" * 32, "x" * 33, "' OR 1=1 --"])
async def test_no_receipt_has_a_number_that_is_none(house: House, visitor: Reader, wrong: str) -> None:
    assert await house.shop.withdrawals.find(visitor, wrong) is None


async def test_an_order_that_only_payway_knows_is_the_customers_own_all_the_same(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in("karin.oberg@demo.example")
    contracts = await house.shop.withdrawals.contracts.of(reader)
    assert contracts
    assert all(contract.purchase_id is None for contract in contracts)
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", contracts[0].order_id)
    expected = Outcome.ENDED if contracts[0].is_open else Outcome.RECORDED
    assert row.outcome == expected


async def test_the_buying_browser_may_withdraw_and_a_person_ends_what_payway_will_not_say(
    house: House, visitor: Reader, line: Line, open_purchase: Open, approve: Approve
) -> None:
    purchase = await bought(house, visitor, open_purchase, approve)
    row = await house.shop.withdrawals.declare(visitor, IN_WORDS, "sv", purchase.order_id or "")
    assert (row.outcome, row.standing) == (Outcome.BY_HAND, Standing.BUYER)
    assert line.count(CANCEL) == 0, "whose account a new customer has got is not known here"


async def test_a_strangers_word_is_recorded_and_ends_nothing(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    stranger = Reader(visitor_id="visitor-two")
    words = Declaration("Astrid Lundmark", BUYER, f"Order {purchase.order_id}")
    row = await house.shop.withdrawals.declare(stranger, words, "sv")
    assert (row.outcome, row.standing, row.order_id) == (Outcome.RECORDED, Standing.STRANGER, None)
    assert (await held(house, reader, purchase.order_id)).state == "activated"
    assert line.count(CANCEL) == 0
    for order_id in (purchase.order_id or "", "DEMO-9999", purchase.id):
        with pytest.raises(CannotDeclare, match="not_yours"):
            await house.shop.withdrawals.declare(stranger, words, "sv", order_id)
    with pytest.raises(CannotDeclare, match="not_yours"):
        await house.shop.withdrawals.declare(
            Reader(visitor_id="visitor-one", preview=True), words, "sv", purchase.order_id or ""
        )


async def test_a_receipt_is_shown_to_who_declared_it_alone(
    house: House, visitor: Reader, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    withdrawals = house.shop.withdrawals
    of_browser = await withdrawals.declare(visitor, IN_WORDS, "sv")
    customer = await sign_in(BUYER)
    of_customer = await withdrawals.declare(customer, IN_WORDS, "sv")
    assert await withdrawals.find(visitor, of_browser.id)
    assert await withdrawals.find(Reader(visitor_id="visitor-two"), of_browser.id) is None
    assert await withdrawals.find(visitor, of_customer.id) is None, "signed out, in the same browser"
    assert await withdrawals.find(customer, of_customer.id)
    assert await withdrawals.find(Reader(), of_browser.id) is None
    assert await withdrawals.find(Reader(visitor_id="visitor-one", preview=True), of_browser.id) is None


@pytest.mark.parametrize("fault", ["unreachable", "lost"])
async def test_what_payway_does_not_answer_is_ended_later(
    house: House, line: Line, later: Later, sign_in: SignIn, open_purchase: Open, approve: Approve, fault: str
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    line.faults[CANCEL] = [fault] * 4
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    assert row.outcome == Outcome.ENDING
    line.faults.clear()
    await house.shop.withdrawals.once()
    assert (await house.shop.withdrawals.by_id(row.id)).outcome == Outcome.ENDING, "left to the page first"  # type: ignore[union-attr]
    later(timedelta(minutes=1))
    await house.shop.withdrawals.once()
    assert (await house.shop.withdrawals.by_id(row.id)).outcome == Outcome.ENDED  # type: ignore[union-attr]
    assert (await held(house, reader, purchase.order_id)).state == "cancelled"


async def test_after_a_day_of_silence_a_person_ends_it(
    house: House, line: Line, later: Later, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(BUYER)
    purchase = await bought(house, reader, open_purchase, approve)
    line.faults["/get_by_account"] = ["unreachable"] * 99
    row = await house.shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    later(timedelta(hours=25))
    await house.shop.withdrawals.once()
    found = await house.shop.withdrawals.by_id(row.id)
    assert found
    assert found.outcome == Outcome.BY_HAND
    assert "withdrawal_notice" in await queued(house)


async def test_the_right_ends_with_its_fourteenth_day(
    house: House, visitor: Reader, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchase = await bought(house, visitor, open_purchase, approve)
    contracts = house.shop.withdrawals.contracts
    later(timedelta(days=14))
    assert contracts.of_purchase(purchase).is_open
    later(timedelta(days=1))
    assert not contracts.of_purchase(purchase).is_open
    row = await house.shop.withdrawals.declare(visitor, IN_WORDS, "sv", purchase.order_id or "")
    assert (row.outcome, row.standing) == (Outcome.RECORDED, Standing.BUYER)


async def test_a_waiver_counts_only_before_the_order_and_only_once_reading_has_begun(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    purchases, contracts = house.shop.purchases, house.shop.withdrawals.contracts
    opened = await open_purchase(visitor)
    assert (await purchases.waive(visitor, opened.id, True)).waived_at
    assert (await purchases.waive(visitor, opened.id, False)).waived_at is None
    assert (await purchases.waive(visitor, opened.id, True)).waived_at
    purchase = await purchases.settle(await approve(visitor, opened))
    assert not contracts.of_purchase(purchase).is_open
    assert (await purchases.waive(visitor, opened.id, False)).waived_at, "what was agreed stays"


async def test_what_is_typed_is_checked_and_nothing_is_recorded(house: House, visitor: Reader) -> None:
    wrong = Declaration(" ", "nobody", "x" * 501)
    with pytest.raises(CannotDeclare) as refused:
        await house.shop.withdrawals.declare(visitor, wrong, "sv")
    assert refused.value.fields == ("name", "contract", "email")
    assert await house.shop.withdrawals.latest() == []


async def test_nobodys_mailbox_is_filled_and_each_declaration_is_recorded(house: House) -> None:
    withdrawals = house.shop.withdrawals
    for number in range(OF_AN_ADDRESS):
        row = await withdrawals.declare(Reader(visitor_id=f"v{number}"), IN_WORDS, "sv")
        assert await withdrawals.is_mailed(row)
    owner = Reader(visitor_id="owner")
    row = await withdrawals.declare(owner, Declaration("N", IN_WORDS.email.upper(), "x"), "sv")
    assert not await withdrawals.is_mailed(row)
    assert await withdrawals.find(owner, row.id) is not None, "to read and to download"


async def test_a_browser_declares_so_often_in_words(house: House, visitor: Reader) -> None:
    declare = house.shop.withdrawals.declare
    for number in range(OF_A_BROWSER):
        await declare(visitor, Declaration("N", f"n{number}@exempel.example", "x"), "sv")
    with pytest.raises(CannotDeclare, match="too_many"):
        await declare(visitor, Declaration("N", "another@exempel.example", "x"), "sv")


@pytest.mark.parametrize("addresses", [["192.0.2.7"], ["2001:db8:1:2::a", "2001:db8:1:2:b::c"]])
async def test_one_network_mails_few_strangers_and_another_is_not_held_back(
    house: House, addresses: list[str]
) -> None:
    withdrawals = house.shop.withdrawals

    async def declared(number: int, address: str) -> bool:
        words = Declaration("N", f"stranger-{number}@exempel.example", "x")
        row = await withdrawals.declare(Reader(visitor_id=f"v{number}"), words, "sv", address=address)
        return await withdrawals.is_mailed(row)

    sent = [await declared(number, addresses[number % len(addresses)]) for number in range(40)]
    assert sum(sent) == RECEIPTS_OF_NETWORK.at_once
    assert await declared(40, "198.51.100.1")
    with pytest.raises(CannotDeclare, match="too_many"):
        await declared(41, addresses[0])


async def test_what_names_a_person_is_erased_in_time(house: House, visitor: Reader, later: Later) -> None:
    withdrawals = house.shop.withdrawals
    row = await withdrawals.declare(visitor, IN_WORDS, "sv")
    later(timedelta(days=29))
    await withdrawals.erase_old(30)
    assert withdrawals.said(await withdrawals.by_id(row.id) or row) == IN_WORDS
    later(timedelta(days=2))
    await withdrawals.erase_old(30)
    left = await withdrawals.by_id(row.id)
    assert left
    assert withdrawals.said(left) == Declaration("", "", "")
    assert (left.at, left.outcome) == (row.at, row.outcome)
