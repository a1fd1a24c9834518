"""Giving a reader what is kept about them, and erasing it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, and_, col, delete, or_, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.flows import FlowStep
from klarna_shop.shop.measurement import EventRecorder
from klarna_shop.shop.personal_data.kept import OF_BROWSER, plain
from klarna_shop.shop.purchase import Purchase, Purchases
from klarna_shop.shop.purchase.repository import purchases_of_visitor
from klarna_shop.shop.purchase.retention import ERASED
from klarna_shop.shop.purchase.states import OVER, PENDING
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Withdrawal, Withdrawals

NOBODY = "erased"
"""The `buyer` of a purchase whose buyer has been erased."""


@dataclass(frozen=True)
class PersonalData:
    """Everything in this shop's database about one reader. What Payway and Klarna keep is theirs to give."""

    database: Database
    purchases: Purchases
    withdrawals: Withdrawals
    events: EventRecorder
    clock: Clock

    async def export(self, reader: Reader) -> dict[str, Any]:
        """All of it, as JSON can hold it. Nothing for a reader whom the shop does not know."""
        given: dict[str, Any] = {"at": self.clock().isoformat()}
        if reader.preview or (reader.visitor_id is None and reader.customer is None):
            return given
        await self.events.flush()
        if reader.customer is not None:
            given["account"] = {"id": reader.customer.account_id, "email": reader.customer.email}
        return given | await self.database.read(lambda session: self._given(session, reader))

    def _given(self, session: Session, reader: Reader) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if reader.visitor_id is not None:
            given["browser"] = {"id": reader.visitor_id}
            for name, table in OF_BROWSER.items():
                rows = session.exec(select(table).where(table.visitor_id == reader.visitor_id))
                given["browser"][name] = [plain(row) for row in rows]
        purchases = session.exec(select(Purchase).where(_own(Purchase, reader))).all()
        given["purchases"] = [self._purchase(purchase) for purchase in purchases]
        withdrawals = session.exec(select(Withdrawal).where(_own(Withdrawal, reader)))
        given["withdrawals"] = [self._withdrawal(row) for row in withdrawals]
        of_purchases = col(FlowStep.purchase_id).in_([purchase.id for purchase in purchases])
        steps = session.exec(select(FlowStep).where(or_(of_purchases, _before_purchases(reader.visitor_id))))
        given["technical_log"] = [plain(step) for step in steps]
        return given

    def _purchase(self, purchase: Purchase) -> dict[str, Any]:
        customer = self.purchases.customer_details(purchase)
        email = self.purchases.receipt_email(purchase)
        return plain(purchase) | {"customer": vars(customer) if customer else None, "receipt_email": email}

    def _withdrawal(self, row: Withdrawal) -> dict[str, Any]:
        return plain(row) | vars(self.withdrawals.said(row))

    async def erase(self, reader: Reader) -> bool:
        """Erase what may go, in one transaction; whether a purchase under way keeps the browser known.

        What has only been begun is given up: nobody could be told what became of it. What stays, until it is
        over or for as long as the books must be kept: a purchase that was approved, what was bought when and
        for how much (without who), and declared withdrawals until they are dealt with.
        """
        if reader.preview:
            return False
        await self.purchases.abandon_open(reader)
        # What still waits in memory is of the time before.
        await self.events.flush()
        erase, lock = partial(_erase, reader=reader), reader.visitor_id or "personal data"
        return await self.database.write(erase, lock=lock)


def _erase(session: Session, reader: Reader) -> bool:
    """Erase what may go; return True if a purchase under way keeps the browser known."""
    visitor_id = reader.visitor_id
    if visitor_id is not None:
        for table in OF_BROWSER.values():
            session.exec(delete(table).where(table.visitor_id == visitor_id))
    over = col(Purchase.state).in_([state.value for state in OVER])
    steps = select(Purchase.id).where(_own(Purchase, reader), over)
    session.exec(delete(FlowStep).where(col(FlowStep.purchase_id).in_(steps)))
    if visitor_id is not None:
        session.exec(delete(FlowStep).where(_before_purchases(visitor_id)))
    # An account's purchases stay the account's, where Payway knows them; a browser's are nobody's now.
    erased = update(Purchase).where(over)
    if reader.account_id is not None:
        of_account = col(Purchase.account_id) == reader.account_id
        session.exec(erased.where(of_account).values(visitor_id=None, **ERASED))
    if visitor_id is None:
        return False
    of_browser = (col(Purchase.visitor_id) == visitor_id, col(Purchase.account_id).is_(None))
    session.exec(erased.where(*of_browser).values(**{**ERASED, "visitor_id": None, "buyer": NOBODY}))
    return bool(purchases_of_visitor(session, visitor_id, PENDING))


def _before_purchases(visitor_id: str | None) -> ColumnElement[bool]:
    """The recorded steps of a browser that belong to no purchase."""
    return and_(col(FlowStep.purchase_id).is_(None), col(FlowStep.visitor_id) == (visitor_id or ""))


def _own(table: type[Purchase] | type[Withdrawal], reader: Reader) -> Any:
    """The rows that are this reader's: the account's, and those of the browser that no account has."""
    of_browser = and_(col(table.visitor_id) == (reader.visitor_id or ""), col(table.account_id).is_(None))
    if reader.account_id is None:
        return of_browser
    return or_(of_browser, col(table.account_id) == reader.account_id)
