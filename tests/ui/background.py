"""A state as a background event has it: with a lock to enter."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx


class InBackground:
    """Stands in for the proxy that Reflex hands to a background handler."""

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
