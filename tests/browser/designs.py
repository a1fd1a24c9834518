"""Designs put in force in a served shop, by way of its database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.store import Designs
from tests.served import ServedShop


@contextmanager
def in_force(shop: ServedShop, designs: Mapping[str, PaywallDesign]) -> Iterator[None]:
    """Publish these, by slug, and take them away again. A shop sees them within about a second."""
    _change(shop, designs, delete=False)
    try:
        yield
    finally:
        _change(shop, designs, delete=True)


def _change(shop: ServedShop, designs: Mapping[str, PaywallDesign], *, delete: bool) -> None:
    async def change() -> None:
        database = Database(shop.environment["DATABASE_URL"])
        store = Designs(database, system_clock)
        try:
            for slug, design in designs.items():
                if delete:
                    await store.delete(slug)
                else:
                    draft = await store.create(slug, design)
                    await store.publish(slug, draft.revision)
        finally:
            await database.close()

    # Playwright's own loop holds this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, change()).result()
