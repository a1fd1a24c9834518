"""Things to write down when nobody waits for it: a bounded queue, and one task that empties it in batches."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from klarna_shop.shop.guarded import log_failure

Item = TypeVar("Item")

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.25
"""How long a batch is gathered: so much later than it happens a thing can be seen."""


class Batches(Generic[Item]):
    """A queue of this process. Where `write` cannot keep up, the oldest items are dropped and counted.

    `named` is what the items are called in the log.
    """

    def __init__(
        self, write: Callable[[list[Item]], Awaitable[object]], *, named: str, capacity: int, size: int
    ) -> None:
        self._write = write
        self._named = named
        self._capacity = capacity
        self._size = size
        self._queue: deque[Item] = deque()
        self._wanted = asyncio.Event()
        self._writing = asyncio.Lock()
        self.dropped = 0
        """Items that this process could not keep."""

    def add(self, item: Item) -> None:
        """Take one item: an append, and nothing else on the caller's way."""
        if len(self._queue) >= self._capacity:
            self._queue.popleft()
            self.dropped += 1
            if self.dropped == 1 or self.dropped % self._capacity == 0:
                log.warning("%s come faster than they are written; %d dropped", self._named, self.dropped)
        self._queue.append(item)
        self._wanted.set()

    async def run(self) -> None:
        """Write batches until cancelled, and then what is left."""
        try:
            while True:
                await self._wanted.wait()
                await asyncio.sleep(GATHER_SECONDS)
                self._wanted.clear()
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write everything that waits. A batch that cannot be written is dropped, counted and logged."""
        async with self._writing:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._size, len(self._queue)))]
                writing = asyncio.create_task(self._written(batch))
                try:
                    await asyncio.shield(writing)
                except asyncio.CancelledError:
                    # A server that stops: what is taken from the queue is written before it goes.
                    await writing
                    raise

    async def _written(self, batch: list[Item]) -> None:
        try:
            await self._write(batch)
        except Exception:  # noqa: BLE001 - logged
            self.dropped += len(batch)
            log_failure(log, "%d %s could not be written", len(batch), self._named)
