"""The gate before the event socket: shut while the state store fails; what it let in can be closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from redis.exceptions import ConnectionError as RedisGone
from starlette.types import Message, Receive, Scope, Send

from klarna_shop.web.socket_gate import REMEMBERED_SECONDS, SocketGate, close_socket
from tests.house import Elapsed


@dataclass
class Store:
    """What the gate asks."""

    failure: Exception | None = None
    hangs: bool = False
    asked: int = 0

    async def probe(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.failure is not None:
            raise self.failure


@dataclass
class Browser:
    """Opens sockets, and answers what a client of Engine.IO answers."""

    sent: list[Message] = field(default_factory=list)
    to_come: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message.get("text") == "2":
            await self.to_come.put({"type": "websocket.receive", "text": "3"})

    async def opens(self, gate: SocketGate) -> str:
        """What became of it: `accept` or `close`."""
        self.sent.clear()
        await self.to_come.put({"type": "websocket.connect"})
        await gate({"type": "websocket"}, self.to_come.get, self.send)
        return str(self.sent[-1]["type"]).removeprefix("websocket.")


async def _accepts(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})


def _gate(
    store: Store,
    app: Callable[[Scope, Receive, Send], Awaitable[None]] = _accepts,
    elapsed: Elapsed | None = None,
) -> SocketGate:
    return SocketGate(app, store.probe, deadline=0.05, clock=elapsed or Elapsed())


async def test_a_socket_opens_when_the_store_takes_what_is_written() -> None:
    assert await Browser().opens(_gate(Store())) == "accept"


@pytest.mark.parametrize("store", [Store(RedisGone()), Store(OSError()), Store(hangs=True)])
async def test_it_is_refused_while_the_store_fails_or_hangs_and_opens_afterwards(
    store: Store,
) -> None:
    elapsed = Elapsed()
    gate, browser = _gate(store, elapsed=elapsed), Browser()
    assert await browser.opens(gate) == "close"
    store.failure, store.hangs = None, False
    assert await browser.opens(gate) == "close"  # the answer is remembered for a moment
    elapsed.seconds += REMEMBERED_SECONDS
    assert await browser.opens(gate) == "accept"


async def test_many_who_try_at_once_ask_a_failing_store_once() -> None:
    store = Store(hangs=True)
    gate = _gate(store)
    answers = await asyncio.gather(*(Browser().opens(gate) for _ in range(50)))
    assert (set(answers), store.asked) == ({"close"}, 1)


async def test_what_is_no_socket_passes_unasked() -> None:
    store, passed = Store(RedisGone()), []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    browser = Browser()
    await _gate(store, app)({"type": "http"}, browser.to_come.get, browser.send)
    assert (passed, store.asked) == (["http"], 0)


async def test_an_open_socket_is_closed_and_its_app_told() -> None:
    told: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await close_socket(scope)
        told.append(await receive())

    assert await Browser().opens(_gate(Store(), app)) == "close"
    assert [message["type"] for message in told] == ["websocket.disconnect"]
