"""Opens no event socket while the pages' state cannot be kept, and lets those that are open be closed.

A page whose socket opens sends its first events once. Were they lost, it would stay as it was until it is
loaded again; a socket that does not open is tried anew by the page itself, which tells its reader.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.clock import Stopwatch

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0
REMEMBERED_SECONDS = 1.0
"""So long nobody asks again after a failure, however many pages try."""
TRY_AGAIN_LATER = 1013
"""WebSocket close code (IANA registry)."""
_CLOSE = {"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": ""}
_PING = "2"
"""Engine.IO's, which every client answers at once."""
_PASSAGE = "klarna_shop.passage"

Probe = Callable[[], Awaitable[None]]
"""Returns where the store takes something; raises `RedisError` or `OSError` where it does not."""


class SocketGate:
    """ASGI layer: refuses WebSocket handshakes while the state store does not take what is written to it."""

    def __init__(
        self,
        app: ASGIApp,
        probe: Probe,
        deadline: float = DEADLINE_SECONDS,
        *,
        clock: Stopwatch = time.monotonic,
    ) -> None:
        self.app = app
        self._probe = probe
        self._deadline = deadline
        self._clock = clock
        self._failed_at: float | None = None
        # One asks at a time: a store that hangs would hold up each of many pages that try.
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or refuse."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        if await self._is_open():
            passage = _Passage(receive, send)
            await self.app({**scope, _PASSAGE: passage}, passage.receive, send)
        else:
            await receive()
            await send(_CLOSE)

    async def _is_open(self) -> bool:
        async with self._turn:
            if self._failed_at is not None and self._clock() - self._failed_at < REMEMBERED_SECONDS:
                return False
            try:
                async with asyncio.timeout(self._deadline):
                    await self._probe()
            except (RedisError, OSError) as error:  # OSError: TimeoutError is one
                if self._failed_at is None:
                    log.error("no socket is opened: the state store fails (%s)", type(error).__name__)
                self._failed_at = self._clock()
                return False
            if self._failed_at is not None:
                log.warning("sockets are opened again: the state store answers")
            self._failed_at = None
            return True


async def close_socket(scope: Scope) -> None:
    """Close the WebSocket that came through a gate with this scope, with no word of the protocols above it.

    What Socket.IO or Engine.IO say at an end a page takes for meant, and does not come back.

    Raises:
        KeyError: no gate let it in.
    """
    passage: _Passage = scope[_PASSAGE]
    await passage.end()


class _Passage:
    """One open socket."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._ending = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not self._ending or message["type"] == "websocket.disconnect":
            return message
        await self._send(_CLOSE)
        return {"type": "websocket.disconnect", "code": TRY_AGAIN_LATER}

    async def end(self) -> None:
        """Close with the next message that comes, and let one come: Granian closes no socket that is read."""
        self._ending = True
        await self._send({"type": "websocket.send", "text": _PING})


def state_store_probe(url: str) -> Probe:
    """Writes to the Redis at `url`: one that is full, or may only be read, answers a ping as well."""
    # A connection from before a restart fails once.
    redis = Redis.from_url(url, retry=Retry(NoBackoff(), 1))

    async def probe() -> None:
        await redis.set("klarna_shop_socket_gate", b"", ex=1)

    return probe
