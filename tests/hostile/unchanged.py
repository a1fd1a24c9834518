"""What must be the same after an attack as before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.served import ServedShop

KEPT = {
    "shop.sqlite3": (
        "purchase",
        "purchase_change",
        "paywall_design",
        "paywall_version",
        "paywall_history",
        "experiment",
        "experiment_history",
        "sign_in_session",
        "studio_session",
        "simulation",
        "withdrawal",
        "queued_mail",
    ),
    "sandbox.sqlite3": (
        "account",
        "mail",
        "klarna_session",
        "klarna_authorization",
        "purchase_order",
        "subscription",
        "payment",
        "planned_fault",
    ),
}
"""Tables of money, access, what readers meet and what they were told; not those of mere counts."""
MOST_OF_LOG = 60_000
"""Bytes that the worst attack may add."""


def contents(shop: ServedShop) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these tables."""
    found = {}
    for file, names in KEPT.items():
        with sqlite3.connect(shop.folder / file) as connection:
            for name in names:
                query = f"SELECT * FROM {name}"  # noqa: S608 - one of the names above
                found[name] = connection.execute(query).fetchall()
    return found


@contextmanager
def nothing_changes(shop: ServedShop) -> Iterator[None]:
    """The attack goes inside."""
    before, written = contents(shop), len(shop.log())
    yield
    assert contents(shop) == before
    assert len(shop.log()) - written < MOST_OF_LOG
    assert "Traceback" not in shop.log()[written:]
    assert httpx.get(f"{shop.url}/healthz", timeout=30).status_code == 200
