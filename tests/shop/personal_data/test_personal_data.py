"""What is kept about a reader: all of it given, all of it erased that may be."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from sqlmodel import SQLModel, select

from klarna_shop.assembly import House
from klarna_shop.shop.measurement import EventName, Happening
from klarna_shop.shop.personal_data.kept import OF_BROWSER, WITH_RULES
from klarna_shop.shop.purchase import NotYours, Purchase, PurchaseState
from klarna_shop.shop.purchase.retention import ERASED
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration
from tests.house import NEW_CUSTOMER, Approve, Line, Open, SignIn

OTHER = Reader(visitor_id="visitor-two")
PREVIEWED = Reader(visitor_id="visitor-one", preview=True)


def test_every_table_that_knows_a_browser_is_known_here() -> None:
    with_visitor = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if "visitor_id" in table.columns and name != "hero"
    }
    assert with_visitor == {table.__tablename__ for table in OF_BROWSER.values()} | set(WITH_RULES)


async def read_and_be_measured(house: House, reader: Reader) -> None:
    assert reader.visitor_id
    shop = house.shop
    await shop.consents.choose(reader.visitor_id, accepted=True)
    shop.events.add(Happening(EventName.WALL_SHOWN, shop.clock(), reader.visitor_id, article="isen"))
    await shop.access.records.dismiss(reader.visitor_id, "isen-i-lundahallen")


async def kept(house: House, reader: Reader) -> int:
    """How many rows of the browser's own tables there are."""
    own = [select(table).where(table.visitor_id == reader.visitor_id) for table in OF_BROWSER.values()]
    return await house.shop.database.read(
        lambda session: sum(len(session.exec(statement).all()) for statement in own)
    )


async def test_readers_are_given_all_of_theirs_and_nothing_of_others(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    await read_and_be_measured(house, visitor)
    await read_and_be_measured(house, OTHER)
    bought = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    await house.shop.withdrawals.declare(visitor, Declaration("Ny", "ny@exempel.example", "x"), "sv")
    await house.shop.recorder.flush()
    given = await house.shop.personal_data.export(visitor)
    written = json.dumps(given, ensure_ascii=False)
    assert "visitor-two" not in written
    assert given["browser"]["answer_to_measuring"][0]["accepted"] is True
    assert given["browser"]["measured_events"]
    assert given["browser"]["dismissed_walls"][0]["slug"] == "isen-i-lundahallen"
    (purchase,) = given["purchases"]
    assert (purchase["order_id"], purchase["customer"]["email"]) == (bought.order_id, NEW_CUSTOMER.email)
    assert given["withdrawals"][0]["email"] == "ny@exempel.example"
    assert given["technical_log"]
    assert "_encrypted" not in written
    token = house.shop.purchases.client_token(bought)
    assert token not in written, "what Klarna gave out is no personal data, and a secret"
    assert set(await house.shop.personal_data.export(Reader())) == {"at"}
    assert set(await house.shop.personal_data.export(PREVIEWED)) == {"at"}


async def test_erasing_leaves_the_books_and_nobody_in_them(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    await read_and_be_measured(house, visitor)
    await read_and_be_measured(house, OTHER)
    bought = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    await house.shop.recorder.flush()
    await house.shop.personal_data.erase(visitor)
    assert await kept(house, visitor) == 0
    assert await kept(house, OTHER) == 3
    left = await house.shop.purchases.ledger.find(bought.id)
    assert left
    assert {name: getattr(left, name) for name in ERASED} == ERASED
    assert (left.visitor_id, left.buyer) == (None, "erased")
    assert (left.order_id, left.price, left.state) == (bought.order_id, bought.price, bought.state)
    given = await house.shop.personal_data.export(visitor)
    assert (given["purchases"], given["technical_log"]) == ([], [])
    assert await house.shop.purchases.bought_by(visitor) == []


async def test_a_purchase_under_way_is_finished_first(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    line.faults["/place_order"] = ["lost"]
    waiting = await approve(visitor, await open_purchase(visitor))
    assert waiting.status is PurchaseState.UNKNOWN
    assert await house.shop.personal_data.erase(visitor) is True
    settled = await house.shop.purchases.place(await house.shop.purchases.find(visitor, waiting.id))
    settled = await house.shop.purchases.settle(settled)
    assert settled.status is PurchaseState.COMPLETED
    assert len(await _purchases(house)) == 1
    assert await house.shop.personal_data.erase(visitor) is False


async def test_what_was_only_begun_is_given_up(house: House, visitor: Reader, open_purchase: Open) -> None:
    """Or it could be paid in a tab that is still open, by somebody whom the shop does not know any more."""
    begun = await open_purchase(visitor)
    assert await house.shop.personal_data.erase(visitor) is False
    left = await house.shop.purchases.ledger.find(begun.id)
    assert left is not None
    assert (left.state, left.visitor_id) == ("abandoned", None)
    with pytest.raises(NotYours):
        await house.shop.purchases.approve(visitor, begun.session_fingerprint, "a-token-of-klarna")


async def test_a_customers_purchases_stay_their_accounts(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in("astrid.lundmark@demo.example")
    bought = await house.shop.purchases.settle(await approve(reader, await open_purchase(reader)))
    await house.shop.personal_data.erase(reader)
    left = await house.shop.purchases.find(reader, bought.id)
    assert left.visitor_id is None
    assert house.shop.purchases.receipt_email(left) == ""
    assert [one.id for one in await house.shop.purchases.bought_by(reader)] == [bought.id]


async def test_a_previews_reader_erases_nothing(house: House, visitor: Reader) -> None:
    await read_and_be_measured(house, visitor)
    await house.shop.events.flush()
    before = await kept(house, visitor)
    await house.shop.personal_data.erase(PREVIEWED)
    assert await kept(house, visitor) == before > 0


async def _purchases(house: House) -> Sequence[Purchase]:
    return await house.shop.database.read(lambda session: session.exec(select(Purchase)).all())
