"""Brings the ledger and Payway to agreement by hand: one round over everything unfinished, at once.

    python -m klarna_shop.operations.reconcile

The server does the same by itself every ten seconds. Safe beside a running server: every change is
compare-and-set, and Payway is asked before anything is repeated.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from sqlmodel import col, func, select

from klarna_shop.assembly import House, build_house
from klarna_shop.operations.progress import say, stop
from klarna_shop.settings import ConfigurationError, load_settings
from klarna_shop.shop.database import migrate
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.shop.purchase.states import OVER
from klarna_shop.shop.purchase.tables import Purchase

UNFINISHED = [state for state in PurchaseState if state not in OVER]


def main() -> int:
    """Reconcile and print what there is and what changed; 1 where a person has to look into something."""
    try:
        settings = load_settings()
    except ConfigurationError as failure:
        return stop(str(failure))
    migrate(settings.database_url.get_secret_value())
    return asyncio.run(_reconcile(build_house(settings)))


async def _reconcile(house: House) -> int:
    try:
        before = await count(house)
        await house.recovery.once(waiting=timedelta())
        after = await count(house)
    finally:
        await house.shop.close()
        if house.sandbox is not None:
            await house.sandbox.close()
    for line in told(before, after):
        say(line)
    return 1 if after[PurchaseState.UNRESOLVED] else 0


async def count(house: House) -> Counter[PurchaseState]:
    """How many purchases there are in each state."""
    async with house.shop.database.reading() as session:
        rows = await session.exec(select(Purchase.state, func.count()).group_by(col(Purchase.state)))
        return Counter({PurchaseState(state): number for state, number in rows})


def told(before: Counter[PurchaseState], after: Counter[PurchaseState]) -> list[str]:
    """What a person at the terminal wants to know."""
    if not any(before[state] for state in UNFINISHED):
        return ["reconcile: nothing was unfinished"]
    lines = [f"{'state':<13}{'before':>8}{'after':>8}"]
    lines += [
        f"{state.value:<13}{before[state]:>8}{after[state]:>8}"
        for state in PurchaseState
        if before[state] or after[state]
    ]
    if after[PurchaseState.UNRESOLVED]:
        lines.append(
            f"{after[PurchaseState.UNRESOLVED]} unresolved: look in Payway for an order whose"
            " merchant_reference is the purchase id"
        )
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
