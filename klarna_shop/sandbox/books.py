"""The sandbox's books: everything that was bought and charged, for tests and tools to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.tables import Account, KlarnaSession, Mail, Order, Payment, Subscription, Table

Row = TypeVar("Row", bound=Table)


@dataclass(frozen=True)
class Books:
    """All rows, oldest first, detached from the database. Amounts are öre, times UTC."""

    accounts: list[Account]
    sessions: list[KlarnaSession]
    orders: list[Order]
    payments: list[Payment]
    subscriptions: list[Subscription]
    mails: list[Mail]


def read_books(session: Session) -> Books:
    """Read everything in one transaction."""
    return Books(
        accounts=_rows(session, Account),
        sessions=_rows(session, KlarnaSession),
        orders=_rows(session, Order),
        payments=_rows(session, Payment),
        subscriptions=_rows(session, Subscription),
        mails=_rows(session, Mail),
    )


def _rows(session: Session, table: type[Row]) -> list[Row]:
    return list(session.scalars(select(table).order_by(table.__table__.c.created)))
