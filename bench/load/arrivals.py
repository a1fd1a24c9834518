"""Shoppers who come by themselves, at random, and do not wait for each other (an open loop)."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp

from bench.load.figures import percentile, table
from bench.load.purchases import used_seconds
from bench.load.servers import Street
from bench.load.shopper import STEPS, Times, buy
from bench.load.socket import browsers

ALONE = 5
"""Purchases one after another, by which it is told how often a step calls Payway."""
SEED = 20


@dataclass(frozen=True)
class Arrived:
    """What came of shoppers who arrived at `rate` a second while Payway was `latency` milliseconds away."""

    rate: float
    latency: int
    seconds: float
    times: Times
    calls: dict[str, int]
    """How often a step calls Payway, one call after the other."""
    shop_seconds: float

    def own(self, step: str) -> list[float]:
        """Milliseconds of each such step, without Payway's."""
        return [1000 * taken - self.latency * self.calls[step] for taken in self.times.steps[step]]

    @property
    def slowest(self) -> float:
        """The largest p99 of a step's own time, in milliseconds."""
        return max(percentile(self.own(step), 99) for step in STEPS)

    @property
    def shown(self) -> str:
        """The table of all steps."""
        heads = (
            f"{self.rate:g} a second, Payway {self.latency} ms away",
            "calls",
            "own p50, ms",
            "own p99, ms",
        )
        rows = [
            (step, self.calls[step], percentile(self.own(step), 50), percentile(self.own(step), 99))
            for step in STEPS
        ]
        return table(heads, rows)


async def run(street: Street, rate: float, seconds: float, latency: int) -> Arrived:
    """Let shoppers arrive at random for so long, each as somebody new who buys without pausing."""
    street.no_faults()
    async with browsers() as session:
        near = await _alone(session, street)
        street.fault(kind="latency", milliseconds=latency, times=0)
        far = await _alone(session, street)
        calls = {step: _calls(near, far, step, latency) for step in STEPS}
        times, before, begin = Times(), used_seconds(street)[0], time.perf_counter()
        async with asyncio.TaskGroup() as shoppers:
            for moment in _moments(rate, seconds):
                await asyncio.sleep(max(begin + moment - time.perf_counter(), 0))
                shoppers.create_task(buy(session, street.shop.url, times))
        ended, used = time.perf_counter(), used_seconds(street)[0] - before
    street.no_faults()
    return Arrived(rate, latency, ended - begin, times, calls, used)


async def _alone(session: aiohttp.ClientSession, street: Street) -> Times:
    await buy(session, street.shop.url, Times())  # code and caches are warm
    times = Times()
    for _ in range(ALONE):
        await buy(session, street.shop.url, times)
    return times


def _calls(near: Times, far: Times, step: str, latency: int) -> int:
    further = statistics.median(far.steps[step]) - statistics.median(near.steps[step])
    return max(round(1000 * further / latency), 0) if latency else 0


def _moments(rate: float, seconds: float) -> Iterator[float]:
    """Seconds from the beginning at which somebody arrives: a Poisson process, the same each time."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    moment = chance.expovariate(rate)
    while moment < seconds:
        yield moment
        moment += chance.expovariate(rate)
