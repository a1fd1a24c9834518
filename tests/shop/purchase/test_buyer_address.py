"""One buyer in two browsers: between approval and order a buyer is their e-mail address too."""

from __future__ import annotations

import asyncio
import unicodedata
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from klarna_shop.assembly import House, build_house
from klarna_shop.settings import Settings
from klarna_shop.shop.purchase import CannotOpen, CustomerDetails, Purchase, PurchaseState, Reason
from klarna_shop.shop.purchase.buyer_address import AddressDigests, account_address, person_address
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Line, Open, SignIn, books

ASTRID = "astrid.lundmark@demo.example"
HERE, THERE = Reader(visitor_id="here"), Reader(visitor_id="there")
OLD, NEW = "the key of last year, long enough to do", "the key of this year, long enough to do"
HALF_A_MINUTE = timedelta(seconds=30)


def _customer(email: str) -> CustomerDetails:
    return CustomerDetails(email, "Ny", "Läsare")


async def _orders(house: House) -> int:
    return len([order for order in (await books(house)).orders if order.merchant_reference])


async def _authorized(house: House, reader: Reader, purchase: Purchase) -> Purchase:
    return await house.shop.purchases.approve(reader, purchase.session_fingerprint, str(uuid.uuid4()))


@asynccontextmanager
async def _second_worker(house: House, settings: Settings, line: Line) -> AsyncIterator[House]:
    """The same shop once more, with connections and a memory of its own."""
    assert house.sandbox is not None
    other = build_house(
        settings, sandbox=house.sandbox, transport=line, session_clock=house.sandbox.clock.now
    )
    yield other
    await other.shop.close()


@pytest.mark.parametrize(
    ("code", "other_code"),
    [
        ("digital", "digital"),
        ("digital-30", "digital-30"),
        ("digital-trial", "digital-trial"),
        # Different offers that lead to one subscription.
        ("digital", "digital-intro"),
        ("digital", "digital-trial"),
        ("digital-intro", "digital-trial"),
    ],
)
async def test_one_address_in_two_browsers_is_one_order(
    house: House, settings: Settings, line: Line, open_purchase: Open, code: str, other_code: str
) -> None:
    first = await open_purchase(HERE, code, customer=_customer("Anna@Exempel.example"))
    second = await open_purchase(THERE, other_code, customer=_customer("anna@exempel.EXAMPLE"))
    async with _second_worker(house, settings, line) as other:

        async def bought(worker: House, reader: Reader, purchase: Purchase) -> Purchase:
            return await worker.shop.purchases.place(await _authorized(worker, reader, purchase))

        results = await asyncio.gather(bought(house, HERE, first), bought(other, THERE, second))
    assert sorted(result.state for result in results) == ["failed", "placed"]
    [lost] = [result for result in results if result.state == "failed"]
    assert lost.reason == Reason.ALREADY_SUBSCRIBED
    assert await _orders(house) == 1


@pytest.mark.parametrize("stranger_first", [True, False])
@pytest.mark.parametrize("settled", [True, False])
async def test_signed_in_here_and_a_new_customer_there_is_one_order(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve, stranger_first: bool, settled: bool
) -> None:
    customer = await sign_in(ASTRID)
    tries = [
        (THERE, await open_purchase(THERE, customer=_customer(ASTRID.upper()))),
        (customer, await open_purchase(customer)),
    ]
    (reader, first), (other, second) = tries if stranger_first else reversed(tries)
    placed = await approve(reader, first)
    assert placed.status is PurchaseState.PLACED
    if settled:
        assert (await house.shop.purchases.settle(placed)).status is PurchaseState.COMPLETED
    refused = await approve(other, second)
    assert (refused.state, refused.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert await _orders(house) == 1
    if stranger_first and not settled:
        with pytest.raises(CannotOpen) as refusal:
            await open_purchase(customer)
        assert refusal.value.reason is Reason.ALREADY_SUBSCRIBED


async def test_one_opened_after_the_first_completed_is_stopped_by_payways_own_word(
    house: House, line: Line, open_purchase: Open, approve: Approve
) -> None:
    buyer = _customer("anna@exempel.example")
    await house.shop.purchases.settle(await approve(HERE, await open_purchase(HERE, customer=buyer)))
    late = await approve(THERE, await open_purchase(THERE, customer=buyer))
    assert (late.state, late.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert line.count("/place_order") == 1


async def test_one_that_completes_between_the_look_and_the_approval_is_seen_before_sending(
    house: House, line: Line, open_purchase: Open, approve: Approve
) -> None:
    buyer = _customer("anna@exempel.example")
    first, second = await open_purchase(HERE, customer=buyer), await open_purchase(THERE, customer=buyer)
    done = await house.shop.purchases.settle(await approve(HERE, first))
    asked = line.count("/pre_validate_purchase")
    # As if it had looked before the first one was done, and written afterwards.
    encrypted = house.shop.encryption.encrypt(str(uuid.uuid4()))
    late = await house.shop.purchases.ledger.change(
        second,
        PurchaseState.AUTHORIZED,
        cause="test",
        authorization_token_encrypted=encrypted,
        address_digest=done.address_digest,
        authorized_at=house.shop.clock(),
    )
    assert late is not None
    stopped = await house.shop.purchases.place(late)
    assert (stopped.state, stopped.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert line.count("/pre_validate_purchase") == asked
    assert await _orders(house) == 1


async def test_a_tag_makes_another_account_and_may_buy(
    house: House, open_purchase: Open, approve: Approve
) -> None:
    for reader, email in ((HERE, "anna@exempel.example"), (THERE, "anna+1@exempel.example")):
        opened = await open_purchase(reader, customer=_customer(email))
        assert (await approve(reader, opened)).status is PurchaseState.PLACED
    assert await _orders(house) == 2


@pytest.mark.parametrize(
    "silence",
    [
        "unreachable",
        "lost",
        httpx.Response(502, text="<html>"),
        httpx.Response(429, json={"message": "slow down"}),
        httpx.Response(200, json={"item": {}}),
    ],
    ids=["unreachable", "lost", "502", "429", "no verdict"],
)
async def test_without_an_answer_nothing_is_sent_and_it_is_asked_again(
    house: House,
    line: Line,
    later: Later,
    open_purchase: Open,
    approve: Approve,
    silence: str | httpx.Response,
) -> None:
    opened = await open_purchase(HERE)
    line.faults["/pre_validate_purchase"] = [silence] * 4
    waiting = await approve(HERE, opened)
    assert (waiting.status, waiting.reason) == (PurchaseState.AUTHORIZED, Reason.PAYWAY_UNAVAILABLE)
    assert waiting.answers_lost == 0
    assert line.count("/place_order") == 0
    line.faults.clear()
    later(HALF_A_MINUTE)
    await house.recovery.once()
    assert (await house.shop.purchases.find(HERE, opened.id)).order_id
    assert await _orders(house) == 1


async def test_a_question_that_the_shop_may_not_ask_is_the_operators_fault(
    house: House, line: Line, open_purchase: Open, approve: Approve, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await open_purchase(HERE)
    line.faults["/pre_validate_purchase"] = [httpx.Response(403, json={"code": "insufficient_scope"})] * 4
    failed = await approve(HERE, opened)
    assert (failed.state, failed.reason) == ("failed", Reason.PAYWAY_UNAVAILABLE)
    assert line.count("/place_order") == 0
    assert any(record.levelname == "ERROR" and opened.id[:8] in record.message for record in caplog.records)


async def test_before_a_repetition_nothing_is_asked_since_already_active_may_be_this_very_order(
    house: House, line: Line, later: Later, open_purchase: Open, approve: Approve
) -> None:
    opened = await open_purchase(HERE)
    line.faults["/place_order"] = ["lost"]
    assert (await approve(HERE, opened)).status is PurchaseState.UNKNOWN
    asked = line.count("/pre_validate_purchase")
    later(HALF_A_MINUTE)
    await house.recovery.once()
    found = await house.shop.purchases.find(HERE, opened.id)
    assert found.status in {PurchaseState.PLACED, PurchaseState.COMPLETED}
    assert line.count("/pre_validate_purchase") == asked
    assert await _orders(house) == 1


async def test_a_purchase_approved_before_addresses_were_digested_counts_after_the_start(
    house: House, line: Line, open_purchase: Open, approve: Approve
) -> None:
    buyer = _customer("anna@exempel.example")
    line.faults["/place_order"] = ["lost"]
    before = await approve(HERE, await open_purchase(HERE, customer=buyer))
    assert before.status is PurchaseState.UNKNOWN
    forget = sa.update(Purchase).where(col(Purchase.id) == before.id).values(address_digest=None)
    await house.shop.database.write(lambda session: session.exec(forget))
    second = await open_purchase(THERE, customer=buyer)
    await house.recovery.after_start()
    refused = await approve(THERE, second)
    assert (refused.state, refused.reason) == ("failed", Reason.ALREADY_SUBSCRIBED)
    assert await _orders(house) == 1


async def test_a_new_secret_key_changes_no_digest_also_when_the_old_one_is_dropped(house: House) -> None:
    database = house.shop.database

    async def digest(*keys: str) -> str | None:
        return await AddressDigests(database, keys).of_account("anna@exempel.example")

    before = await digest(OLD)
    assert before is not None
    assert await digest(NEW, OLD) == before
    assert await digest(NEW) == before
    assert await digest(OLD) == before, "a worker that has not been restarted yet"


async def test_a_lost_secret_key_makes_new_digests_and_the_log_says_so(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    database = house.shop.database
    before = await AddressDigests(database, (OLD,)).of_account("anna@exempel.example")
    after = await AddressDigests(database, (NEW,)).of_account("anna@exempel.example")
    assert after != before
    assert any("SECRET_KEY" in record.message for record in caplog.records)
    # The old key is found again: what it wrote counts, and both keys agree from then on.
    assert await AddressDigests(database, (NEW, OLD)).of_account("anna@exempel.example") == before
    assert await AddressDigests(database, (NEW,)).of_account("anna@exempel.example") == before


async def test_two_processes_that_start_at_once_have_one_key(house: House) -> None:
    digests = await asyncio.gather(
        *(AddressDigests(house.shop.database, (OLD,)).of_person("a@b.example") for _ in range(4))
    )
    assert len(set(digests)) == 1


@pytest.mark.parametrize(
    ("one", "other", "same_account", "same_person"),
    [
        ("anna@exempel.example", " Anna@EXEMPEL.example. ", True, True),
        ("åsa@exempel.example", unicodedata.normalize("NFD", "Åsa@exempel.example"), True, True),
        ("anna@räksmörgås.example", "anna@xn--rksmrgs-5wao1o.EXAMPLE", True, True),
        ("anna@exempel.example", "anna+1@exempel.example", False, True),
        ("anna.lund@exempel.example", "annalund@exempel.example", False, True),
        ("anna@gmail.com", "An.na+tidning@googlemail.com", False, True),
        ("+1@exempel.example", "+2@exempel.example", False, False),
        ("anna@exempel.example", "anna@annat.example", False, False),
        ("anna@exempel.example", "anne@exempel.example", False, False),
    ],
)
def test_which_addresses_are_one(one: str, other: str, same_account: bool, same_person: bool) -> None:
    assert (account_address(one) == account_address(other)) is same_account
    assert (person_address(one) == person_address(other)) is same_person


@pytest.mark.parametrize("nothing", ["", " ", "anna", "@", "anna@"])
def test_what_is_no_address_is_nobodys(nothing: str) -> None:
    assert account_address(nothing) == person_address(nothing) == ""
