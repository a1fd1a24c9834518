"""A client that speaks the shop's event socket directly, and sends whatever it likes."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import socketio

NAMESPACE = "/_event"
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
"""Of a reader's browser: what says that it is a program is measured as one."""
ROOT = "reflex___state____state"
STATES = {
    "article": f"{ROOT}.klarna_shop___ui___storefront___state____article_state",
    "packages": f"{ROOT}.klarna_shop___ui___packages___state____packages_state",
    "checkout": f"{ROOT}.klarna_shop___ui___checkout___state____checkout_state",
    "sdk_report": f"{ROOT}.klarna_shop___ui___checkout___sdk_report____sdk_report",
    "receipt": f"{ROOT}.klarna_shop___ui___receipt___state____receipt_state",
    "withdrawal": f"{ROOT}.klarna_shop___ui___withdrawal___state____withdrawal_state",
    "personal_data": f"{ROOT}.klarna_shop___ui___personal_data___state____personal_data_state",
    "confirmation": f"{ROOT}.klarna_shop___ui___confirmation___state____confirmation_state",
    "reader": f"{ROOT}.klarna_shop___ui___reader_state____reader_state",
    "designs": f"{ROOT}.klarna_shop___ui___studio___paywalls___listing___state____paywall_list_state",
    "design": f"{ROOT}.klarna_shop___ui___studio___paywalls___editor___state____editor_state",
    "design_files": f"{ROOT}.klarna_shop___ui___studio___paywalls___files___state____design_files_state",
    "design_versions": f"{ROOT}.klarna_shop___ui___studio___paywalls___versions___state____versions_state",
    "experiments": f"{ROOT}.klarna_shop___ui___studio___experiments___list_state____experiment_list_state",
    "experiment": f"{ROOT}.klarna_shop___ui___studio___experiments___state____experiment_state",
    "funnel": f"{ROOT}.klarna_shop___ui___studio___funnel___state____funnel_state",
    "simulation": f"{ROOT}.klarna_shop___ui___studio___simulation___state____simulation_state",
    "previews": f"{ROOT}.klarna_shop___ui___studio___previews___state____previews_state",
    "shared_preview": f"{ROOT}.klarna_shop___ui___shared_preview___state____shared_preview_state",
    "account": f"{ROOT}.klarna_shop___ui___account___state____account_state",
    "flows": f"{ROOT}.klarna_shop___ui___studio___flows___state____flows_state",
}


def _content(url: str) -> str:
    """What a `data:` address holds."""
    return b64decode(url.partition(",")[2]).decode()


class Client:
    """One tab of one browser, without the browser."""

    def __init__(self, url: str, cookie: str, trust: ssl.SSLContext | None = None) -> None:
        """`trust` says which certificates count where `url` is https, if not those of the machine."""
        self.url = url
        self.cookie = cookie
        self.token = str(uuid.uuid4())
        self.state: dict[str, dict[str, Any]] = {}
        self.redirects: list[str] = []
        self.downloads: list[str] = []
        self._news = asyncio.Event()
        options = {"ssl": trust} if trust else {}
        self._socket = socketio.AsyncClient(reconnection=False, websocket_extra_options=options)
        self._socket.on("event", self._receive, namespace=NAMESPACE)
        self._socket.on("new_token", self._be_renamed, namespace=NAMESPACE)

    async def connect(self, origin: str | None = None) -> None:
        """Open the socket, from `origin` (the shop's own by default)."""
        try:
            await self._socket.connect(
                f"{self.url}?token={self.token}",
                socketio_path=NAMESPACE,
                namespaces=[NAMESPACE],
                headers={"Cookie": self.cookie, "Origin": origin or self.url, "User-Agent": USER_AGENT},
                transports=["websocket"],
            )
        except TypeError as error:
            # The library takes the code of a connection closed at once for a packet.
            raise socketio.exceptions.ConnectionError("closed at once") from error

    async def send(self, name: str, payload: Any = None, path: str = "/") -> None:
        """Send one event by its whole name."""
        event = {
            "name": name,
            "payload": {} if payload is None else payload,
            "router_data": {"pathname": path, "query": {}, "asPath": path},
            "token": self.token,
        }
        await self._socket.emit("event", event, namespace=NAMESPACE)

    async def call(self, state: str, handler: str, payload: Any = None, path: str = "/") -> None:
        """Send an event of one of the shop's states, and wait until the server has dealt with it."""
        await self.send(f"{STATES[state]}.{handler}", payload, path)
        await self.settle()

    async def settle(self, quiet: float = 0.4) -> None:
        """Wait until nothing has come for `quiet` seconds."""
        while True:
            self._news.clear()
            try:
                async with asyncio.timeout(quiet):
                    await self._news.wait()
            except TimeoutError:
                return

    async def until(self, holds: Callable[[], object], seconds: float = 20) -> None:
        """Wait for news with which `holds()` is so."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                if not holds():
                    await self._news.wait()

    def var(self, state: str, name: str) -> Any:
        """A state's public var as the browser would have it."""
        return self.state.get(STATES[state], {}).get(f"{name}_rx_state_")

    @property
    def is_connected(self) -> bool:
        """Whether the socket is open."""
        return self._socket.connected

    async def close(self) -> None:
        """Close the tab."""
        if self._socket.connected:
            await self._socket.disconnect()
        if self._socket.eio.http is not None:
            # Left open by a handshake that failed.
            await self._socket.eio.http.close()

    async def _be_renamed(self, token: str) -> None:
        """The server takes the token for another tab's, as after a crash: the page goes on with this one."""
        self.token = token

    async def _receive(self, update: dict[str, Any]) -> None:
        for state, changed in (update.get("delta") or {}).items():
            self.state.setdefault(state, {}).update(changed)
        for event in update.get("events") or []:
            if event.get("name") == "_redirect":
                self.redirects.append(event["payload"]["path"])
            if event.get("name") == "_download":
                self.downloads.append(_content(event["payload"]["url"]))
        self._news.set()


@asynccontextmanager
async def browsing(url: str, cookie: str | None = None) -> AsyncIterator[Client]:
    """A connected client; somebody new unless a cookie is given."""
    client = Client(url, cookie or await new_visitor(url))
    await client.connect()
    await client.send(f"{ROOT}.hydrate")
    await client.settle()
    try:
        yield client
    finally:
        await client.close()


async def new_visitor(url: str) -> str:
    """The cookie of somebody who has just opened the front page."""
    async with httpx.AsyncClient(base_url=url) as browser:
        await browser.get("/")
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


async def signed_in(url: str, email: str, password: str = "demo1234") -> str:
    """The cookies of a signed-in demo customer."""
    async with httpx.AsyncClient(base_url=url) as browser:
        await browser.get("/")
        form = {"email": email, "password": password}
        await browser.post("/auth/sign-in", data=form, headers={"Origin": url})
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
