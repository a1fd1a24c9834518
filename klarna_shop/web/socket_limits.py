"""How much one connection, one browser and one address may ask of the event socket.

Whoever asks faster than a person could is answered more slowly, so that nobody in a hurry meets an error;
what no page of the shop would send ends the connection. A page whose connection ends opens another by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.identity.cookies import Cookies
from klarna_shop.web.client_address import caller_of

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
TOO_BIG = 1009
UNREASONABLE = 1008
OPENINGS = Rate(400, 4)
_TOLD = Rate(1, 1 / 60)


@dataclass(frozen=True)
class SocketRates:
    """What is allowed to each.

    An address may be an office's or a mobile network's, with many readers behind it: its numbers are
    generous, and keep one machine from taking all there is, no more.
    """

    events_per_second: float = 25
    """`SOCKET_EVENTS_PER_SECOND`: of one connection for long; 0 for no limit. A page begins with about five
    events, and a fast typist makes ten in a second."""
    connections_of_browser: int = 60
    """Tabs that are open at the same time."""
    connections_of_address: int = 400
    openings_of_address: Rate = OPENINGS
    """Each page load opens a socket, and may begin a state in memory."""
    longest_wait: float = 20
    """Seconds; whoever would have to wait longer for an answer is disconnected."""
    largest_message: int = 900_000
    """Characters. The studio takes designs of up to 512 KiB, which an event writes as JSON within JSON."""

    def events(self, of: str) -> Rate:
        """Of a `connection`, a `browser` or an `address`."""
        burst = Rate(8 * self.events_per_second, self.events_per_second)
        return burst.times({"connection": 1, "browser": 2, "address": 16}[of])


class SocketLimits:
    """ASGI layer around the event socket."""

    def __init__(
        self,
        app: ASGIApp,
        cookies: Cookies,
        trusted_hops: int,
        rates: SocketRates,
        *,
        clock: Stopwatch = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app = app
        self._cookies = cookies
        self._trusted_hops = trusted_hops
        self._rates = rates
        self._open: Counter[str] = Counter()
        self._openings = Allowances(clock=clock)
        self._events = Allowances(clock=clock)
        self._told = Allowances(clock=clock)
        self._sleep = sleep
        self._opened = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through as long as it keeps to the rates."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        holder = self._holder(scope)
        if not self._may_open(holder):
            self._tell("no more of them for now", holder)
            await WebSocketClose(TRY_AGAIN_LATER)(scope, receive, send)
            return
        keys = [key for key in (holder.address, holder.browser) if key]
        self._open.update(keys)

        async def next_message() -> Message:
            return await self._next(receive, send, holder)

        try:
            await self.app(scope, next_message, send)
        finally:
            self._open.subtract(keys)
            for key in keys:
                if self._open[key] <= 0:
                    del self._open[key]

    def _holder(self, scope: Scope) -> _Holder:
        caller = caller_of(HTTPConnection(scope), self._trusted_hops)
        visitor = self._cookies.visitor_token(Headers(scope=scope).get("cookie"))
        self._opened += 1
        return _Holder(
            connection=f"connection {self._opened}",
            browser=f"browser {visitor}" if visitor else "",
            address=f"address {caller.network}",
            factor=caller.factor,
        )

    def _may_open(self, holder: _Holder) -> bool:
        rates = self._rates
        if holder.browser and self._open[holder.browser] >= rates.connections_of_browser:
            return False
        if self._open[holder.address] >= rates.connections_of_address * holder.factor:
            return False
        return self._openings.take(holder.address, rates.openings_of_address.times(holder.factor))

    async def _next(self, receive: Receive, send: Send, holder: _Holder) -> Message:
        """The next message that may be dealt with; a disconnect where what comes is beyond reason."""
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if len(message.get("text") or message.get("bytes") or "") > self._rates.largest_message:
            return await self._end("a message too large", TOO_BIG, send, holder)
        wait = self._wait(holder)
        if wait > self._rates.longest_wait:
            return await self._end("events without end", UNREASONABLE, send, holder)
        if wait:
            await self._sleep(wait)
        return message

    def _wait(self, holder: _Holder) -> float:
        if not self._rates.events_per_second:
            return 0
        waits = [
            self._events.wait_for(holder.connection, self._rates.events("connection")),
            self._events.wait_for(holder.address, self._rates.events("address").times(holder.factor)),
        ]
        if holder.browser:
            waits.append(self._events.wait_for(holder.browser, self._rates.events("browser")))
        return max(waits)

    async def _end(self, why: str, code: int, send: Send, holder: _Holder) -> Message:
        self._tell(why, holder)
        await send({"type": "websocket.close", "code": code, "reason": ""})
        return {"type": "websocket.disconnect", "code": code}

    def _tell(self, what: str, holder: _Holder) -> None:
        """Say it in the log, at most once in a minute for each address."""
        if self._told.take(holder.address, _TOLD):
            log.warning("sockets of %s: %s", holder.address, what)


@dataclass(frozen=True)
class _Holder:
    """Whose connection one is: keys of what is counted. A browser without a cookie has none."""

    connection: str
    browser: str
    address: str
    factor: float
    """How many addresses this one counts for."""
