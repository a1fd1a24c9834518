"""Every event that can come, in every state: what the purchase becomes, or that it stays as it is."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import CannotOpen, CustomerDetails, NotYours, Purchase, PurchaseState
from klarna_shop.shop.purchase.call_lease import lease_columns
from klarna_shop.shop.purchase.states import TRANSITIONS
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Approve, Later, Line, Open, books

S = PurchaseState
PLACE = "place_order"
REFUSAL = {"code": "ssn_already_taken", "message": "Taken"}

# What changes; a state that a row does not name stays what it is.
BECOMES: dict[str, dict[PurchaseState, PurchaseState]] = {
    "its page is opened": {},
    "its page is opened after 49 hours": {S.SESSION_OPEN: S.EXPIRED},
    "Klarna approves": {S.SESSION_OPEN: S.AUTHORIZED},
    "Klarna approves after 49 hours": {S.SESSION_OPEN: S.EXPIRED},
    "Klarna approves another session": {},
    "Klarna approves with a token that is none": {},
    "Klarna refuses": {S.SESSION_OPEN: S.REFUSED},
    "Klarna refuses another session": {},
    "the reader starts over": {S.SESSION_OPEN: S.ABANDONED},
    "placing: Payway takes the order": {S.AUTHORIZED: S.PLACED, S.UNKNOWN: S.PLACED},
    "placing: the answer is lost": {S.AUTHORIZED: S.UNKNOWN},
    "placing: Payway cannot be reached": {},
    "placing: Payway refuses": {S.AUTHORIZED: S.FAILED, S.UNKNOWN: S.FAILED},
    "placing after 61 minutes": {S.AUTHORIZED: S.EXPIRED, S.UNKNOWN: S.UNRESOLVED},
    "access is asked for": {S.PLACED: S.COMPLETED},
    "recovery": {S.AUTHORIZED: S.PLACED, S.UNKNOWN: S.PLACED, S.PLACED: S.COMPLETED},
    "recovery: Payway cannot be reached": {S.PLACED: S.COMPLETED},
    "recovery, long after a crash": {
        S.AUTHORIZED: S.PLACED,
        S.PLACING: S.PLACED,
        S.UNKNOWN: S.PLACED,
        S.PLACED: S.COMPLETED,
    },
    "recovery after 61 minutes": {
        S.AUTHORIZED: S.EXPIRED,
        S.PLACING: S.UNRESOLVED,
        S.UNKNOWN: S.UNRESOLVED,
        S.PLACED: S.COMPLETED,
    },
    "recovery after 49 hours": {
        S.SESSION_OPEN: S.EXPIRED,
        S.AUTHORIZED: S.EXPIRED,
        S.PLACING: S.UNRESOLVED,
        S.UNKNOWN: S.UNRESOLVED,
        S.PLACED: S.COMPLETED,
    },
}


@dataclass
class Stages:
    """Brings purchases into states, and lets events happen to them."""

    house: House
    line: Line
    open: Open
    approve: Approve
    later: Later

    def __post_init__(self) -> None:
        self.shop = self.house.shop
        self.recovery = self.house.recovery

    async def in_every_state(self) -> dict[PurchaseState, Purchase]:
        """A purchase of somebody else's in each state; those first for which time has to pass."""
        reach: dict[PurchaseState, Callable[[Reader], Awaitable[Purchase]]] = {
            S.EXPIRED: self._expired,
            S.UNRESOLVED: self._unresolved,
            S.SESSION_OPEN: self._opened,
            S.AUTHORIZED: self._authorized,
            S.PLACING: self._placing,
            S.UNKNOWN: self._unknown,
            S.PLACED: self._placed,
            S.COMPLETED: self._completed,
            S.REFUSED: self._refused,
            S.FAILED: self._failed,
            S.ABANDONED: self._abandoned,
        }
        assert set(reach) == set(S)
        found = {state: await bring(Reader(visitor_id=state.value)) for state, bring in reach.items()}
        assert {state: purchase.status for state, purchase in found.items()} == {state: state for state in S}
        return found

    async def _opened(self, reader: Reader) -> Purchase:
        customer = CustomerDetails(f"{reader.visitor_id}@exempel.example", "Ny", "Läsare")
        return await self.open(reader, customer=customer)

    async def _expired(self, reader: Reader) -> Purchase:
        purchase = await self._opened(reader)
        self.later(timedelta(hours=49))
        return await self.shop.purchases.find(reader, purchase.id)

    async def _unresolved(self, reader: Reader) -> Purchase:
        purchase = await self._unknown(reader)
        self.later(timedelta(minutes=61))
        return await self.shop.purchases.place(purchase)

    async def _authorized(self, reader: Reader) -> Purchase:
        return await self._approved(await self._opened(reader))

    async def _approved(self, purchase: Purchase) -> Purchase:
        return await self.shop.purchases.approve(
            Reader(visitor_id=purchase.visitor_id),
            purchase.session_fingerprint,
            str(uuid.uuid4()),
        )

    async def _placing(self, reader: Reader) -> Purchase:
        """As a crash leaves it: claimed, and nobody there any more."""
        claimed = await self.shop.purchases.ledger.change(
            await self._authorized(reader),
            S.PLACING,
            cause="place_order",
            place_attempts=1,
            sent_attempt=1,
            **lease_columns(self.shop.purchases.placing.deadline),
        )
        assert claimed is not None
        return claimed

    async def _unknown(self, reader: Reader) -> Purchase:
        """The call broke off and Payway had done nothing."""
        self.line.faults[PLACE] = [httpx.Response(502, text="<html>")]
        return await self.approve(reader, await self._opened(reader))

    async def _placed(self, reader: Reader) -> Purchase:
        return await self.approve(reader, await self._opened(reader))

    async def _completed(self, reader: Reader) -> Purchase:
        return await self.shop.purchases.settle(await self._placed(reader))

    async def _refused(self, reader: Reader) -> Purchase:
        purchase = await self._opened(reader)
        return await self.shop.purchases.refused_by_klarna(reader, purchase.id, purchase.session_fingerprint)

    async def _failed(self, reader: Reader) -> Purchase:
        self.line.faults[PLACE] = [httpx.Response(403, json=REFUSAL)]
        return await self.approve(reader, await self._opened(reader))

    async def _abandoned(self, reader: Reader) -> Purchase:
        purchase = await self._opened(reader)
        await self.shop.purchases.start_over(reader, purchase.id, BROWSER)
        return await self.shop.purchases.find(reader, purchase.id)


@pytest.fixture
def stages(house: House, line: Line, open_purchase: Open, approve: Approve, later: Later) -> Stages:
    return Stages(house, line, open_purchase, approve, later)


Purchases = dict[PurchaseState, Purchase]
Happen = Callable[[Stages, Purchases], Awaitable[None]]
HAPPEN: dict[str, Happen] = {}


Before = Callable[[Stages], Awaitable[None] | None]


def _event(name: str, before: Before = lambda _stages: None) -> Callable[[Happen], Happen]:
    def noted(happen: Happen) -> Happen:
        async def prepared(stages: Stages, purchases: Purchases) -> None:
            if (prepares := before(stages)) is not None:
                await prepares
            await happen(stages, purchases)

        HAPPEN[name] = prepared
        return happen

    return noted


def _answers(fault: str | httpx.Response) -> Callable[[Stages], None]:
    """Every call to place an order, and to look for one, meets this."""

    def set_up(stages: Stages) -> None:
        for path in (PLACE, "/order"):
            stages.line.faults[path] = [fault] * 20

    return set_up


def _passes(hours: float) -> Callable[[Stages], None]:
    return lambda stages: stages.later(timedelta(hours=hours))


def _passes_while_watched(hours: float) -> Before:
    """Time that passes in a process which has seen the calls under way."""

    async def passes(stages: Stages) -> None:
        await stages.recovery.watch()
        stages.later(timedelta(hours=hours))

    return passes


@_event("its page is opened")
@_event("its page is opened after 49 hours", _passes(49))
async def _found(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        await stages.shop.purchases.find(Reader(visitor_id=purchase.visitor_id), purchase.id)


@_event("Klarna approves")
@_event("Klarna approves after 49 hours", _passes(49))
async def _approves(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        token = str(uuid.uuid4())
        await stages.shop.purchases.approve(
            Reader(visitor_id=purchase.visitor_id), purchase.session_fingerprint, token
        )


@_event("Klarna approves another session")
async def _approves_another(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        with pytest.raises(NotYours):
            await stages.shop.purchases.approve(
                Reader(visitor_id=purchase.visitor_id), "0" * 32, str(uuid.uuid4())
            )


@_event("Klarna approves with a token that is none")
async def _approves_with_nonsense(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        for token in ("", "short", "with a space in it", "x" * 2000, None, 7, {"token": "x" * 20}):
            await stages.shop.purchases.approve(
                Reader(visitor_id=purchase.visitor_id), purchase.session_fingerprint, token
            )


@_event("Klarna refuses")
async def _refuses(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        await stages.shop.purchases.refused_by_klarna(
            Reader(visitor_id=purchase.visitor_id), purchase.id, purchase.session_fingerprint
        )


@_event("Klarna refuses another session")
async def _refuses_another(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        await stages.shop.purchases.refused_by_klarna(
            Reader(visitor_id=purchase.visitor_id), purchase.id, "another"
        )


@_event("the reader starts over")
async def _starts_over(stages: Stages, purchases: Purchases) -> None:
    refused = set()
    for state, purchase in purchases.items():
        try:
            again = await stages.shop.purchases.start_over(
                Reader(visitor_id=purchase.visitor_id), purchase.id, BROWSER
            )
        except CannotOpen:
            refused.add(state)
        else:
            assert (again.status, again.id != purchase.id) == (S.SESSION_OPEN, True)
    # Whoever may have bought is never led to buy once more.
    assert refused == {S.AUTHORIZED, S.PLACING, S.UNKNOWN, S.UNRESOLVED, S.PLACED, S.COMPLETED}


@_event("placing: Payway takes the order")
@_event("placing: the answer is lost", _answers("lost"))
@_event("placing: Payway cannot be reached", _answers("unreachable"))
@_event("placing: Payway refuses", _answers(httpx.Response(403, json=REFUSAL)))
@_event("placing after 61 minutes", _passes(61 / 60))
async def _places(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        await stages.shop.purchases.place(purchase)


@_event("access is asked for")
async def _settles(stages: Stages, purchases: Purchases) -> None:
    for purchase in purchases.values():
        await stages.shop.purchases.settle(purchase)


@_event("recovery")
@_event("recovery: Payway cannot be reached", _answers("unreachable"))
@_event("recovery, long after a crash", _passes_while_watched(0.1))
@_event("recovery after 61 minutes", _passes_while_watched(61 / 60))
@_event("recovery after 49 hours", _passes_while_watched(49))
async def _recovers(stages: Stages, _purchases: Purchases) -> None:
    for _ in range(2):  # what was placing is unknown after the first round
        await stages.recovery.once(waiting=timedelta())


def test_every_event_of_the_table_is_tried() -> None:
    assert set(HAPPEN) == set(BECOMES)


# The services' own reading of states is the same on both; what the databases refuse is tried in test_guards.
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("event", list(BECOMES))
async def test_what_an_event_does_in_each_state(stages: Stages, event: str) -> None:
    purchases = await stages.in_every_state()
    orders = {order.merchant_reference for order in (await books(stages.house)).orders}
    await HAPPEN[event](stages, purchases)
    stages.line.faults.clear()
    after = {state: await stages.shop.purchases.ledger.find(row.id) for state, row in purchases.items()}
    became = {state: row.status for state, row in after.items() if row and row.status is not state}
    assert became == BECOMES[event]
    for state, row in after.items():
        assert row is not None
        steps = [change.to_state for change in await stages.shop.purchases.ledger.history(row.id)]
        walked = [PurchaseState(step) for step in steps]
        assert all(following in TRANSITIONS[one] for one, following in pairwise(walked))
        assert walked[-1] is row.status, state
    # An order stands for each purchase that says so, and for no other that says that nothing was bought.
    ordered = [order.merchant_reference for order in (await books(stages.house)).orders]
    for row in after.values():
        assert row is not None
        if row.status in {S.PLACED, S.COMPLETED}:
            assert ordered.count(row.id) == 1
        elif row.status is not S.UNKNOWN:
            assert ordered.count(row.id) == 0 or row.id in orders
