"""A tab's states without a server: where it is, who is in front of it, its handlers run as Reflex does."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.istate.data import RouterData

from klarna_shop.assembly import House
from klarna_shop.shop.reader import Reader


class InBackground:
    """Stands in for the proxy that Reflex hands to a background handler: the state, with a lock to enter."""

    def __init__(self, state: rx.State) -> None:
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "lock", asyncio.Lock())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.state, name, value)

    async def __aenter__(self) -> InBackground:
        await self.lock.acquire()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.lock.release()


def new_tab() -> rx.State:
    """The root of a tab's states."""
    return rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]  # how Reflex itself makes one


def visit(root: rx.State, path: str, cookie: str = "", *, user_agent: str = "", **query: str) -> None:
    """What the socket's handshake and the page's address say."""
    headers = {"cookie": cookie, "origin": "http://localhost:8000", "user-agent": user_agent}
    address = path + (f"?{urlencode(query)}" if query else "")
    data = {"headers": headers, "asPath": address, "pathname": path, "query": query}
    root.router = RouterData.from_router_data(data)


async def session_cookie(house: House, email: str) -> str:
    """The cookie of a customer who has just signed in."""
    signed_in = await house.shop.identities.sign_in(email, "demo1234", user_agent="x", reader=Reader())
    return f"session={signed_in.cookie_token}"


async def run(state: Any, name: str, *arguments: Any) -> list[Any]:
    """Run a handler to its end: the events that it asks for."""
    kind = type(state.state if isinstance(state, InBackground) else state)
    handler = kind.event_handlers[name]
    if handler.is_background and not isinstance(state, InBackground):
        state = InBackground(state)
    running = handler.fn(state, *arguments)
    if isinstance(running, AsyncIterator):
        return [event async for event in running]
    return [await running] if inspect.isawaitable(running) else []
