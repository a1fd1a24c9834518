"""What the studio asks: which flows there are, and what happened in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session, col, func, select

from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.flows.customers import Customers, Found
from klarna_shop.shop.flows.search import NEVER_OPENED, PAGE, FlowSearch, statement
from klarna_shop.shop.flows.steps import NOT_OPENED
from klarna_shop.shop.flows.tables import FlowStep
from klarna_shop.shop.flows.timeline import TimelineStep, merged
from klarna_shop.shop.purchase.tables import Purchase, PurchaseChange

MOST_STEPS = 500
"""Of one flow that are shown: the first."""
BEFORE = timedelta(minutes=30)
"""How long before a purchase what the same browser did belongs to its story."""
MOST_BEFORE = 50


@dataclass(frozen=True)
class FlowSummary:
    """One flow in the list. `code` is the offer's; `visitor_id` the fingerprint of the browser's cookie."""

    purchase_id: str
    began_at: datetime
    state: str
    error: str
    code: str
    account_id: str | None
    visitor_id: str | None
    order_id: str | None


@dataclass(frozen=True)
class FlowPage:
    """A page of the list, and whether there is another."""

    flows: Sequence[FlowSummary]
    more: bool


@dataclass(frozen=True)
class Flow:
    """One flow with everything that happened in it, oldest first."""

    summary: FlowSummary
    steps: Sequence[TimelineStep]

    def exported(self) -> dict[str, Any]:
        """As JSON."""
        began_at = self.summary.began_at.isoformat()
        return {
            "flow": asdict(self.summary) | {"began_at": began_at},
            "steps": [step.exported() for step in self.steps],
        }


class Flows:
    """Reads the recorded steps together with the ledger."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self._database = database
        self._customers = Customers(database, encryption)

    async def search(self, search: FlowSearch) -> FlowPage:
        """Flows that match, newest first."""
        found = await self._customers.find(search.customer) if "@" in search.customer else Found()
        matching = statement(search, found)
        rows = await self._database.read(lambda session: session.connection().execute(matching).all())
        flows = [FlowSummary(**row._mapping) for row in rows[:PAGE]]
        return FlowPage(flows, len(rows) > PAGE)

    async def newest_of(self, visitor_id: str) -> str:
        """The id of the newest flow of one browser; empty where it has none."""
        page = await self.search(FlowSearch(customer=visitor_id))
        return page.flows[0].purchase_id if page.flows else ""

    async def flow(self, purchase_id: str) -> Flow | None:
        """One flow; None where nothing is known of it (any more)."""
        return await self._database.read(partial(_flow, purchase_id))

    async def version(self, purchase_id: str) -> tuple[int, int]:
        """Grows whenever the flow does: what whoever follows it asks again and again."""
        step = select(func.max(FlowStep.id)).where(FlowStep.purchase_id == purchase_id)
        change = select(func.max(PurchaseChange.id)).where(PurchaseChange.purchase_id == purchase_id)
        return await self._database.read(
            lambda session: (session.exec(step).one() or 0, session.exec(change).one() or 0)
        )


def _flow(purchase_id: str, session: Session) -> Flow | None:
    purchase = session.get(Purchase, purchase_id)
    own = session.exec(
        select(FlowStep)
        .where(FlowStep.purchase_id == purchase_id)
        .order_by(col(FlowStep.at), col(FlowStep.id))
        .limit(MOST_STEPS)
    ).all()
    if purchase is None and not own:
        return None
    summary = _summary(purchase) if purchase else _unopened(own)
    earlier = session.exec(
        select(FlowStep)
        .where(
            FlowStep.visitor_id == summary.visitor_id,
            col(FlowStep.purchase_id).is_(None),
            col(FlowStep.at) <= summary.began_at,
            col(FlowStep.at) >= summary.began_at - BEFORE,
        )
        .order_by(col(FlowStep.at).desc())
        .limit(MOST_BEFORE)
    ).all()
    changes = session.exec(
        select(PurchaseChange)
        .where(PurchaseChange.purchase_id == purchase_id)
        .order_by(col(PurchaseChange.id))
    ).all()
    return Flow(summary, merged([*reversed(earlier), *own], changes))


def _summary(purchase: Purchase) -> FlowSummary:
    return FlowSummary(
        purchase_id=purchase.id,
        began_at=purchase.created_at,
        state=purchase.state,
        error=purchase.reason,
        code=purchase.code,
        account_id=purchase.account_id,
        visitor_id=purchase.visitor_id,
        order_id=purchase.order_id,
    )


def _unopened(steps: Sequence[FlowStep]) -> FlowSummary:
    last = next((step for step in reversed(steps) if step.operation == NOT_OPENED), steps[-1])
    return FlowSummary(
        purchase_id=last.purchase_id or "",
        began_at=steps[0].at,
        state=NEVER_OPENED,
        error=last.error,
        code="",
        account_id=None,
        visitor_id=last.visitor_id,
        order_id=None,
    )
