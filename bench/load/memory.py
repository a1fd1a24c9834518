"""What an idle visitor holds of a server's memory."""

from __future__ import annotations

import asyncio

from bench.load.events import COUNTER, connected
from bench.load.figures import table
from bench.load.servers import Server
from bench.load.shopper import READER
from bench.load.socket import browsers

WARM_UP = 50
SETTLE_SECONDS = 2.0


async def compare(shop: Server, counter: Server, visitors: int) -> tuple[str, float]:
    """The table, and how many times the counter's bytes a visitor of the shop holds."""
    rows, each = [], {}
    for name, server, state, sign in (
        ("counter", counter, COUNTER, "count"),
        ("shop", shop, READER, "known"),
    ):
        before, after = await _held(server, visitors, state, sign)
        each[name] = (after - before) / visitors
        rows.append((name, before / 2**20, after / 2**20, each[name] / 1024))
    heads = (f"{visitors} idle visitors", "before, MiB", "after, MiB", "KiB each")
    return table(heads, rows), each["shop"] / each["counter"]


async def _held(server: Server, visitors: int, state: str, sign: str) -> tuple[int, int]:
    """Bytes before and after so many visitors more have come. The first ones bring what is made once."""
    async with browsers() as session:
        tabs = await connected(session, server.url, WARM_UP, state, sign)
        await asyncio.sleep(SETTLE_SECONDS)
        before = server.memory()
        tabs += await connected(session, server.url, visitors, state, sign)
        await asyncio.sleep(SETTLE_SECONDS)
        after = server.memory()
        await asyncio.gather(*(tab.close() for tab in tabs))
    return before, after
