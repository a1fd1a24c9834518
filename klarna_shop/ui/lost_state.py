"""A tab whose state can be neither loaded nor kept is disconnected, so that its page begins anew.

The page itself notices nothing of an event that failed before or after its handler. Connecting is what it
repeats, telling its reader, and what makes it load everything again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import reflex as rx
from redis.exceptions import RedisError

PAUSE_SECONDS = 1.0
"""Before a tab is disconnected: no page goes round in a circle faster, should its state fail each time."""


CloseSocket = Callable[[Any], Awaitable[None]]
"""Closes the WebSocket with an ASGI scope; KeyError where it cannot."""


class Reconnection:
    """Disconnects tabs of one app."""

    def __init__(self, app: rx.App, close_socket: CloseSocket) -> None:
        self._app = app
        self._close_socket = close_socket
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def of(self, token: str) -> None:
        """Disconnect the tab with this token soon, once however many of its events have failed."""
        if token not in self._under_way:
            task = asyncio.create_task(self._disconnect(token))
            self._under_way[token] = task
            task.add_done_callback(lambda _: self._under_way.pop(token))

    async def _disconnect(self, token: str) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        namespace, server = self._app.event_namespace, self._app.sio
        if namespace is None or server is None or (sid := namespace.token_to_sid.get(token)) is None:
            return
        with suppress(KeyError):  # gone by itself meanwhile
            await self._close_socket(server.get_environ(sid, namespace.namespace)["asgi.scope"])


_current: Reconnection | None = None


def install_reconnection(app: rx.App, close_socket: CloseSocket) -> None:
    """Let tabs of this app connect again when their state fails."""
    global _current
    _current = Reconnection(app, close_socket)


def reconnect_if_lost(exception: Exception, token: str) -> bool:
    """Whether the exception says that the state store fails; the tab is then disconnected soon."""
    if _current is None or not isinstance(exception, RedisError):
        return False
    _current.of(token)
    return True
