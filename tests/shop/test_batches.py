"""What is taken from the queue is written, also by a server that stops."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from klarna_shop.shop.batches import Batches


async def test_a_batch_under_way_is_written_before_the_task_ends() -> None:
    begun, may_end, written = asyncio.Event(), asyncio.Event(), list[int]()

    async def write(batch: list[int]) -> None:
        begun.set()
        await may_end.wait()
        written.extend(batch)

    batches = Batches(write, named="numbers", capacity=10, size=2)
    for number in range(3):
        batches.add(number)
    running = asyncio.create_task(batches.run())
    await begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with suppress(asyncio.CancelledError):
        await running
    assert written == [0, 1, 2]
    assert batches.dropped == 0
