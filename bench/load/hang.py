"""One browser's request hangs, others go on: their steps beside it and without it, round by round."""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bench.load import figures
from bench.load.figures import middle, percentile, ratio
from bench.load.servers import Street
from bench.load.shopper import (
    METER,
    METERED,
    PACKAGES,
    PICKER,
    PREMIUM,
    READER,
    WALL,
    Times,
    open_purchase,
    read,
    timed,
    visitor,
)
from bench.load.socket import StepFailed, Tab, browsers

HANG_MILLISECONDS = 30_000
SECONDS = 24.0
"""Beside the request that hangs, and as long without it: half before, half after."""
SESSION = "*/create_session*"
STEPS = (WALL, METER, PICKER)


@dataclass
class Hang:
    """Step times of the others, a pair of each round."""

    without: list[Times] = field(default_factory=list)
    beside: list[Times] = field(default_factory=list)
    hung_seconds: list[float] = field(default_factory=list)

    @property
    def hung(self) -> str:
        """How long the presses that hung took."""
        return f"{min(self.hung_seconds):.1f} to {max(self.hung_seconds):.1f} s"

    @property
    def table(self) -> str:
        """Steps without and beside, in milliseconds, and their ratios."""
        heads = (f"{len(self.beside)} rounds", "without, ms", "beside, ms", "ratio, median (quartiles)")
        return figures.table(heads, [self._row(step, percent) for step in STEPS for percent in (50, 99)])

    def _row(self, step: str, percent: float) -> tuple[object, ...]:
        without, beside = (
            [1000 * percentile(times.steps[step], percent) for times in rounds]
            for rounds in (self.without, self.beside)
        )
        return (f"{step}, p{percent}", middle(without), middle(beside), ratio(without, beside))


async def compare(street: Street, tabs: int, rounds: int) -> Hang:
    """One browser's `create_session` hangs for 30 s while `tabs` others go on reading and choosing."""
    street.no_faults()
    result = Hang()
    async with browsers() as session:
        others = [await _arrived(session, street.shop.url) for _ in range(tabs)]
        await _walk_about(others, Times(), 2.0)
        for _ in range(rounds):
            without, beside = Times(), Times()
            await _walk_about(others, without, SECONDS / 2)
            hung, hanging = await _hang(street, session)
            await _walk_about(others, beside, SECONDS)
            if hanging.done():
                raise RuntimeError("the request that was to hang has not")
            result.hung_seconds.append(await hanging)
            await hung.close()
            await _walk_about(others, without, SECONDS / 2)
            result.without.append(without)
            result.beside.append(beside)
        await asyncio.gather(*(tab.close() for tab in others))
    street.no_faults()
    return result


async def _hang(street: Street, session: aiohttp.ClientSession) -> tuple[Tab, asyncio.Task[float]]:
    """Somebody new at the picker, whose press has begun to hang."""
    cookie = await visitor(session, street.shop.url)
    tab = Tab(session, street.shop.url, cookie)
    await tab.connect("/packages")
    await tab.until(lambda tab: tab.var(PACKAGES, "status") == "ready")
    scope = hashlib.sha256(cookie.partition("visitor=")[2].partition(";")[0].encode()).hexdigest()[:32]
    street.fault(kind="latency", milliseconds=HANG_MILLISECONDS, path=SESSION, scope=scope)
    hanging = asyncio.create_task(_press(tab))
    await asyncio.sleep(1)
    return tab, hanging


async def _press(tab: Tab) -> float:
    """How long the press took, whatever came of it."""
    begin = time.perf_counter()
    with suppress(StepFailed):  # the shop may give up on Payway: what counts is how the others fare
        await open_purchase(tab, Times(), "/packages")
    return time.perf_counter() - begin


async def _arrived(session: aiohttp.ClientSession, url: str) -> Tab:
    tab = Tab(session, url, await visitor(session, url))
    await tab.connect("/")
    await tab.until(lambda tab: tab.var(READER, "known"))
    return tab


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
