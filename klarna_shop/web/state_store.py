"""Tabs' states in Redis, with locks that are given back also by events that are cancelled.

Going to another page, a tab cancels the events of the one before. In Reflex 0.10.1 an event that is cancelled
while it asks for the tab's lock may have got it, and keeps it until it expires (10 s):
until then the tab shows nothing new. And a waiter that hears of a free lock and is cancelled tells nobody, so
that the next one waits as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from reflex.istate.manager import StateManager
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import StateToken

ASK_AGAIN_SECONDS = 1.0
"""How long a waiter relies on being told."""
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class CancellableStateManager(StateManagerRedis):
    """Reflex's own, for events that may be cancelled at any await."""

    async def _try_get_lock(self, lock_key: bytes, lock_id: bytes) -> bool | None:
        asking = asyncio.ensure_future(super()._try_get_lock(lock_key, lock_id))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            _in_background(self._give_back(lock_key, lock_id, after=asking))
            raise

    async def _wait_lock(self, lock_key: bytes, lock_id: bytes) -> None:
        try:
            await super()._wait_lock(lock_key, lock_id)
        except asyncio.CancelledError:
            _in_background(self._give_back(lock_key, lock_id))
            raise

    @asynccontextmanager
    async def _lock(self, token: StateToken[Any], event_name: str | None = None) -> AsyncIterator[bytes]:
        held: bytes | None = None
        try:
            async with super()._lock(token, event_name) as held:
                yield held
        except asyncio.CancelledError:
            if held is not None:  # cancelled perhaps while it was given back
                _in_background(self._give_back(self._lock_key(token), held))
            raise

    @asynccontextmanager
    async def _lock_waiter(self, lock_key: bytes) -> AsyncIterator[asyncio.Event]:
        async with super()._lock_waiter(lock_key) as released:
            asking_again = asyncio.ensure_future(_set_again_and_again(released))
            try:
                yield released
            finally:
                asking_again.cancel()

    async def _give_back(
        self, lock_key: bytes, lock_id: bytes, after: asyncio.Future[bool | None] | None = None
    ) -> None:
        if after is not None:
            await asyncio.wait([after])
        # Redis tells every process's waiters of the deletion.
        await self.redis.eval(_GIVE_BACK, 1, lock_key, lock_id)  # type: ignore[misc]  # typed for both clients
        self._notify_next_waiter(lock_key)


def cancellable(manager: StateManager) -> StateManager:
    """`manager` as it was made from the settings, with Redis behind it cancellable."""
    if type(manager) is not StateManagerRedis:
        return manager
    make: Any = CancellableStateManager  # abstract to the type checker, by a decorator of Reflex's
    made: StateManager = make(
        redis=manager.redis,
        token_expiration=manager.token_expiration,
        lock_expiration=manager.lock_expiration,
        lock_warning_threshold=manager.lock_warning_threshold,
    )
    return made


async def _set_again_and_again(event: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        event.set()


_giving_back: set[asyncio.Task[None]] = set()


def _in_background(work: Any) -> None:
    task = asyncio.ensure_future(work)
    _giving_back.add(task)
    task.add_done_callback(_giving_back.discard)
