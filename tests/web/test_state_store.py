"""The lock on a tab's state, against a real Redis: cancelled events give it back, waiters ask again."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis

from klarna_shop.web.state_store import CancellableStateManager, cancellable

REDIS = os.environ.get("TEST_LOCKS_REDIS_URL", "redis://127.0.0.1:6379/10")
SOON_SECONDS = 30
KEPT_MILLISECONDS = 120_000
"""For which Reflex keeps a lock: far longer."""


@pytest.fixture
async def manager() -> AsyncIterator[CancellableStateManager]:
    redis = Redis.from_url(REDIS, socket_connect_timeout=3)
    try:
        await redis.ping()  # type: ignore[misc]  # typed for both clients
    except (RedisError, OSError) as error:
        await redis.aclose()
        pytest.skip(f"no Redis at TEST_LOCKS_REDIS_URL ({type(error).__name__})")
    own: Any = StateManagerRedis
    made = cancellable(own(redis=redis, lock_expiration=KEPT_MILLISECONDS, lock_warning_threshold=1_000))
    assert isinstance(made, CancellableStateManager)
    yield made
    await made.close()


@pytest.fixture
def lock() -> bytes:
    return f"{uuid.uuid4()}_lock".encode()


async def test_an_event_cancelled_as_it_gets_the_lock_gives_it_back(
    manager: CancellableStateManager, lock: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    got, ask = asyncio.Event(), manager.redis.set

    async def answers_late(*arguments: Any, **options: Any) -> Any:
        answer = await ask(*arguments, **options)
        got.set()
        await asyncio.sleep(0.05)
        return answer

    monkeypatch.setattr(manager.redis, "set", answers_late)
    asking = asyncio.ensure_future(manager._wait_lock(lock, b"cancelled"))
    await got.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    monkeypatch.undo()
    async with asyncio.timeout(SOON_SECONDS):
        await manager._wait_lock(lock, b"next")
    assert await manager.redis.get(lock) == b"next"
    await manager.redis.delete(lock)


async def test_only_the_own_lock_is_given_back(manager: CancellableStateManager, lock: bytes) -> None:
    await manager.redis.set(lock, b"another's")
    asking = asyncio.ensure_future(manager._wait_lock(lock, b"cancelled"))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0.1)
    assert await manager.redis.get(lock) == b"another's"
    await manager.redis.delete(lock)


async def test_a_waiter_whom_nobody_tells_asks_again(
    manager: CancellableStateManager, lock: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "_notify_next_waiter", lambda _key: None)
    await manager.redis.set(lock, b"another's")
    waiting = asyncio.ensure_future(manager._wait_lock(lock, b"waiting"))
    await asyncio.sleep(0.1)
    await manager.redis.delete(lock)
    async with asyncio.timeout(SOON_SECONDS):
        await waiting
    await manager.redis.delete(lock)


def test_states_in_memory_stay_there() -> None:
    own: Any = StateManagerMemory
    memory = own()
    assert cancellable(memory) is memory
