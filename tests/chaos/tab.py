"""One tab of a browser whose connection may end at any moment, and which then connects again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

from socketio.exceptions import SocketIOError

from tests.socket.client import ROOT, STATES, Client

CONNECT_SECONDS = 10
LOOK_EVERY = 0.05
PAUSE = 0.4
"""Seconds before the next try to connect."""


class Tab:
    """Sends what a page would send. Nothing here raises because the server is gone."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url = url
        self.cookie = cookie
        self._token = str(uuid.uuid4())
        self._client: Client | None = None

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return self._client is not None and self._client.is_connected

    @property
    def redirects(self) -> list[str]:
        """Where the server has sent this connection, oldest first."""
        return self._client.redirects if self._client else []

    def var(self, state: str, name: str) -> Any:
        """A public var as it came over this connection; None before it came."""
        return self._client.var(state, name) if self._client else None

    async def visit(self, state: str, handler: str, path: str) -> bool:
        """Load the page at `path`: connect where that is needed, and send the page's `on_load`."""
        if not self.connected and not await self._connect():
            await asyncio.sleep(PAUSE)
            return False
        return await self.send(state, handler, None, path)

    async def send(self, state: str, handler: str, payload: Any, path: str) -> bool:
        """Send one event; False where the socket is gone."""
        if not self.connected:
            return False
        assert self._client is not None
        try:
            await self._client.send(f"{STATES[state]}.{handler}", payload, path)
        except SocketIOError:
            return False
        return True

    async def until(self, is_so: Callable[[], object], seconds: float) -> bool:
        """Wait until something is so; False after `seconds`, or where the socket is gone."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            if is_so():
                return True
            if not self.connected:
                return False
            await asyncio.sleep(LOOK_EVERY)
        return bool(is_so())

    async def cut(self) -> None:
        """End the connection. The tab can connect again."""
        client, self._client = self._client, None
        if client is not None:
            self._token = client.token
            await client.close()

    async def _connect(self) -> bool:
        await self.cut()
        client = Client(self.url, self.cookie)
        client.token = self._token
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()
                # A new name for the tab comes first, where the server gives one.
                await asyncio.sleep(LOOK_EVERY)
                await client.send(f"{ROOT}.hydrate")
        except (SocketIOError, TimeoutError, OSError):
            await client.close()
            return False
        self._client = client
        return True
