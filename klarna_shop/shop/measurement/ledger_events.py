"""Events of the ledger, written in the very transaction that changes a purchase.

So the funnel has an order if and only if the ledger has it, whatever crashes in between. Every later event
of a purchase is a copy of its `session_created` row with another name: a purchase that was opened without
consent, or whose visitor has withdrawn it since, gets none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from klarna_shop.shop.measurement.consent import who_accepted
from klarna_shop.shop.measurement.event_names import EventName
from klarna_shop.shop.measurement.storage import Happening, completed
from klarna_shop.shop.measurement.tables import MeasuredEvent

_COPIED = (
    "traffic",
    "visitor_id",
    "visit",
    "purchase_id",
    "article",
    "design",
    "design_version",
    "experiment",
    "variant",
    "offer",
    "language",
    "device",
    "source",
)


def purchase_opened(session: Session, opened: Happening) -> None:
    """Add `session_created`, with device and traffic as this visitor's latest event has them."""
    if not who_accepted(session, {opened.visitor_id}):
        return
    (row,) = completed(session, [opened])
    latest = (
        select(MeasuredEvent)
        .where(col(MeasuredEvent.visitor_id) == opened.visitor_id)
        .order_by(col(MeasuredEvent.id).desc())
    )
    before = session.exec(latest.limit(1)).first()
    if before is not None:
        row |= {"device": before.device, "traffic": before.traffic}
    session.exec(insert(MeasuredEvent).values([row]))


def purchase_went_on(
    session: Session,
    purchase_id: str,
    name: EventName,
    *,
    at: datetime,
    value: int = 0,
    outcome: str = "",
) -> None:
    """Add an event of a purchase whose opening was measured; of any other, nothing."""
    copied = [col(getattr(MeasuredEvent, column)) for column in _COPIED]
    given = {"at": literal(at, MeasuredEvent.__table__.c.at.type), "name": literal(name.value)}  # type: ignore[attr-defined]
    given |= {"value": literal(value), "outcome": literal(outcome[:60])}
    source = select_columns(*given.values(), *copied).where(
        col(MeasuredEvent.purchase_id) == purchase_id,
        col(MeasuredEvent.name) == EventName.SESSION_CREATED.value,
    )
    session.exec(insert(MeasuredEvent).from_select([*given, *_COPIED], source.limit(1)))
