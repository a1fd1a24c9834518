"""Lists the declarations of withdrawal that have come in, for the seller.

    python -m klarna_shop.operations.withdrawals

What names a person is shown here and nowhere else; it is erased after RETENTION_DAYS.
"""

from __future__ import annotations

import asyncio
import sys

from klarna_shop.assembly import build_house
from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.settings import ConfigurationError, Settings
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.migrating import DatabaseUnusable, migrate
from klarna_shop.shop.money import local_time, price
from klarna_shop.shop.withdrawal import Outcome, Withdrawal, Withdrawals
from klarna_shop.ui.languages import DEFAULT_LANGUAGE

MEANING = {
    Outcome.ENDING: "being ended in Payway",
    Outcome.ENDED: "ended in Payway; pay back",
    Outcome.BY_HAND: "TO DO: end by hand in Payway; pay back",
    Outcome.RECORDED: "TO DO: look into it and answer",
}


def main() -> int:
    """Print them, newest first."""
    try:
        settings = settings_at_start()
        migrate(settings.database_url.get_secret_value())
        return asyncio.run(_list(settings))
    except (ConfigurationError, DatabaseUnusable, DatabaseUnavailable) as error:
        return stop(str(error))


async def _list(settings: Settings) -> int:
    house = build_house(settings)
    try:
        withdrawals = house.shop.withdrawals
        rows = await withdrawals.latest()
        say(f"{len(rows)} declarations of withdrawal" if rows else "No declarations of withdrawal.")
        for row in rows:
            say(_shown(withdrawals, row))
    finally:
        await house.shop.close()
    return 0


def _shown(withdrawals: Withdrawals, row: Withdrawal) -> str:
    said = withdrawals.said(row)
    person = f"{said.name} <{said.email}>" if said.email else "(erased)"
    back = f", {price(row.price, DEFAULT_LANGUAGE)}" if row.price else ""
    return (
        f"\n{local_time(row.at, DEFAULT_LANGUAGE)}  {row.standing}{back}: {MEANING[Outcome(row.outcome)]}\n"
        f"  {person}\n  {said.contract or row.order_id or ''}\n  {row.id}"
    )


if __name__ == "__main__":
    sys.exit(main())
