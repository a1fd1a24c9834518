"""Whole purchases by many shoppers at once, and one request that hangs meanwhile."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass

from bench.load.figures import percentile
from bench.load.servers import Street
from bench.load.shopper import (
    METER,
    PICKER,
    STEPS,
    WALL,
    Times,
    buy,
)
from bench.load.socket import browsers

HANG_MILLISECONDS = 30_000
SESSION = "*/create_session*"
STEPS_BESIDE = (WALL, METER, PICKER)


@dataclass(frozen=True)
class Outcome:
    """What `shoppers` came to: seconds from the first arrival to the last purchase, and processor seconds."""

    shoppers: int
    latency: int
    seconds: float
    times: Times
    shop_seconds: float
    sandbox_seconds: float
    client_seconds: float

    @property
    def heads(self) -> tuple[str, ...]:
        """Of a table of such rows."""
        return (
            "shoppers, Payway's latency", "purchases", "errors", "purchases/s",
            "shop, CPU ms each", "sandbox, CPU ms each", "client, CPU ms each",
        )  # fmt: skip

    @property
    def cells(self) -> tuple[object, ...]:
        """The row."""
        done = max(self.times.purchases, 1)
        return (
            f"{self.shoppers}, {self.latency} ms",
            self.times.purchases,
            len(self.times.errors),
            self.times.purchases / self.seconds,
            *(1000 * used / done for used in (self.shop_seconds, self.sandbox_seconds, self.client_seconds)),
        )

    @property
    def steps(self) -> list[tuple[object, ...]]:
        """Each step with p50 and p99 in milliseconds."""
        return [
            (
                step,
                1000 * percentile(self.times.steps[step], 50),
                1000 * percentile(self.times.steps[step], 99),
            )
            for step in STEPS
        ]


async def run(street: Street, shoppers: int, latency: int, purchases: int) -> Outcome:
    """So many shoppers arrive at once and buy until `purchases` have been begun, each as somebody new."""
    street.no_faults()
    times = Times()
    left = max(purchases, shoppers)
    async with browsers() as session:
        await buy(session, street.shop.url, Times())  # the catalogue is read, and code is warm
        if latency:
            street.fault(kind="latency", milliseconds=latency, times=0)
        before = used_seconds(street)
        begin = time.perf_counter()

        async def shopper() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await buy(session, street.shop.url, times)

        await asyncio.gather(*(shopper() for _ in range(shoppers)))
        seconds = time.perf_counter() - begin
        used = [after - first for first, after in zip(before, used_seconds(street), strict=True)]
    street.no_faults()
    return Outcome(shoppers, latency, seconds, times, *used)


def used_seconds(street: Street) -> tuple[float, float, float]:
    """Processor seconds of shop, sandbox and client so far."""
    client = os.times()
    return street.shop.processor_seconds(), street.sandbox.processor_seconds(), client.user + client.system
