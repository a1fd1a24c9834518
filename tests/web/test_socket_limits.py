"""How much one connection, one browser and one address may ask of the socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.identity.cookies import Cookies, new_token
from klarna_shop.web.socket_limits import TOO_BIG, TRY_AGAIN_LATER, UNREASONABLE, SocketLimits, SocketRates

COOKIES = Cookies(secure=False)


async def _listen(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that accepts, and counts what reaches it in the scope's list."""
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.receive":
            scope["reached"].append(message)


class Caller:
    """One socket as a server would hand it to the app."""

    def __init__(self, limits: SocketLimits, address: str = "203.0.113.7", cookie: str = "") -> None:
        self.sent: list[Message] = []
        self.reached: list[Message] = []
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        headers = [(b"cookie", f"visitor={cookie}".encode())] if cookie else []
        scope = {
            "type": "websocket",
            "path": "/_event",
            "headers": headers,
            "client": (address, 1),
            "reached": self.reached,
        }
        self.task = asyncio.create_task(limits(scope, self._incoming.get, self._send))

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    def say(self, text: str = "2") -> None:
        """One message comes in."""
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})

    async def leave(self) -> None:
        """The other side goes."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self.task

    @property
    def closed_with(self) -> int | None:
        """The code of the close that was sent, if one was."""
        return next((one["code"] for one in self.sent if one["type"] == "websocket.close"), None)


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - of what is tried, which tells nobody
            await asyncio.sleep(0.005)


class Time:
    """It passes only for who sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def _limits(rates: SocketRates, time: Time | None = None) -> SocketLimits:
    time = time or Time()
    return SocketLimits(_listen, COOKIES, 0, rates, clock=time, sleep=time.sleep)


async def test_a_burst_is_answered_at_once_and_a_flood_more_slowly_but_whole() -> None:
    time = Time()
    caller = Caller(_limits(SocketRates(events_per_second=100), time))
    for _ in range(800):
        caller.say()
    await _until(lambda: len(caller.reached) == 800)
    assert time.slept == []
    for _ in range(50):
        caller.say()
    await _until(lambda: len(caller.reached) == 850)
    assert len(time.slept) == 50
    assert time.now == pytest.approx(0.5)
    assert caller.closed_with is None
    await caller.leave()


async def test_a_browser_has_one_allowance_for_all_its_tabs() -> None:
    limits, cookie = _limits(SocketRates(events_per_second=1, longest_wait=0)), new_token()
    callers = [Caller(limits, cookie=cookie) for _ in range(4)]
    for _ in range(8):
        for caller in callers:
            caller.say()
    await _until(lambda: UNREASONABLE in {caller.closed_with for caller in callers})
    # Those who were not told to go have said all they had to.
    await _until(lambda: all(caller.closed_with or len(caller.reached) == 8 for caller in callers))
    assert sum(len(caller.reached) for caller in callers) == 16


async def test_who_would_wait_too_long_is_disconnected_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = _limits(SocketRates(events_per_second=1, longest_wait=0))
    callers = [Caller(limits) for _ in range(3)]
    for caller in callers:
        for _ in range(9):
            caller.say()
    await _until(lambda: all(caller.closed_with == UNREASONABLE for caller in callers))
    assert [len(caller.reached) for caller in callers] == [8, 8, 8]
    assert len(caplog.messages) == 1


async def test_a_message_too_large_ends_the_connection_and_is_not_handed_on() -> None:
    caller = Caller(_limits(SocketRates(largest_message=1000)))
    caller.say("a" * 1000)
    caller.say("a" * 1001)
    await asyncio.wait_for(caller.task, 10)
    assert (len(caller.reached), caller.closed_with) == (1, TOO_BIG)


async def test_so_many_tabs_of_a_browser_and_sockets_of_an_address_and_no_more() -> None:
    rates = SocketRates(connections_of_browser=2, connections_of_address=3)
    limits, cookie = _limits(rates), new_token()
    open_ones = [Caller(limits, cookie=cookie), Caller(limits, cookie=cookie)]
    refused = Caller(limits, cookie=cookie)
    await refused.task
    assert refused.closed_with == TRY_AGAIN_LATER
    open_ones.append(Caller(limits))
    crowded, elsewhere = Caller(limits), Caller(limits, "203.0.113.8")
    await crowded.task
    assert crowded.closed_with == TRY_AGAIN_LATER
    # A tab that goes makes room.
    await open_ones.pop().leave()
    follower = Caller(limits)
    await _until(lambda: follower.sent)
    assert follower.closed_with is None
    for caller in (*open_ones, elsewhere, follower):
        await caller.leave()
    assert not limits._open


async def test_a_network_of_ipv6_is_one_address_and_this_machine_is_several() -> None:
    limits = _limits(SocketRates(connections_of_address=1))
    first, second = Caller(limits, "2001:db8::1"), Caller(limits, "2001:db8::2")
    await second.task
    other = Caller(limits, "2001:db8:0:1::1")
    own = [Caller(limits, "127.0.0.1") for _ in range(5)]
    too_many = Caller(limits, "127.0.0.1")
    await too_many.task
    assert (second.closed_with, too_many.closed_with) == (TRY_AGAIN_LATER, TRY_AGAIN_LATER)
    for caller in (first, other, *own):
        assert caller.closed_with is None
        await caller.leave()


async def test_opening_again_and_again_is_slowed_down_too() -> None:
    limits = _limits(SocketRates(openings_of_address=Rate(3, 0.001)))
    for _ in range(3):
        await Caller(limits).leave()
    refused = Caller(limits)
    await refused.task
    assert refused.closed_with == TRY_AGAIN_LATER


def test_an_allowance_comes_back_with_time_and_never_exceeds_what_it_was() -> None:
    now = 0.0
    allowances, rate = Allowances(clock=lambda: now), Rate(2, 0.5)
    assert [allowances.take("a", rate) for _ in range(3)] == [True, True, False]
    assert allowances.take("b", rate)
    now = 2.0
    assert [allowances.take("a", rate) for _ in range(2)] == [True, False]
    now = 1000.0
    assert [allowances.wait_for("a", rate) for _ in range(4)] == [0, 0, 2, 4]


def test_only_so_many_keys_are_kept() -> None:
    allowances = Allowances(most_keys=2)
    for key in "abc":
        assert allowances.take(key, Rate(1, 0.001))
    assert len(allowances._left) == 2
    assert not allowances.take("c", Rate(1, 0.001))
