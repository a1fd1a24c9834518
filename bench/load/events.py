"""Events one after another from many tabs: the shop's beside the counter's, in turns."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from bench.load.figures import percentile, table
from bench.load.servers import Server
from bench.load.shopper import ARTICLE, METERED, PREMIUM, READER, visitor
from bench.load.socket import ROOT, Condition, Tab, browsers

COUNTER = f"{ROOT}.counter___counter____counter_state"
Send = Callable[[Tab], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """One kind of event: how it is sent, in which state its answer shows, and when the answer is there."""

    name: str
    send: Send
    state: str
    answered: Condition


def _event(name: str) -> Send:
    return lambda tab: tab.send(name, {})


def _load(path: str) -> Send:
    return lambda tab: tab.load(path)


INCREMENT = Kind(
    "counter: increment", _event(f"{COUNTER}.increment"), COUNTER, lambda tab: tab.var(COUNTER, "count")
)
COUNTER_LOAD = Kind("counter: page load", _load("/"), COUNTER, lambda tab: tab.var(COUNTER, "count"))
PLAIN = Kind(
    "shop: neither writes nor calls out",
    _event(f"{READER}.recognise"),
    READER,
    lambda tab: tab.var(READER, "known"),
)
FRONT = Kind("shop: front page load", _load("/"), READER, lambda tab: tab.var(READER, "known"))
WALL = Kind(
    "shop: article load, walled (reads)",
    _load(f"/article/{PREMIUM}"),
    ARTICLE,
    lambda tab: (tab.var(ARTICLE, "wall") or {}).get("price"),
)
METER = Kind(
    "shop: article load, on the meter (transaction)",
    _load(f"/article/{METERED}"),
    ARTICLE,
    lambda tab: tab.var(ARTICLE, "status") == "open",
)


@dataclass(frozen=True)
class Taken:
    """Events per second of one round, and seconds of each event."""

    rate: float
    times: list[float]


async def compare(shop: Server, counter: Server, tabs: int, seconds: float, rounds: int) -> tuple[str, float]:
    """The table, and how many times the counter's event the plain event takes (median of the rounds)."""
    kinds = (INCREMENT, PLAIN, COUNTER_LOAD, FRONT, WALL, METER)
    async with browsers() as session:
        of_shop = await connected(session, shop.url, tabs, READER, "known")
        of_counter = await connected(session, counter.url, tabs, COUNTER, "count")
        taken: dict[Kind, list[Taken]] = {kind: [] for kind in kinds}
        for number in range(rounds + 1):
            # Who goes first changes, as whoever is second meets a warmer machine. The first round warms up.
            for kind in kinds[:: -1 if number % 2 else 1]:
                chosen = of_counter if kind.state == COUNTER else of_shop
                result = await _round(kind, chosen, seconds if number else seconds / 4)
                if number:
                    taken[kind].append(result)
        await asyncio.gather(*(tab.close() for tab in [*of_shop, *of_counter]))
    rows = []
    for kind in kinds:
        times = [seconds * 1000 for round_ in taken[kind] for seconds in round_.times]
        rate = statistics.median(round_.rate for round_ in taken[kind])
        ratios = (_ratio(taken, kind, beside) for beside in (INCREMENT, COUNTER_LOAD))
        rows.append((kind.name, rate, percentile(times, 50), percentile(times, 99), *ratios))
    heads = (
        f"{tabs} tabs", "events/s", "p50, ms", "p99, ms", "× the counter's event", "× the counter's page load"
    )  # fmt: skip
    return table(heads, rows), _ratio(taken, PLAIN, INCREMENT)


async def connected(session: aiohttp.ClientSession, url: str, tabs: int, state: str, sign: str) -> list[Tab]:
    """So many visitors of their own, each with the front page loaded."""
    return [await _connected(session, url, state, sign) for _ in range(tabs)]


async def _connected(session: aiohttp.ClientSession, url: str, state: str, sign: str) -> Tab:
    tab = Tab(session, url, await visitor(session, url))
    await tab.connect("/")
    await tab.until(lambda tab: tab.var(state, sign))
    return tab


def _ratio(taken: dict[Kind, list[Taken]], kind: Kind, beside: Kind) -> float:
    """Time an event, round by round, as many times the other's."""
    pairs = zip(taken[beside], taken[kind], strict=True)
    return statistics.median(theirs.rate / ours.rate for theirs, ours in pairs)


async def _round(kind: Kind, tabs: Sequence[Tab], seconds: float) -> Taken:
    times: list[float] = []
    begin = time.perf_counter()

    async def repeat(tab: Tab) -> None:
        while (sent := time.perf_counter()) < begin + seconds:
            tab.forget(kind.state)
            await kind.send(tab)
            await tab.until(kind.answered)
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(repeat(tab) for tab in tabs))
    return Taken(len(times) / (time.perf_counter() - begin), times)
