"""The only place where a purchase's state changes: one compare-and-set with its history row."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.mails import MailKind, MailQueue
from klarna_shop.shop.measurement import EventName, Happening
from klarna_shop.shop.measurement.ledger_events import purchase_opened, purchase_went_on
from klarna_shop.shop.purchase.repository import (
    find_purchase,
    history_of,
    is_authorization_used,
    page_in_state,
    was_bought_meanwhile,
)
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER, TRANSITIONS, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase, PurchaseChange

log = logging.getLogger(__name__)

PAGE = 200

Condition = Callable[[Session], None]
"""Looks at a change within its transaction, and raises where it must not be made."""
_UNDER_WAY_MARKS = ("one_purchase_under_way", "purchase.subscription_code")
"""PostgreSQL names the index that refused a change, SQLite its columns."""

_MEASURED = {
    PurchaseState.AUTHORIZED: EventName.AUTHORIZED,
    PurchaseState.PLACED: EventName.ORDER_PLACED,
    PurchaseState.COMPLETED: EventName.CONFIRMED,
    **dict.fromkeys((*OVER_WITHOUT_ORDER, PurchaseState.UNRESOLVED), EventName.PURCHASE_ENDED),
}
"""Changes that are events of the funnel, too."""


class IllegalTransition(Exception):
    """Code asked for a change that the table of transitions does not have: a programming error."""


class Conflict(Exception):
    """Another purchase of this buyer or address and this subscription is between approval and order."""


class AuthorizationUsed(Exception):
    """Another purchase has this authorization token: one of Klarna's approvals is good for one order."""


class Ledger:
    """Rows of purchases. Every write is its own transaction; `repository` has what is only read."""

    def __init__(self, database: Database, clock: Clock, mails: MailQueue) -> None:
        self.database = database
        self._clock = clock
        self._mails = mails

    async def add(self, purchase: Purchase) -> None:
        """Write a new purchase with its first history row."""

        def add(session: Session) -> None:
            session.add(purchase)
            session.flush()
            opened = PurchaseChange(
                purchase_id=purchase.id, at=purchase.created_at, to_state=purchase.state, cause="opened"
            )
            session.add(opened)
            _measure_opening(session, purchase)

        await self.database.write(add)

    async def find(self, purchase_id: str) -> Purchase | None:
        """Return the purchase as it is in the database now."""
        return await self.database.read(lambda session: find_purchase(session, purchase_id))

    async def current(self, purchase: Purchase) -> Purchase:
        """Return a purchase that was read before, as it is in the database now."""
        current = await self.find(purchase.id)
        assert current is not None, "purchases are never deleted"
        return current

    async def history(self, purchase_id: str) -> Sequence[PurchaseChange]:
        """Return every change of one purchase, oldest first."""
        return await self.database.read(lambda session: history_of(session, purchase_id))

    async def change(
        self,
        purchase: Purchase,
        to: PurchaseState,
        *,
        cause: str,
        condition: Condition | None = None,
        lock: str = "",
        **columns: object,
    ) -> Purchase | None:
        """Move `purchase` from the state it was read in to `to`, setting `columns` with it.

        A `condition` is looked at in the same transaction; changes under one `lock` are made one after the
        other.

        Returns the purchase as it is afterwards, or None where somebody else was faster and the state
        in the database is no longer the one that was read.

        Raises:
            IllegalTransition: the table of transitions has no such change.
            AuthorizationUsed: another purchase has the authorization token.
            Conflict: another purchase of this buyer or address and subscription is under way.
            Exception: what `condition` raises; nothing is changed then.
        """

        def change(session: Session) -> Purchase | None:
            changed = self._apply(session, purchase, to, cause=cause, **columns)
            if changed is not None and condition is not None:
                condition(session)
            return changed

        try:
            changed = await self.database.write(change, lock=lock)
        except IntegrityError as error:
            token = columns.get("authorization_fingerprint")
            if await self.database.read(lambda session: is_authorization_used(session, token, purchase.id)):
                raise AuthorizationUsed(purchase.id) from error
            if any(mark in str(error.orig) for mark in _UNDER_WAY_MARKS):
                raise Conflict(purchase.id) from error
            raise
        _log(purchase, changed, cause)
        return changed

    def _apply(
        self, session: Session, purchase: Purchase, to: PurchaseState, *, cause: str, **columns: object
    ) -> Purchase | None:
        """Make a change as part of a unit; see `change`."""
        before = purchase.status
        if to not in TRANSITIONS[before]:
            raise IllegalTransition(f"{before} -> {to}")
        now = self._clock()
        changed = _update(session, purchase, before, state=to.value, changed_at=now, **columns)
        if changed is None:
            return None
        session.add(
            PurchaseChange(
                purchase_id=purchase.id, at=now, from_state=before.value, to_state=to.value, cause=cause
            )
        )
        _measure_change(session, before, changed)
        if to is PurchaseState.COMPLETED:
            self._mails.put(session, MailKind.RECEIPT, purchase.id, now)
        return changed

    async def claim(
        self, purchase: Purchase, *, cause: str, **columns: object
    ) -> tuple[Purchase | None, bool]:
        """Move `purchase` to `placing` for one more attempt.

        Returns the purchase as `change` does, and True if the same was bought otherwise since it was opened.
        """
        attempt = purchase.place_attempts + 1

        def claim(session: Session) -> tuple[Purchase | None, bool]:
            claimed = self._apply(
                session,
                purchase,
                PurchaseState.PLACING,
                cause=cause,
                reason="",
                place_attempts=attempt,
                **columns,
            )
            if claimed is None:
                return None, False
            return claimed, was_bought_meanwhile(session, claimed, claimed.address_digest)

        claimed, is_bought = await self.database.write(claim)
        _log(purchase, claimed, cause)
        return claimed, is_bought

    async def mark_sent(self, purchase: Purchase) -> bool:
        """Note that the call of the present attempt is about to be sent.

        Returns False where the attempt is no longer this one, so that its call must not be sent.
        """
        attempt = purchase.place_attempts

        def mark(session: Session) -> bool:
            return _update(session, purchase, PurchaseState.PLACING, sent_attempt=attempt) is not None

        return await self.database.write(mark)

    async def set_waiver(self, purchase: Purchase, given: bool) -> Purchase | None:
        """Note that the buyer waives the right of withdrawal, or takes that back, before the order.

        Returns the purchase as it is afterwards, or None where it is under way already.
        """
        waived_at = self._clock() if given else None

        def note(session: Session) -> Purchase | None:
            return _update(session, purchase, PurchaseState.SESSION_OPEN, waived_at=waived_at)

        return await self.database.write(note)

    async def set_address(self, purchase: Purchase, digests: dict[str, str | None]) -> None:
        """Write the digests of a purchase that has none yet.

        Raises:
            Conflict: another purchase of this address and subscription is under way already.
        """
        statement = (
            update(Purchase)
            .where(col(Purchase.id) == purchase.id, col(Purchase.address_digest).is_(None))
            .values(**digests)
        )
        try:
            await self.database.write(lambda session: session.exec(statement))
        except IntegrityError as error:
            raise Conflict(purchase.id) from error

    async def in_state(
        self, state: PurchaseState, *, changed_before: datetime
    ) -> AsyncIterator[Sequence[Purchase]]:
        """All purchases that have been in this state since before a moment, oldest first, page by page.

        Those that changed in a future that cannot be are among them: when they did is unknown.
        """
        ahead = self._clock() + CLOCK_TOLERANCE
        long_enough = or_(col(Purchase.changed_at) <= changed_before, col(Purchase.changed_at) > ahead)
        last: Purchase | None = None
        while True:
            page = await self.database.read(
                partial(page_in_state, state=state, long_enough=long_enough, after=last, most=PAGE)
            )
            if page:
                yield page
                last = page[-1]
            if len(page) < PAGE:
                return


def _update(
    session: Session, purchase: Purchase, before: PurchaseState, /, **columns: Any
) -> Purchase | None:
    """Set columns of a purchase that is still in the state `before`, and return it; else None."""
    statement = (
        update(Purchase)
        .where(
            col(Purchase.id) == purchase.id,
            col(Purchase.state) == before.value,
            # A later attempt has the same state again; what an earlier one learned is not about it.
            col(Purchase.place_attempts) == purchase.place_attempts,
        )
        .values(**columns)
        .returning(Purchase)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).first()


def _log(before: Purchase, after: Purchase | None, cause: str) -> None:
    if after is not None:
        log.info("purchase %s: %s -> %s (%s)", before.id[:8], before.state, after.state, cause)


def _measure_opening(session: Session, purchase: Purchase) -> None:
    if purchase.visitor_id is None:
        return
    opened = Happening(
        EventName.SESSION_CREATED,
        purchase.created_at,
        purchase.visitor_id,
        purchase_id=purchase.id,
        article=purchase.article_slug or "",
        offer=f"{purchase.code}|{purchase.period_id}",
        value=purchase.price,
        language=purchase.language,
    )
    purchase_opened(session, opened)


def _measure_change(session: Session, before: PurchaseState, purchase: Purchase) -> None:
    to = purchase.status
    name = _MEASURED.get(to)
    if name is None or (to is PurchaseState.AUTHORIZED and before is not PurchaseState.SESSION_OPEN):
        return
    outcome = (purchase.reason or to.value) if name is EventName.PURCHASE_ENDED else ""
    at, value = purchase.changed_at, purchase.price
    purchase_went_on(session, purchase.id, name, at=at, value=value, outcome=outcome)
