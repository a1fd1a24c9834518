"""Events: only of who agreed, with the wall seen in the same visit; those of the ledger with the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from klarna_shop.assembly import House
from klarna_shop.shop.access.visits import QUIET
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.measurement import EventName, Happening, SeenWall, Traffic
from klarna_shop.shop.measurement.repetitions import MOST_OF_A_VISIT, MOST_REPEATED
from klarna_shop.shop.measurement.storage import EventStorage
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.migrating import migrate
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Later, Open

WALL = SeenWall("stormen", "standard", 1, "prices", "B")


async def events(house: House) -> Sequence[MeasuredEvent]:
    """All that was written, oldest first."""
    await house.shop.events.flush()
    in_order = select(MeasuredEvent).order_by(col(MeasuredEvent.id))
    return await house.shop.database.read(lambda session: session.exec(in_order).all())


def happened(house: House, name: EventName, visitor_id: str, wall: SeenWall | None = None) -> None:
    """Record an event of a page."""
    house.shop.events.add(Happening(name, house.shop.clock(), visitor_id, wall=wall, device="phone"))


async def test_nothing_is_written_of_who_was_not_asked_or_said_no(house: House) -> None:
    await house.shop.consents.choose("no", accepted=False)
    await house.shop.consents.choose("yes", accepted=True)
    for visitor_id in ("no", "not asked", "yes"):
        happened(house, EventName.PICKER_SHOWN, visitor_id)
    assert [event.visitor_id for event in await events(house)] == ["yes"]


async def test_a_no_erases_what_was_measured_before(house: House) -> None:
    for visitor_id in ("leaves", "stays"):
        await house.shop.consents.choose(visitor_id, accepted=True)
        happened(house, EventName.PICKER_SHOWN, visitor_id)
    await house.shop.events.flush()
    await house.shop.consents.choose("leaves", accepted=False)
    assert [event.visitor_id for event in await events(house)] == ["stays"]
    assert await house.shop.consents.of("leaves") is False


@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_later_events_carry_the_wall_that_was_seen_in_the_same_visit(
    house: House, in_one_batch: bool
) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    happened(house, EventName.WALL_SHOWN, "reader", WALL)
    if not in_one_batch:
        await house.shop.events.flush()
    happened(house, EventName.PICKER_SHOWN, "reader")
    shown, picker = await events(house)
    for event in (shown, picker):
        assert (event.article, event.design, event.design_version) == ("stormen", "standard", 1)
        assert (event.experiment, event.variant, event.device) == ("prices", "B", "phone")


async def test_a_wall_of_an_earlier_visit_is_not_carried_on(house: House, later: Later) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    records = house.shop.access.records
    await records.count("reader", "newsletter")
    happened(house, EventName.WALL_SHOWN, "reader", WALL)
    await house.shop.events.flush()
    later(QUIET * 2)
    await records.count("reader", "direct")
    happened(house, EventName.PICKER_SHOWN, "reader")
    shown, picker = await events(house)
    assert (shown.visit, shown.source, picker.visit, picker.source) == (1, "newsletter", 2, "direct")
    assert (picker.design, picker.experiment, picker.article) == ("", "", "")


async def test_an_event_can_be_erased_and_not_changed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    storage = EventStorage(database, system_clock)
    await storage.write(
        [Happening(EventName.PICKER_SHOWN, system_clock(), "made up", Traffic.SIMULATED, visit=1)]
    )
    renamed = text("UPDATE measured_event SET name = 'order_placed'")
    with pytest.raises(DBAPIError, match="only added"):
        await database.write(lambda session: session.connection().execute(renamed))
    await storage.erase_simulated()
    assert await database.read(lambda session: session.exec(select(MeasuredEvent)).all()) == []
    await database.close()


async def test_the_ledger_measures_each_step_of_a_purchase_once(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    assert visitor.visitor_id is not None
    await house.shop.consents.choose(visitor.visitor_id, accepted=True)
    happened(house, EventName.WALL_SHOWN, visitor.visitor_id, WALL)
    await house.shop.events.flush()
    purchase = await approve(visitor, await open_purchase(visitor))
    settled = await house.shop.purchases.settle(purchase)
    assert settled.status is PurchaseState.COMPLETED
    _, *of_purchase = await events(house)
    assert [event.name for event in of_purchase] == [
        "session_created",
        "authorized",
        "order_placed",
        "confirmed",
    ]
    for event in of_purchase:
        assert event.purchase_id == purchase.id
        assert event.offer == f"{purchase.code}|{purchase.period_id}"
        assert (event.value, event.variant, event.device) == (purchase.price, "B", "phone")


async def test_a_purchase_without_consent_is_not_measured_also_if_it_comes_later(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    assert visitor.visitor_id is not None
    purchase = await open_purchase(visitor)
    await house.shop.consents.choose(visitor.visitor_id, accepted=True)
    await approve(visitor, purchase)
    assert await events(house) == []


async def test_simulated_events_need_nobodys_consent_and_can_be_taken_away(house: House) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    happened(house, EventName.PICKER_SHOWN, "reader")
    storage = EventStorage(house.shop.database, house.shop.clock)
    simulated = Happening(
        EventName.PICKER_SHOWN, house.shop.clock(), "made up", Traffic.SIMULATED, visit=3, source="mail"
    )
    assert await storage.write([simulated]) == 1
    await storage.erase_simulated()
    assert [event.visitor_id for event in await events(house)] == ["reader"]


async def test_an_event_that_a_tab_repeats_counts_once_in_a_visit(house: House, later: Later) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    records = house.shop.access.records
    await records.count("reader", "newsletter")
    for batch in range(4):
        for _ in range(100):
            happened(house, EventName.WALL_SHOWN, "reader", WALL)
            happened(house, EventName.PICKER_SHOWN, "reader")
        await house.shop.events.flush()
        assert len(await events(house)) == 2, batch
    another = EventStorage(house.shop.database, house.shop.clock)
    assert await another.write([Happening(EventName.PICKER_SHOWN, house.shop.clock(), "reader")]) == 0
    later(QUIET * 2)
    await records.count("reader", "newsletter")
    happened(house, EventName.WALL_SHOWN, "reader", WALL)
    assert [event.visit for event in await events(house)] == [1, 1, 2]


async def test_what_a_reader_may_try_again_counts_again_and_not_for_ever(house: House) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    for _ in range(50):
        happened(house, EventName.AUTHORIZE_STARTED, "reader")
    assert len(await events(house)) == MOST_REPEATED


async def test_a_visit_has_so_many_events_whatever_they_are(house: House) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    for number in range(2 * MOST_OF_A_VISIT):
        offer = Happening(EventName.OFFER_CHOSEN, house.shop.clock(), "reader", offer=f"DEMO|{number}")
        house.shop.events.add(offer)
    happened(house, EventName.PICKER_SHOWN, "another")
    assert len(await events(house)) == MOST_OF_A_VISIT


async def test_what_could_not_be_written_is_not_taken_for_a_repetition(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.shop.consents.choose("reader", accepted=True)
    with monkeypatch.context() as broken:
        broken.setattr("klarna_shop.shop.measurement.storage.insert", lambda _: text("SELECT nothing"))
        happened(house, EventName.PICKER_SHOWN, "reader")
        assert await events(house) == []
    happened(house, EventName.PICKER_SHOWN, "reader")
    assert len(await events(house)) == 1
