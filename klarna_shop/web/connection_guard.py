"""Ends connections that hold the server's memory or places and do not use them.

Granian ends a connection whose request head is late, and knows no limit for what follows: a body or a
socket's message that never ends, an answer that nobody reads, a socket that says nothing. Behind a proxy a
connection is the proxy's; what counts for an address is counted for the reader's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.guarded import guarded
from klarna_shop.web.client_address import caller_of
from klarna_shop.web.tcp_connections import (
    IS_SUPPORTED,
    Peer,
    TcpConnection,
    accepted_connections,
    end_connection,
    most_connections,
)

log = logging.getLogger(__name__)

LOOKING_SECONDS = 0.25
_MEGABYTE = 1_000_000
_SLACK = 64_000
"""Bytes that came and are no message: the handshake, and what the wire adds."""
_FRAME = 14


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of one process; seconds and bytes."""

    connections: int = field(default_factory=most_connections)
    """Of which a tenth is kept free: those that have been quiet for longest, with no request, make room."""
    body_seconds: float = 15
    """From a request's head to the end of its body."""
    first_word_seconds: float = 15
    """From a socket's opening to its first message: a page of the shop speaks at once."""
    silent_seconds: float = 75
    """Between two whole messages of a socket, which Engine.IO asks for one every 25 seconds."""
    unread_seconds: float = 30
    """In which an answer's reader takes at least `least_read` bytes."""
    least_read: int = 30_000
    unfinished: int = 4 * _MEGABYTE
    """Of one message, which has 900 000 characters at most."""
    unfinished_of_address: int = 16 * _MEGABYTE
    unfinished_of_all: int = 128 * _MEGABYTE


@dataclass
class _Seen:
    """A connection at an earlier look."""

    received: int = 0
    changed_at: float = 0
    unread_since: float | None = None
    unread_from: int = 0


@dataclass
class _OpenSocket:
    network: str
    factor: float
    opened_at: float
    spoke_at: float | None = None
    delivered: int = 0
    before: int | None = None
    """Bytes that came before it was a socket, on a connection that a proxy had used for requests."""
    is_waiting: bool = False

    def unfinished(self, received: int) -> int:
        """Bytes of the message that is on its way."""
        if not self.is_waiting:
            return 0
        return max(0, received - (self.before or 0) - self.delivered - _SLACK)


class ConnectionGuard:
    """Counts what requests and sockets do, and looks regularly at their connections."""

    def __init__(
        self,
        port: int,
        trusted_hops: int,
        limits: ConnectionLimits | None = None,
        *,
        clock: Stopwatch = time.monotonic,
    ) -> None:
        self._port = port
        self._trusted_hops = trusted_hops
        self._limits = limits or ConnectionLimits()
        self._clock = clock
        self._sockets: dict[Peer, _OpenSocket] = {}
        self._requests: Counter[Peer] = Counter()
        self._seen: dict[Peer, _Seen] = {}
        self._told_at = -60.0

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return `app` with its requests and sockets counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await self._request(app, scope, receive, send)
            elif scope["type"] == "websocket":
                await self._socket(app, scope, receive, send)
            else:
                await app(scope, receive, send)

        return counted

    async def run(self) -> None:
        """Look until cancelled. The more connections there are, the less often."""
        if not IS_SUPPORTED:
            return
        while True:
            begun = self._clock()
            await guarded("connections", self._look_and_end())
            await asyncio.sleep(max(LOOKING_SECONDS, 20 * (self._clock() - begun)))

    async def _look_and_end(self) -> None:
        connections = await asyncio.to_thread(lambda: list(accepted_connections(self._port)))
        for connection in self.look(connections):
            end_connection(connection)

    def look(self, connections: Iterable[TcpConnection]) -> list[TcpConnection]:
        """Return the connections to end, of all that there are now."""
        now = self._clock()
        present = {connection.peer: connection for connection in connections}
        self._seen = {peer: self._seen.get(peer) or _Seen(-1, now) for peer in present}
        wrong = {peer: why for peer, each in present.items() if (why := self._fault(each, now))}
        for peer in self._heaviest(present):
            wrong.setdefault(peer, "too much of unfinished messages")
        for peer in self._quietest(present, len(present) - len(wrong)):
            wrong.setdefault(peer, "room is needed for others")
        if wrong and now - self._told_at >= 60:
            self._told_at = now
            reasons = ", ".join(f"{count} ({why})" for why, count in Counter(wrong.values()).items())
            log.warning("connections are ended: %s", reasons)
        return [present[peer] for peer in wrong]

    def _fault(self, connection: TcpConnection, now: float) -> str:
        limits, seen = self._limits, self._seen[connection.peer]
        opened = self._sockets.get(connection.peer)
        if opened is not None and opened.before is None:
            opened.before = max(0, seen.received)
        if connection.received != seen.received:
            seen.received, seen.changed_at = connection.received, now
        if not connection.pending:
            seen.unread_since = None
        elif seen.unread_since is None or connection.acknowledged - seen.unread_from >= limits.least_read:
            seen.unread_since, seen.unread_from = now, connection.acknowledged
        elif now - seen.unread_since > limits.unread_seconds:
            return "nobody reads the answer"
        if opened is None:
            return ""
        if opened.spoke_at is None and now - opened.opened_at > limits.first_word_seconds:
            return "a socket that never spoke"
        if opened.spoke_at is not None and now - opened.spoke_at > limits.silent_seconds:
            return "a socket that fell silent"
        return "a message too large" if opened.unfinished(connection.received) > limits.unfinished else ""

    def _heaviest(self, present: dict[Peer, TcpConnection]) -> list[Peer]:
        """Return the sockets with most of an unfinished message, where their address or all have too much."""
        sizes = {
            peer: size
            for peer, opened in self._sockets.items()
            if peer in present and (size := opened.unfinished(present[peer].received))
        }
        chosen = []
        of_address: defaultdict[str, int] = defaultdict(int)
        of_all = 0
        for peer, size in sorted(sizes.items(), key=lambda item: item[1]):
            opened = self._sockets[peer]
            allowed = self._limits.unfinished_of_address * opened.factor
            if of_address[opened.network] + size > allowed or of_all + size > self._limits.unfinished_of_all:
                chosen.append(peer)
                continue
            of_address[opened.network] += size
            of_all += size
        return chosen

    def _quietest(self, present: dict[Peer, TcpConnection], count: int) -> list[Peer]:
        """Return connections without a request, the longest quiet first, as many as are beyond the room."""
        excess = count - int(self._limits.connections * 0.9)
        if excess <= 0:
            return []
        idle = [peer for peer in present if peer not in self._sockets and not self._requests[peer]]
        return sorted(idle, key=lambda peer: self._seen[peer].changed_at)[:excess]

    async def _request(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        peer, whole, due = _peer(scope), False, asyncio.get_running_loop().time() + self._limits.body_seconds

        async def next_part() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(due):
                    message = await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}
            whole = not message.get("more_body", False)
            return message

        self._requests[peer] += 1
        try:
            await app(scope, next_part, send)
        finally:
            self._requests[peer] -= 1
            if self._requests[peer] <= 0:
                del self._requests[peer]

    async def _socket(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        peer, caller = _peer(scope), caller_of(HTTPConnection(scope), self._trusted_hops)
        opened = _OpenSocket(caller.network, caller.factor, self._clock())

        async def next_message() -> Message:
            opened.is_waiting = True
            message = await receive()
            opened.is_waiting = False
            if message["type"] == "websocket.receive":
                opened.spoke_at = self._clock()
                opened.delivered += _size(message) + _FRAME
            return message

        self._sockets[peer] = opened
        try:
            await app(scope, next_message, send)
        finally:
            if self._sockets.get(peer) is opened:
                del self._sockets[peer]


def _peer(scope: Scope) -> Peer:
    host, port = scope.get("client") or ("", 0)
    return host, int(port)  # Granian has it as text


def _size(message: Message) -> int:
    text = message.get("text")
    if text is None:
        return len(message.get("bytes") or b"")
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
