"""Whole purchases by many shoppers at once, and one request that hangs meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bench.load.figures import percentile
from bench.load.servers import Street
from bench.load.shopper import (
    METER,
    METERED,
    PACKAGES,
    PICKER,
    PREMIUM,
    READER,
    STEPS,
    WALL,
    Times,
    buy,
    open_purchase,
    read,
    timed,
    visitor,
)
from bench.load.socket import StepFailed, Tab, browsers

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
        before = _used(street)
        begin = time.perf_counter()

        async def shopper() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await buy(session, street.shop.url, times)

        await asyncio.gather(*(shopper() for _ in range(shoppers)))
        seconds = time.perf_counter() - begin
        used = [after - first for first, after in zip(before, _used(street), strict=True)]
    street.no_faults()
    return Outcome(shoppers, latency, seconds, times, *used)


def _used(street: Street) -> tuple[float, float, float]:
    client = os.times()
    return street.shop.processor_seconds(), street.sandbox.processor_seconds(), client.user + client.system


@dataclass
class Hang:
    """Step times of the others without and with one request that hangs."""

    without: Times = field(default_factory=Times)
    beside: Times = field(default_factory=Times)
    hung_seconds: float = 0.0

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Each step without and with, in milliseconds, and the ratio of the medians."""
        rows: list[tuple[object, ...]] = []
        for step in STEPS_BESIDE:
            free, beside = self.without.steps[step], self.beside.steps[step]
            values = [1000 * percentile(taken, percent) for taken in (free, beside) for percent in (50, 99)]
            rows.append((step, *values, values[2] / values[0]))
        return rows


async def hang(street: Street, tabs: int, seconds: float) -> Hang:
    """One browser's `create_session` hangs for 30 s while `tabs` others go on reading and choosing.

    Half of the undisturbed time comes before and half after, since the machine may get busier meanwhile.
    """
    street.no_faults()
    result = Hang()
    async with browsers() as session:
        others = [await _arrived(session, street.shop.url) for _ in range(tabs)]
        cookie = await visitor(session, street.shop.url)
        hung = Tab(session, street.shop.url, cookie)
        await hung.connect("/packages")
        await hung.until(lambda tab: tab.var(PACKAGES, "status") == "ready")
        await _walk_about(others, Times(), 2.0)
        await _walk_about(others, result.without, seconds / 2)
        scope = hashlib.sha256(cookie.partition("visitor=")[2].partition(";")[0].encode()).hexdigest()[:32]
        street.fault(kind="latency", milliseconds=HANG_MILLISECONDS, path=SESSION, scope=scope)
        hanging = asyncio.create_task(_hung(hung))
        await asyncio.sleep(1)
        await _walk_about(others, result.beside, min(seconds, 20.0))
        if hanging.done():
            raise RuntimeError("the request that was to hang has not")
        result.hung_seconds = await hanging
        await _walk_about(others, result.without, seconds / 2)
        await asyncio.gather(*(tab.close() for tab in [*others, hung]))
    street.no_faults()
    return result


async def _arrived(session: aiohttp.ClientSession, url: str) -> Tab:
    tab = Tab(session, url, await visitor(session, url))
    await tab.connect("/")
    await tab.until(lambda tab: tab.var(READER, "known"))
    return tab


async def _hung(tab: Tab) -> float:
    """How long the press took, whatever came of it."""
    begin = time.perf_counter()
    with suppress(StepFailed):  # the shop may give up on Payway: what counts is how the others fare
        await open_purchase(tab, Times(), "/packages")
    return time.perf_counter() - begin


async def _walk_about(tabs: list[Tab], times: Times, seconds: float) -> None:
    end = time.perf_counter() + seconds

    async def walk(tab: Tab) -> None:
        while time.perf_counter() < end:
            await read(tab, times, WALL, PREMIUM, "walled")
            await read(tab, times, METER, METERED, "open")
            tab.forget(PACKAGES)
            async with timed(times, PICKER):
                await tab.load("/packages")
                await tab.until(lambda tab: tab.var(PACKAGES, "status") == "ready")

    await asyncio.gather(*(walk(tab) for tab in tabs))
