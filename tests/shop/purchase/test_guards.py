"""The database refuses what the ledger's table of transitions does not have, whoever asks."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.purchase.ledger import IllegalTransition
from klarna_shop.shop.purchase.states import TRANSITIONS
from klarna_shop.shop.purchase.tables import PurchaseChange, PurchaseTransition
from klarna_shop.shop.reader import Reader
from tests.house import Open


def _way_to(state: PurchaseState) -> list[PurchaseState]:
    """States to go through from the first one to this, itself included."""
    ways = deque([[PurchaseState.SESSION_OPEN]])
    while ways:
        way = ways.popleft()
        if way[-1] is state:
            return way[1:]
        ways.extend([*way, following] for following in sorted(TRANSITIONS[way[-1]]) if following not in way)
    raise AssertionError(f"{state} cannot be reached")


async def _in_state(house: House, purchase: Purchase, state: PurchaseState) -> Purchase:
    for following in _way_to(state):
        changed = await house.shop.purchases.ledger.change(purchase, following, cause="test")
        assert changed is not None
        purchase = changed
    return purchase


async def _write(house: House, statement: sa.Executable) -> None:
    await house.shop.database.write(lambda session: session.connection().execute(statement))


@pytest.mark.parametrize("before", PurchaseState)
async def test_every_pair_of_states(house: House, open_purchase: Open, before: PurchaseState) -> None:
    ledger = house.shop.purchases.ledger
    for after in PurchaseState:
        reader = Reader(visitor_id=f"visitor {after}")
        purchase = await _in_state(house, await open_purchase(reader), before)
        if after not in TRANSITIONS[before]:
            with pytest.raises(IllegalTransition):
                await ledger.change(purchase, after, cause="test")
        change = sa.update(Purchase).where(col(Purchase.id) == purchase.id).values(state=after.value)
        if after in TRANSITIONS[before] or after is before:
            await _write(house, change)
        else:
            with pytest.raises(IntegrityError):
                await _write(house, change)


async def test_the_database_knows_the_same_transitions_as_the_code(house: House) -> None:
    rows = await house.shop.database.read(lambda session: session.exec(select(PurchaseTransition)).all())
    known = {(row.from_state, row.to_state) for row in rows}
    assert known == {(before.value, after.value) for before in TRANSITIONS for after in TRANSITIONS[before]}


async def test_a_purchase_begins_open_and_stays(house: House, visitor: Reader, open_purchase: Open) -> None:
    purchase = await open_purchase(visitor)
    copied = {**purchase.model_dump(), "id": "x" * 32, "session_fingerprint": "other", "state": "completed"}
    with pytest.raises(IntegrityError):
        await _write(house, sa.insert(Purchase).values(**copied))
    with pytest.raises(IntegrityError):
        await _write(house, sa.delete(Purchase).where(col(Purchase.id) == purchase.id))


async def test_history_is_only_added_to(house: House, visitor: Reader, open_purchase: Open) -> None:
    purchase = await open_purchase(visitor)
    own = col(PurchaseChange.purchase_id) == purchase.id
    with pytest.raises(IntegrityError):
        await _write(house, sa.delete(PurchaseChange).where(own))
    with pytest.raises(IntegrityError):
        await _write(house, sa.update(PurchaseChange).where(own).values(at=datetime.now(UTC)))
    assert len(await house.shop.purchases.ledger.history(purchase.id)) == 1
