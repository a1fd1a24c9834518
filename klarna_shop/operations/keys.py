"""Count of what the present `SECRET_KEY` cannot read any more, told before a server starts.

Refuses the start where an approval of Klarna's is among it, unless `SECRET_KEY_LOST=accept`.
"""

from __future__ import annotations

import asyncio

from klarna_shop.operations.progress import StepFailed, say
from klarna_shop.settings import Settings
from klarna_shop.shop.database import Database
from klarna_shop.shop.unreadable import Unreadable, find_unreadable


def check_keys(settings: Settings) -> None:
    """Tell in one line what cannot be read any more; nothing where all can. Blocks the thread.

    Raises:
        StepFailed: a purchase that Klarna approved is among it, and the settings do not accept its loss.
    """
    unreadable = asyncio.run(look(settings))
    if not unreadable:
        return
    line = f"SECRET_KEY cannot read what was written with another key ({unreadable})."
    if unreadable.approved and not settings.accepts_lost_key:
        raise StepFailed(
            f"{line} Put the other key behind the new one (SECRET_KEY=new,old); if it is lost,"
            " SECRET_KEY_LOST=accept leaves these purchases to a person and starts."
        )
    say(f"warning: {line}")


async def look(settings: Settings) -> Unreadable:
    """Count what the keys of the settings cannot read; the connections are given back.

    A server forks its workers afterwards, and a connection must not be carried through a fork.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        return await find_unreadable(database, settings.secret_keys)
    finally:
        await database.close()
