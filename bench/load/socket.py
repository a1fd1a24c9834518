"""One tab's event socket: as little Engine.IO and Socket.IO as Reflex needs, so that 500 tabs are cheap."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
ON_LOAD = f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal"
DEADLINE_SECONDS = 120.0
"""A step that takes longer has failed."""

Condition = Callable[["Tab"], Any]


class StepFailed(Exception):
    """What a step waited for did not come."""


def browsers() -> aiohttp.ClientSession:
    """Connections for any number of browsers; each keeps its cookies itself."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())


class Tab:
    """A connected tab: its state as the server sent it, and the addresses it was led to.

    Wait for what a step is about with `until`; there is no quiet time to wait for.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, cookie: str) -> None:
        self.token = str(uuid.uuid4())
        self.state: dict[str, dict[str, Any]] = {}
        self.redirects: list[str] = []
        self.updates = 0
        self._session, self._url, self._cookie = session, url, cookie
        self._news = asyncio.Event()
        self._failure = ""
        self._reader: asyncio.Task[None] | None = None

    async def connect(self, path: str = "/") -> None:
        """Open the socket and load the page at `path`, as a browser does: in one packet."""
        self._socket = await self._session.ws_connect(
            f"{self._url}{NAMESPACE}/?EIO=4&transport=websocket&token={self.token}",
            headers={"Cookie": self._cookie, "Origin": self._url},
            max_msg_size=0,
        )
        boot = self._event(f"{ROOT}.hydrate_and_load", {"vars": []}, path)
        await self._socket.send_str(f"40{NAMESPACE},{json.dumps({'event': boot})}")
        self._reader = asyncio.create_task(self._read())

    async def load(self, path: str) -> None:
        """Go to another page of the shop: its first events begin."""
        await self.send(ON_LOAD, {}, path)

    async def send(self, name: str, payload: dict[str, Any], path: str = "/") -> None:
        """Send one event by its whole name."""
        event = json.dumps(["event", self._event(name, payload, path)])
        await self._socket.send_str(f"42{NAMESPACE},{event}")

    async def until(self, condition: Condition) -> None:
        """Wait until the state is such.

        Raises:
            StepFailed: it is not within `DEADLINE_SECONDS`, or the connection ended.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not condition(self):
                    if self._failure:
                        raise StepFailed(self._failure)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise StepFailed(f"nothing in {DEADLINE_SECONDS:.0f} s") from None

    def var(self, state: str, name: str) -> Any:
        """A state's public var."""
        return self.state.get(state, {}).get(f"{name}_rx_state_")

    def forget(self, state: str) -> None:
        """Drop what is known of a state, so that a later `until` waits for what is sent from now on."""
        self.state.pop(state, None)

    async def close(self) -> None:
        """Close the tab."""
        if self._reader is not None:
            await self._socket.close()
            await self._reader

    def _event(self, name: str, payload: dict[str, Any], path: str) -> dict[str, Any]:
        pathname, _, query = path.partition("?")
        router = {"pathname": pathname, "query": dict(parse_qsl(query)), "asPath": path}
        return {"name": name, "payload": payload, "router_data": router, "token": self.token}

    async def _read(self) -> None:
        async for message in self._socket:
            text = message.data
            if text == "2":
                await self._socket.send_str("3")
            elif isinstance(text, str) and text.startswith(f"42{NAMESPACE},"):
                name, *arguments = json.loads(text[len(f"42{NAMESPACE},") :])
                if name == "event":
                    self._take(arguments[0])
            elif isinstance(text, str) and text.startswith(f"44{NAMESPACE}"):
                self._failure = f"refused: {text[:200]}"
                self._news.set()
        self._failure = self._failure or "the connection ended"
        self._news.set()

    def _take(self, update: dict[str, Any]) -> None:
        self.updates += 1
        for state, changed in (update.get("delta") or {}).items():
            self.state.setdefault(state, {}).update(changed)
        for event in update.get("events") or []:
            if event.get("name") == "_redirect":
                self.redirects.append(event["payload"]["path"])
        self._news.set()
