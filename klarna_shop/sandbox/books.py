"""The sandbox's books: everything that was bought and charged, for tests and tools to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

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


async def read_books(session: AsyncSession) -> Books:
    """Read everything in one transaction."""
    return Books(
        accounts=await _rows(session, Account),
        sessions=await _rows(session, KlarnaSession),
        orders=await _rows(session, Order),
        payments=await _rows(session, Payment),
        subscriptions=await _rows(session, Subscription),
        mails=await _rows(session, Mail),
    )


async def _rows(session: AsyncSession, table: type[Row]) -> list[Row]:
    return list(await session.scalars(select(table).order_by(table.__table__.c.created)))
