"""The door of every studio handler."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Any

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.studio.state import StudioState


def studio_event(
    handler: Callable[..., Any] | None = None, *, background: bool = False, **options: Any
) -> Any:
    """`rx.event` for a handler that does nothing unless the browser may use the studio, asked anew each time.

    For coroutine functions and asynchronous generators. `options` are `rx.event`'s own. Whoever is not let
    in sees the login form.
    """
    if handler is None:
        return lambda function: studio_event(function, background=background, **options)

    if inspect.isasyncgenfunction(handler):

        @wraps(handler)
        async def stream(self: rx.State, *arguments: Any, **named: Any) -> AsyncIterator[Any]:
            if await _let_in(self, background):
                async for event in handler(self, *arguments, **named):
                    yield event

        guarded: Callable[..., Any] = stream
    elif inspect.iscoroutinefunction(handler):

        @wraps(handler)
        async def answer(self: rx.State, *arguments: Any, **named: Any) -> Any:
            return await handler(self, *arguments, **named) if await _let_in(self, background) else None

        guarded = answer
    else:
        raise TypeError(f"{handler.__qualname__} is not asynchronous; looking at the login is")
    guarded.studio_only = True
    return rx.event(background=True, **options)(guarded) if background else rx.event(**options)(guarded)


async def _let_in(state: rx.State, background: bool) -> bool:
    if background:
        async with state:
            return await _may_enter(state)
    return await _may_enter(state)


async def _may_enter(state: rx.State) -> bool:
    allowed = await current_shop().studio.allows(state.router.headers.cookie)
    if not allowed:
        (await state.get_state(StudioState)).status = "closed"
    return allowed
