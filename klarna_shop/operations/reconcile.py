"""Brings the ledger and Payway to agreement by hand: one round over everything unfinished, at once.

python -m klarna_shop.operations.reconcile
"""

from __future__ import annotations

import asyncio

from klarna_shop.assembly import House, build_house
from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.migrating import DatabaseUnusable, migrate
from klarna_shop.shop.purchase.reconciliation import Reconciled


def main() -> int:
    """Reconcile and print what there is and what changed; 1 where a person has to look into something."""
    try:
        settings = settings_at_start()
        migrate(settings.database_url.get_secret_value())
        return asyncio.run(_reconcile(build_house(settings)))
    except (ConfigurationError, DatabaseUnusable, DatabaseUnavailable) as failure:
        return stop(str(failure))


async def _reconcile(house: House) -> int:
    try:
        reconciled = await house.shop.reconciliation.run()
    finally:
        await house.shop.recorder.flush()
        await house.shop.close()
        if house.sandbox is not None:
            await house.sandbox.close()
    for line in told(reconciled):
        say(line)
    return 1 if reconciled.unresolved else 0


def told(reconciled: Reconciled) -> list[str]:
    """What a person at the terminal wants to know."""
    if reconciled.had_nothing_to_do:
        return ["reconcile: nothing was unfinished"]
    lines = [f"{'state':<13}{'before':>8}{'after':>8}"]
    lines += [
        f"{state.value:<13}{reconciled.before[state]:>8}{reconciled.after[state]:>8}"
        for state in reconciled.states
    ]
    if reconciled.unresolved:
        lines.append(
            f"{reconciled.unresolved} unresolved: look in Payway for an order whose"
            " merchant_reference is the purchase id"
        )
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
