"""A call of place_order that is under way is not made again by another server on the same database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from klarna_shop.assembly import House, build_house
from klarna_shop.settings import Settings
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.purchase.call_lease import lease_columns
from klarna_shop.shop.reader import Reader
from tests.house import Approve, Line, Open, books, newspaper

ROUND = timedelta(seconds=10)
MAY_BUY = {"item": {"can_purchase": True, "reason": "purchase_allowed"}}


@dataclass
class Other:
    """A second server on the database, with a computer's clock and a stopwatch that the test moves."""

    line: Line
    house: House = field(init=False)
    ahead: timedelta = timedelta()
    passed: timedelta = timedelta()

    async def rounds(self, lasting: timedelta) -> None:
        """Go the rounds of housekeeping for so long."""
        await self.house.housekeeping.once()
        end = self.passed + lasting
        while self.passed < end:
            self.passed += min(ROUND, end - self.passed)
            await self.house.housekeeping.once()

    @property
    def orders(self) -> int:
        """Number of its calls of place_order."""
        return self.line.count("/place_order")


@pytest.fixture
async def other(settings: Settings, house: House) -> AsyncIterator[Other]:
    assert house.sandbox is not None
    line = Line()
    line.api = httpx.ASGITransport(house.sandbox.api, raise_app_exceptions=False)
    server, begun = Other(line), system_clock()
    server.house = second = build_house(
        settings,
        sandbox=house.sandbox,
        transport=line,
        session_clock=lambda: begun + server.ahead + server.passed,
        stopwatch=lambda: server.passed.total_seconds(),
        articles=newspaper(),
    )
    yield server
    await second.shop.close()


@dataclass
class UnderWay:
    """A purchase whose order the first server is placing; Payway takes its time."""

    house: House
    line: Line
    reader: Reader
    purchase: Purchase
    answer: asyncio.Task[Purchase]
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def state(self) -> PurchaseState:
        """The state of the purchase in the database."""
        return (await self.house.shop.purchases.find(self.reader, self.purchase.id)).status


@pytest.fixture
async def under_way(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> AsyncIterator[UnderWay]:
    assert house.sandbox is not None
    # What this is about would be hidden by a Payway that lets the second call wait for the first.
    house.sandbox.readings = house.sandbox.readings.changed({"simultaneous_orders": "each"})
    purchase = await open_purchase(visitor)
    # Only the order waits, not the question before it nor the token for that.
    await house.shop.payway.accounts.pre_validate_purchase("digital", "bo@exempel.example")
    line.faults["/pre_validate_purchase"] = [httpx.Response(200, json=MAY_BUY)]
    line.hold = asyncio.Event()
    answer = asyncio.create_task(_awaited(approve(visitor, purchase)))
    while not line.count("/place_order"):  # noqa: ASYNC110 - the line counts, and tells no one
        await asyncio.sleep(0)
    yield UnderWay(house, line, visitor, purchase, answer, line.hold)
    line.hold.set()
    await answer


async def _awaited(answer: Awaitable[Purchase]) -> Purchase:
    return await answer


async def _orders(house: House, purchase: Purchase) -> int:
    return sum(order.merchant_reference == purchase.id for order in (await books(house)).orders)


async def test_a_server_that_starts_in_the_middle_does_not_send_it_again(
    other: Other, under_way: UnderWay
) -> None:
    await other.rounds(timedelta(seconds=22))
    assert other.orders == 0
    assert await under_way.state() is PurchaseState.PLACING
    under_way.hold.set()
    assert (await under_way.answer).status is PurchaseState.PLACED
    await other.rounds(timedelta(minutes=10))
    assert other.orders == 0
    assert await _orders(under_way.house, under_way.purchase) == 1


async def test_it_is_sent_again_when_its_deadline_has_passed(other: Other, under_way: UnderWay) -> None:
    deadline = under_way.house.shop.purchases.placing.deadline
    await other.rounds(deadline - timedelta(seconds=1))
    assert other.orders == 0
    await other.rounds(timedelta(seconds=1))
    assert await under_way.state() is PurchaseState.UNKNOWN
    assert under_way.house.sandbox is not None
    under_way.house.sandbox.clock.move(timedelta(seconds=30))
    await other.rounds(timedelta())
    assert other.orders == 1


@pytest.mark.parametrize("minutes", [-1440, -60, -4, 4, 6, 60, 1440])
async def test_clocks_that_differ_change_nothing(other: Other, under_way: UnderWay, minutes: int) -> None:
    other.ahead = timedelta(minutes=minutes)
    await other.rounds(timedelta(seconds=22))
    assert other.orders == 0
    assert await under_way.state() is PurchaseState.PLACING


async def test_time_travel_in_the_sandbox_changes_nothing(other: Other, under_way: UnderWay) -> None:
    assert under_way.house.sandbox is not None
    under_way.house.sandbox.clock.move(timedelta(days=1))
    await other.rounds(timedelta(seconds=22))
    assert other.orders == 0
    assert await under_way.state() is PurchaseState.PLACING


async def test_a_server_that_starts_an_hour_later_still_waits_for_as_long_as_a_call_takes(
    other: Other, under_way: UnderWay
) -> None:
    deadline = under_way.house.shop.purchases.placing.deadline
    other.passed = timedelta(hours=1)
    await other.rounds(deadline - timedelta(seconds=1))
    assert await under_way.state() is PurchaseState.PLACING
    await other.rounds(timedelta(seconds=1))
    assert await under_way.state() is PurchaseState.UNKNOWN


async def test_a_process_that_dies_while_it_asks_has_ordered_nothing(
    house: House, other: Other, visitor: Reader, open_purchase: Open
) -> None:
    purchases = house.shop.purchases
    purchase = await open_purchase(visitor)
    authorized = await purchases.approve(
        visitor, purchase.session_fingerprint, "11111111-2222-4333-8444-555555555555"
    )
    asking = await purchases.ledger.change(
        authorized,
        PurchaseState.PLACING,
        cause="place_order",
        place_attempts=1,
        **lease_columns(purchases.placing.deadline),
    )
    assert asking is not None
    await other.rounds(purchases.placing.deadline)
    again = await purchases.ledger.find(purchase.id)
    assert again is not None
    assert (again.status, again.answers_lost) == (PurchaseState.AUTHORIZED, 0)
    # The process was suspended and not dead: what it asked for is not its own to send any more.
    assert not await purchases.ledger.mark_sent(again)
