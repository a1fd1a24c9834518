"""Which connections are ended: by what the system says of them, and what requests and sockets do."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from klarna_shop.web import tcp_connections
from klarna_shop.web.connection_guard import ConnectionGuard, ConnectionLimits
from klarna_shop.web.tcp_connections import TcpConnection, accepted_connections, end_connection

LIMITS = ConnectionLimits(connections=100)


class _Shop:
    """A guard with a clock, and an app that takes what comes until it is told to go."""

    def __init__(self, limits: ConnectionLimits = LIMITS) -> None:
        self.now = 0.0
        self.guard = ConnectionGuard(8000, 0, limits, clock=lambda: self.now)
        self.app = self.guard.around(self._take)
        self.taken: list[Message] = []

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] not in {"websocket.disconnect", "http.disconnect"}:
            self.taken.append(message)

    def look(self, *connections: TcpConnection) -> list[int]:
        return sorted(each.peer[1] for each in self.guard.look(connections))


class _Caller:
    """One request or socket, as a server hands it on: with its port as text."""

    def __init__(
        self, shop: _Shop, kind: str = "websocket", port: int = 1, address: str = "192.0.2.1"
    ) -> None:
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._kind = kind
        scope: dict[str, Any] = {"type": kind, "headers": [], "client": (address, str(port))}
        self._task = asyncio.ensure_future(shop.app(scope, self._incoming.get, _ignore))
        self.connection = TcpConnection(port, (address, port), 500, 100, 0)

    async def say(self, text: str) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})
        await _turns()

    async def leave(self) -> None:
        self._incoming.put_nowait({"type": f"{self._kind}.disconnect"})
        await self._task


async def _ignore(message: Message) -> None:
    pass


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_socket_that_never_speaks_or_falls_silent_is_ended() -> None:
    shop = _Shop()
    silent, page = _Caller(shop), _Caller(shop, port=2)
    await page.say("40/_event,")
    shop.now = 14
    assert shop.look(silent.connection, page.connection) == []
    shop.now = 16
    assert shop.look(silent.connection, page.connection) == [1]
    shop.now = 70
    await page.say("3")
    shop.now = 140
    assert shop.look(page.connection) == []
    shop.now = 146
    assert shop.look(page.connection) == [2]
    await silent.leave()
    await page.leave()


async def test_a_message_too_large_ends_its_socket_and_many_whole_ones_do_not() -> None:
    shop = _Shop()
    caller = _Caller(shop)
    await _turns()
    connection = caller.connection
    assert shop.look(connection) == []
    for number in range(1, 41):
        await caller.say("å" * 250_000)
        assert shop.look(replace(connection, received=500 + number * 500_010)) == []
    assert shop.look(replace(connection, received=500 + 20_000_400 + 4_100_000)) == [1]
    await caller.leave()


async def test_what_came_before_the_upgrade_is_no_message() -> None:
    shop = _Shop()
    used = TcpConnection(1, ("192.0.2.1", 1), 90_000_000, 0, 0)
    assert shop.look(used) == []
    caller = _Caller(shop)
    await _turns()
    assert shop.look(replace(used, received=90_000_600)) == []
    await caller.leave()


async def test_an_address_has_so_much_of_unfinished_messages_and_the_others_keep_theirs() -> None:
    shop = _Shop()
    callers = [_Caller(shop, port=port) for port in range(1, 7)]
    other = _Caller(shop, port=7, address="192.0.2.2")
    await _turns()
    assert shop.look(*(each.connection for each in (*callers, other))) == []
    loaded = [replace(each.connection, received=3_500_000) for each in (*callers, other)]
    assert len(shop.look(*loaded)) == 2
    assert 7 not in shop.look(*loaded)
    for each in (*callers, other):
        await each.leave()


async def test_an_answer_that_nobody_reads_ends_its_connection() -> None:
    shop = _Shop()
    stuck = TcpConnection(1, ("192.0.2.1", 1), 500, 0, 300_000)
    slow = replace(stuck, peer=("192.0.2.1", 2))
    for second in range(0, 60, 10):
        shop.now = second
        slow = replace(slow, acknowledged=3_000 * second)
        assert shop.look(stuck, slow) == ([1] if second > 30 else [])


async def test_the_longest_quiet_make_room_and_requests_and_sockets_stay() -> None:
    shop = _Shop()
    request, opened = _Caller(shop, "http", port=1), _Caller(shop, port=2)
    await opened.say("40/_event,")
    quiet = [TcpConnection(port, ("192.0.2.1", port), 0, 0, 0) for port in range(3, 93)]
    assert shop.look(request.connection, opened.connection, *quiet[:88]) == []
    shop.now = 1
    spoke = replace(quiet[0], received=100)
    assert shop.look(request.connection, opened.connection, spoke, *quiet[1:]) == [4, 5]
    await request.leave()
    await opened.leave()


async def test_a_body_that_does_not_come_is_a_client_that_left() -> None:
    shop = _Shop(replace(LIMITS, body_seconds=0))
    caller = _Caller(shop, "http")
    async with asyncio.timeout(20):
        await caller._task
    assert shop.taken == []


async def test_a_whole_body_may_be_followed_by_a_long_answer() -> None:
    shop = _Shop()
    caller = _Caller(shop, "http")
    caller._incoming.put_nowait({"type": "http.request", "body": b"a=1", "more_body": False})
    await caller.leave()
    assert [message["body"] for message in shop.taken] == [b"a=1"]


@contextmanager
def _a_pair() -> Iterator[tuple[int, socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            with accepted:
                yield port, client, accepted


@pytest.mark.skipif(not tcp_connections.IS_SUPPORTED, reason="only Linux tells")
def test_the_system_says_how_much_came_and_what_waits_and_ends_a_connection() -> None:
    with _a_pair() as (port, client, accepted):
        client.sendall(b"a" * 1234)
        accepted.setblocking(False)
        sent = 0
        with suppress(BlockingIOError):
            while True:
                sent += accepted.send(b"b" * 65_536)
        [seen] = accepted_connections(port)
        assert (seen.peer, seen.received) == (client.getsockname(), 1234)
        assert seen.pending > 0
        assert seen.pending + seen.acknowledged >= sent
        end_connection(replace(seen, peer=("127.0.0.1", 1)))
        assert accepted.recv(1)
        end_connection(seen)
        while client.recv(1 << 20):
            pass


def test_the_limit_of_open_files_leaves_room_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, connections in ((256, 128), (1024, 768), (65_536, 16_000), (-1, 16_000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=files: (soft, soft))
        assert tcp_connections.most_connections() == connections
