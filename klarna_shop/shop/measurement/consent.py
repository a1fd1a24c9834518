"""Who agreed to being measured. Without a yes in this table no event of a reader is ever written."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.measurement.tables import MeasuredEvent, MeasuringConsent

ASKED_AGAIN_AFTER = timedelta(days=365)


class Consents:
    """The answers of browsers, by their visitor id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, visitor_id: str) -> bool | None:
        """Yes, no, or None where there is no answer (any more)."""
        row = await self._database.read(lambda session: session.get(MeasuringConsent, visitor_id))
        return None if row is None else row.accepted

    async def choose(self, visitor_id: str, *, accepted: bool) -> None:
        """Store the answer. A no also erases what was measured of this browser before."""
        now = self._clock()

        def store(session: Session) -> None:
            session.merge(MeasuringConsent(visitor_id=visitor_id, accepted=accepted, chosen_at=now))
            if not accepted:
                session.exec(delete(MeasuredEvent).where(col(MeasuredEvent.visitor_id) == visitor_id))

        await self._database.write(store, lock=visitor_id)

    async def erase_old(self) -> None:
        """Forget answers that are too old to stand: whoever gave them is asked again."""
        old = delete(MeasuringConsent).where(
            col(MeasuringConsent.chosen_at) <= self._clock() - ASKED_AGAIN_AFTER
        )
        await self._database.clean_up(lambda session: session.exec(old))


def who_accepted(session: Session, visitor_ids: Collection[str]) -> frozenset[str]:
    """Those of the visitors who said yes."""
    found = session.exec(
        select(MeasuringConsent.visitor_id).where(
            col(MeasuringConsent.visitor_id).in_(visitor_ids), col(MeasuringConsent.accepted).is_(True)
        )
    )
    return frozenset(found.all())
