"""One shopper: a whole purchase, step by step, each step timed to the update that ends it."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.load.socket import ROOT, StepFailed, Tab

PREMIUM = "strommingen-krymper"
METERED = "bageriet-pa-strandgatan"
READER = f"{ROOT}.klarna_shop___ui___reader_state____reader_state"
ARTICLE = f"{ROOT}.klarna_shop___ui___storefront___state____article_state"
PACKAGES = f"{ROOT}.klarna_shop___ui___packages___state____packages_state"
CHECKOUT = f"{ROOT}.klarna_shop___ui___checkout___state____checkout_state"
CONFIRMATION = f"{ROOT}.klarna_shop___ui___confirmation___state____confirmation_state"

FIRST_BYTES = "front page, HTTP"
CONNECTED = "front page, connected"
METER = "metered article opens"
WALL = "wall"
PICKER = "picker"
OPENED = "session created"
CHECKOUT_SHOWN = "checkout shown"
ACKNOWLEDGED = "approval acknowledged"
PLACED = "order placed"
CONFIRMED = "confirmation"
READ = "bought article opens"
STEPS = (
    FIRST_BYTES, CONNECTED, METER, WALL, PICKER, OPENED, CHECKOUT_SHOWN, ACKNOWLEDGED, PLACED, CONFIRMED, READ
)  # fmt: skip


@dataclass
class Times:
    """Seconds of every step taken, and what went wrong."""

    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    purchases: int = 0
    errors: list[str] = field(default_factory=list)


@asynccontextmanager
async def timed(times: Times, step: str) -> AsyncIterator[None]:
    """Note how long the block took; a failure says in which step."""
    begin = time.perf_counter()
    try:
        yield
    except StepFailed as failure:
        raise StepFailed(f"{step}: {failure}") from failure
    times.steps[step].append(time.perf_counter() - begin)


async def visitor(session: aiohttp.ClientSession, url: str) -> str:
    """Fetch the front page; the cookies that came with it."""
    async with session.get(f"{url}/") as answer:
        await answer.read()
        return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())


async def buy(session: aiohttp.ClientSession, url: str, times: Times) -> None:
    """From the front page to the bought article."""
    try:
        async with timed(times, FIRST_BYTES):
            cookie = await visitor(session, url)
        tab = Tab(session, url, cookie)
        try:
            await _buy(tab, times)
        finally:
            await tab.close()
    except (StepFailed, aiohttp.ClientError, TimeoutError, OSError) as failure:
        times.errors.append(f"{type(failure).__name__} {failure}")
    else:
        times.purchases += 1


async def _buy(tab: Tab, times: Times) -> None:
    async with timed(times, CONNECTED):
        await tab.connect("/")
        await tab.until(lambda tab: tab.var(READER, "known"))
    await read(tab, times, METER, METERED, "open")
    await read(tab, times, WALL, PREMIUM, "walled")
    path = f"/packages?from={PREMIUM}"
    async with timed(times, PICKER):
        await tab.load(path)
        await tab.until(lambda tab: tab.var(PACKAGES, "status") == "ready")
    purchase = await open_purchase(tab, times, path)
    checkout = f"/checkout?purchase={purchase}"
    async with timed(times, CHECKOUT_SHOWN):
        await tab.load(checkout)
        await tab.until(lambda tab: tab.var(CHECKOUT, "status") == "payable")
    mark = tab.var(CHECKOUT, "session_fingerprint")
    outcome = {"sessionFingerprint": mark, "authorizationToken": str(uuid.uuid4())}
    begin = time.perf_counter()
    async with timed(times, ACKNOWLEDGED):
        await tab.send(f"{CHECKOUT}.authorized", {"outcome": outcome}, checkout)
        await tab.until(lambda tab: tab.var(CHECKOUT, "acknowledged") == mark)
    await tab.until(lambda tab: tab.var(CHECKOUT, "status") in {"working", "closed"})
    if tab.var(CHECKOUT, "status") == "closed":
        raise StepFailed(f"{PLACED}: checkout-error {tab.var(CHECKOUT, 'error')}")
    times.steps[PLACED].append(time.perf_counter() - begin)
    async with timed(times, CONFIRMED):
        await tab.load(f"/confirmation?purchase={purchase}")
        await tab.until(lambda tab: tab.var(CONFIRMATION, "status") == "completed")
    await read(tab, times, READ, PREMIUM, "open")


async def read(tab: Tab, times: Times, step: str, slug: str, status: str) -> None:
    """Open an article and wait until it shows as `status`."""
    tab.forget(ARTICLE)
    async with timed(times, step):
        await tab.load(f"/article/{slug}")
        await tab.until(lambda tab: tab.var(ARTICLE, "status") == status)


async def open_purchase(tab: Tab, times: Times, path: str) -> str:
    """Press continue for the monthly package; the purchase's id."""
    offers: list[dict[str, Any]] = tab.var(PACKAGES, "offers")
    offer = next(offer for offer in offers if offer["code"] == "digital")
    form = {
        "offer": offer["key"],
        "email": f"load-{uuid.uuid4().hex[:12]}@exempel.example",
        "first_name": "Ny",
        "last_name": "Läsare",
        "start_date": "",
    }
    known = len(tab.redirects)
    async with timed(times, OPENED):
        await tab.send(f"{PACKAGES}.open_purchase", {"form": form}, path)
        await tab.until(lambda tab: len(tab.redirects) > known or tab.var(PACKAGES, "error"))
        if len(tab.redirects) == known:
            raise StepFailed(f"picker-error {tab.var(PACKAGES, 'error')}")
    return tab.redirects[-1].partition("purchase=")[2]
