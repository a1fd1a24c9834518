"""Sandboxes that begin with their seed: made once by each test process, and copied for each test."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from klarna_shop.sandbox import Clock, Sandbox, SandboxSettings
from klarna_shop.sandbox.database import Opened

BEGAN_AT = datetime.now(UTC)
"""When this process of tests began: what a shop's demo customers bought, they bought some days before it."""


def seeded(sandbox: Sandbox, moment: datetime = BEGAN_AT) -> Sandbox:
    """Fill a sandbox in memory as it would fill itself at its first call at `moment`."""
    opened = sandbox._database._opened = Opened(None)
    _filled(sandbox.settings, moment).backup(_memory(opened))
    return sandbox


def _memory(opened: Opened) -> sqlite3.Connection:
    """The one connection of a sandbox in memory."""
    memory = opened.writer.raw_connection().driver_connection
    assert isinstance(memory, sqlite3.Connection)
    return memory


@cache
def _filled(settings: SandboxSettings, moment: datetime) -> sqlite3.Connection:
    # In a thread: a test's loop may be running here.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_fill(settings, moment))).result()


async def _fill(settings: SandboxSettings, moment: datetime) -> sqlite3.Connection:
    clock = Clock()
    clock.stop(moment)
    sandbox = Sandbox(settings, clock)
    await sandbox.books()
    assert sandbox._database._opened is not None
    filled = sqlite3.connect(":memory:", check_same_thread=False)
    _memory(sandbox._database._opened).backup(filled)
    await sandbox.close()
    return filled
