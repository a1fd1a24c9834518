"""What one may look for among the flows, and the query that finds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import String, exists, literal, null, union_all
from sqlalchemy import select as select_columns
from sqlmodel import col, or_

from klarna_shop.shop.flows.customers import Found
from klarna_shop.shop.flows.steps import NOT_OPENED
from klarna_shop.shop.flows.tables import FlowStep
from klarna_shop.shop.money import SELLER_ZONE
from klarna_shop.shop.purchase.tables import Purchase

NEVER_OPENED = "not_opened"
"""State of a flow whose purchase got no row."""
PAGE = 25
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Days between which flows can be; what is asked for beyond them is as good as these."""


@dataclass(frozen=True)
class FlowSearch:
    """What is looked for; empty fields are not.

    `number` is the beginning of a purchase id, or an order's number. `customer` is an e-mail address, an
    account id or the fingerprint of a browser. `error` is Payway's code, the name of a failure, or the shop's
    reason. Days are the seller's, both included.
    """

    number: str = ""
    customer: str = ""
    state: str = ""
    error: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


def statement(search: FlowSearch, found: Found) -> Any:
    """Purchases and flows that came to none, newest first: one page and one row more."""
    together = union_all(_purchases(search, found), _unopened(search, found)).subquery()
    return (
        select_columns(together)
        .order_by(together.c.began_at.desc(), together.c.purchase_id)
        .offset((search.page - 1) * PAGE)
        .limit(PAGE + 1)
    )


def _purchases(search: FlowSearch, found: Found) -> Any:
    rows: Any = select_columns(
        col(Purchase.id).label("purchase_id"),
        col(Purchase.created_at).label("began_at"),
        col(Purchase.state).label("state"),
        col(Purchase.reason).label("error"),
        col(Purchase.code).label("code"),
        col(Purchase.account_id).label("account_id"),
        col(Purchase.visitor_id).label("visitor_id"),
        col(Purchase.order_id).label("order_id"),
    )
    if search.number:
        begins = col(Purchase.id).startswith(search.number, autoescape=True)
        rows = rows.where(or_(begins, col(Purchase.order_id) == search.number))
    if search.customer:
        rows = rows.where(
            or_(
                col(Purchase.account_id).in_({search.customer, *found.accounts}),
                col(Purchase.visitor_id) == search.customer,
                col(Purchase.id).in_(found.purchases),
            )
        )
    if search.state:
        rows = rows.where(col(Purchase.state) == search.state)
    if search.error:
        rows = rows.where(
            or_(col(Purchase.reason) == search.error, _has_error(col(Purchase.id), search.error))
        )
    return _between(rows, col(Purchase.created_at), search)


def _unopened(search: FlowSearch, found: Found) -> Any:
    rows: Any = select_columns(
        col(FlowStep.purchase_id),
        col(FlowStep.at),
        literal(NEVER_OPENED, String),
        col(FlowStep.error),
        literal("", String),
        null(),
        col(FlowStep.visitor_id),
        null(),
    ).where(col(FlowStep.operation) == NOT_OPENED, col(FlowStep.purchase_id).is_not(None))
    if search.number:
        rows = rows.where(col(FlowStep.purchase_id).startswith(search.number, autoescape=True))
    if search.customer:
        accounts = {search.customer, *found.accounts}
        named = (col(FlowStep.request).contains(f'"account_id":"{one}"', autoescape=True) for one in accounts)
        rows = rows.where(or_(col(FlowStep.visitor_id) == search.customer, *named))
    if search.state and search.state != NEVER_OPENED:
        rows = rows.where(literal(1) == 0)
    if search.error:
        own = col(FlowStep.error) == search.error
        rows = rows.where(or_(own, _has_error(col(FlowStep.purchase_id), search.error)))
    return _between(rows, col(FlowStep.at), search)


def _has_error(purchase_id: Any, error: str) -> Any:
    step = FlowStep.__table__.alias()  # type: ignore[attr-defined]
    return exists().where(step.c.purchase_id == purchase_id, step.c.error == error)


def _between(rows: Any, moment: Any, search: FlowSearch) -> Any:
    if search.since:
        rows = rows.where(moment >= _midnight(search.since))
    if search.until:
        rows = rows.where(moment < _midnight(min(search.until, LATEST) + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(max(day, EARLIEST), time(), SELLER_ZONE)
