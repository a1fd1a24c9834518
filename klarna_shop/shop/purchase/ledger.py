"""The only place where a purchase's state changes: one compare-and-set with its history row."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, and_, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.mails import MailKind, MailQueue
from klarna_shop.shop.measurement import EventName, Happening
from klarna_shop.shop.measurement.ledger_events import purchase_opened, purchase_went_on
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER, PENDING, TRANSITIONS, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase, PurchaseChange

log = logging.getLogger(__name__)

PAGE = 200
MOST_NAMED = 10
"""Of one account more are never between approval and access."""

Condition = Callable[[AsyncSession], Awaitable[None]]
"""Looks at a change within its transaction, and raises where it must not be made."""
_UNDER_WAY_MARKS = ("one_purchase_under_way", "purchase.subscription_code")
"""PostgreSQL names the index that refused a change, SQLite its columns."""
_CONDITIONAL = "conditional change of a purchase"

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
    """Rows of purchases. Every write is its own transaction."""

    def __init__(self, database: Database, clock: Clock, mails: MailQueue) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails

    async def add(self, purchase: Purchase) -> None:
        """Write a new purchase with its first history row."""
        async with self._database.writing() as session:
            session.add(purchase)
            await session.flush()
            session.add(
                PurchaseChange(
                    purchase_id=purchase.id, at=purchase.created_at, to_state=purchase.state, cause="opened"
                )
            )
            await self._measure_opening(session, purchase)

    async def find(self, purchase_id: str) -> Purchase | None:
        """The purchase as it is in the database now."""
        async with self._database.reading() as session:
            return await session.get(Purchase, purchase_id)

    async def by_ids(self, purchase_ids: Iterable[str]) -> Sequence[Purchase]:
        """Return those of these purchases that there are."""
        wanted = sorted({purchase_id for purchase_id in purchase_ids if purchase_id})
        if not wanted:
            return ()
        async with self._database.reading() as session:
            return (await session.exec(select(Purchase).where(col(Purchase.id).in_(wanted)))).all()

    async def id_of_session(self, session_fingerprint: str) -> str | None:
        """Of which purchase this Klarna session is."""
        async with self._database.reading() as session:
            found = select(Purchase.id).where(col(Purchase.session_fingerprint) == session_fingerprint)
            return (await session.exec(found)).first()

    async def change(
        self,
        purchase: Purchase,
        to: PurchaseState,
        *,
        cause: str,
        condition: Condition | None = None,
        **columns: object,
    ) -> Purchase | None:
        """Move `purchase` from the state it was read in to `to`, setting `columns` with it.

        A `condition` is looked at in the same transaction; changes with one are made one after the other.

        Returns the purchase as it is afterwards, or None where somebody else was faster and the state
        in the database is no longer the one that was read.

        Raises:
            IllegalTransition: the table of transitions has no such change.
            AuthorizationUsed: another purchase has the authorization token.
            Conflict: another purchase of this buyer or address and subscription is under way.
            Exception: what `condition` raises; nothing is changed then.
        """
        before = purchase.status
        if to not in TRANSITIONS[before]:
            raise IllegalTransition(f"{before} -> {to}")
        now = self._clock()
        statement = (
            update(Purchase)
            .where(
                col(Purchase.id) == purchase.id,
                col(Purchase.state) == before.value,
                # A later attempt has the same state again; what an earlier one learned is not about it.
                col(Purchase.place_attempts) == purchase.place_attempts,
            )
            .values(state=to.value, changed_at=now, **columns)
        )
        try:
            writing = self._database.writing_alone(_CONDITIONAL) if condition else self._database.writing()
            async with writing as session:
                result = await session.exec(statement)
                assert isinstance(result, CursorResult)
                if result.rowcount != 1:
                    return None
                if condition is not None:
                    await condition(session)
                session.add(
                    PurchaseChange(
                        purchase_id=purchase.id,
                        at=now,
                        from_state=before.value,
                        to_state=to.value,
                        cause=cause,
                    )
                )
                await self._measure_change(session, purchase, to, now, columns)
                if to is PurchaseState.COMPLETED:
                    await self._mails.put(session, MailKind.RECEIPT, purchase.id, now)
        except IntegrityError as error:
            if await self._is_used(columns.get("authorization_fingerprint"), purchase):
                raise AuthorizationUsed(purchase.id) from error
            if any(mark in str(error.orig) for mark in _UNDER_WAY_MARKS):
                raise Conflict(purchase.id) from error
            raise
        log.info("purchase %s: %s -> %s (%s)", purchase.id[:8], before, to, cause)
        return await self.find(purchase.id)

    async def mark_sent(self, purchase: Purchase) -> bool:
        """Note that the call of the present attempt is about to be sent.

        Returns False where the attempt is no longer this one, so that its call must not be sent.
        """
        statement = (
            update(Purchase)
            .where(
                col(Purchase.id) == purchase.id,
                col(Purchase.state) == PurchaseState.PLACING.value,
                col(Purchase.place_attempts) == purchase.place_attempts,
            )
            .values(sent_attempt=purchase.place_attempts)
        )
        async with self._database.writing() as session:
            result = await session.exec(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount == 1

    async def set_waiver(self, purchase: Purchase, given: bool) -> Purchase | None:
        """Note that the buyer waives the right of withdrawal, or takes that back, before the order.

        Returns the purchase as it is afterwards, or None where it is under way already.
        """
        statement = (
            update(Purchase)
            .where(col(Purchase.id) == purchase.id, col(Purchase.state) == PurchaseState.SESSION_OPEN.value)
            .values(waived_at=self._clock() if given else None)
        )
        async with self._database.writing() as session:
            result = await session.exec(statement)
        assert isinstance(result, CursorResult)
        return await self.find(purchase.id) if result.rowcount == 1 else None

    async def _measure_opening(self, session: AsyncSession, purchase: Purchase) -> None:
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
        await purchase_opened(session, opened)

    async def _measure_change(
        self,
        session: AsyncSession,
        purchase: Purchase,
        to: PurchaseState,
        at: datetime,
        columns: dict[str, object],
    ) -> None:
        name = _MEASURED.get(to)
        if name is None or (
            to is PurchaseState.AUTHORIZED and purchase.status is not PurchaseState.SESSION_OPEN
        ):
            return
        outcome = ""
        if name is EventName.PURCHASE_ENDED:
            outcome = str(columns.get("reason") or to.value)
        await purchase_went_on(session, purchase.id, name, at=at, value=purchase.price, outcome=outcome)

    async def _is_used(self, authorization_fingerprint: object, purchase: Purchase) -> bool:
        if authorization_fingerprint is None:
            return False
        others = select(Purchase).where(
            col(Purchase.authorization_fingerprint) == authorization_fingerprint, Purchase.id != purchase.id
        )
        return bool(await self._read(others.limit(1)))

    async def calls_under_way(self) -> list[Purchase]:
        """All purchases whose call of place_order is under way, or was when its process died."""
        return list(
            await self._read(select(Purchase).where(col(Purchase.state) == PurchaseState.PLACING.value))
        )

    async def in_state(
        self, state: PurchaseState, *, changed_before: datetime
    ) -> AsyncIterator[Sequence[Purchase]]:
        """All purchases that have been in this state since before a moment, oldest first, page by page.

        Those that changed in a future that cannot be are among them: when they did is unknown.
        """
        ahead = self._clock() + CLOCK_TOLERANCE
        long_enough = or_(col(Purchase.changed_at) <= changed_before, col(Purchase.changed_at) > ahead)
        waiting = (
            select(Purchase)
            .where(col(Purchase.state) == state.value, long_enough)
            .order_by(col(Purchase.changed_at), col(Purchase.id))
            .limit(PAGE)
        )
        page = await self._read(waiting)
        while page:
            yield page
            moment, last_id = page[-1].changed_at, page[-1].id
            later = col(Purchase.changed_at) > moment
            beside = and_(col(Purchase.changed_at) == moment, col(Purchase.id) > last_id)
            page = await self._read(waiting.where(or_(later, beside))) if len(page) == PAGE else ()

    async def _read(self, statement: SelectOfScalar[Purchase]) -> Sequence[Purchase]:
        async with self._database.reading() as session:
            return (await session.exec(statement)).all()

    async def has_ordered(self, kind: OfferKind, since: datetime) -> bool:
        """Return True if Payway has taken an order of this kind since a moment."""
        found = await self._read(
            select(Purchase).where(Purchase.kind == kind.value, col(Purchase.placed_at) >= since).limit(1)
        )
        return bool(found)

    async def of_buyer(self, buyer: str, states: Iterable[PurchaseState]) -> Sequence[Purchase]:
        """A buyer's purchases in these states, newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(Purchase)
                .where(Purchase.buyer == buyer, col(Purchase.state).in_([state.value for state in states]))
                .order_by(col(Purchase.created_at).desc())
            )
            return found.all()

    async def of_visitor(self, visitor_id: str, states: Iterable[PurchaseState]) -> Sequence[Purchase]:
        """Purchases made in a browser without signing in, in these states, newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(Purchase)
                .where(
                    Purchase.visitor_id == visitor_id,
                    col(Purchase.account_id).is_(None),
                    col(Purchase.state).in_([state.value for state in states]),
                )
                .order_by(col(Purchase.created_at).desc())
            )
            return found.all()

    async def named(
        self, states: Iterable[PurchaseState], *, purchase_id: str, order_number: str, account_id: str
    ) -> Sequence[Purchase]:
        """Purchases in these states with this id, order number or account (empty: none), newest first."""
        wanted = (
            (Purchase.id, purchase_id),
            (Purchase.order_id, order_number),
            (Purchase.account_id, account_id),
        )
        named = [col(column) == value for column, value in wanted if value]
        if not named:
            return ()
        return await self._read(
            select(Purchase)
            .where(or_(*named), col(Purchase.state).in_([state.value for state in states]))
            .order_by(col(Purchase.created_at).desc())
            .limit(MOST_NAMED)
        )

    async def of_address(self, address_digest: str, states: Iterable[PurchaseState]) -> Sequence[Purchase]:
        """Purchases of one account's e-mail address in these states, in whichever browser."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(Purchase).where(
                    Purchase.address_digest == address_digest,
                    col(Purchase.state).in_([state.value for state in states]),
                )
            )
            return found.all()

    async def bought_meanwhile(self, purchase: Purchase, address_digest: str | None) -> bool:
        """True if buyer or address completed one of this subscription after this purchase was opened."""
        same = [col(Purchase.buyer) == purchase.buyer]
        if address_digest is not None:
            same.append(col(Purchase.address_digest) == address_digest)
        async with self._database.reading() as session:
            found = await session.exec(
                select(Purchase.id)
                .where(
                    or_(*same),
                    Purchase.subscription_code == purchase.subscription_code,
                    Purchase.id != purchase.id,
                    Purchase.state == PurchaseState.COMPLETED.value,
                    col(Purchase.completed_at) >= purchase.created_at,
                )
                .limit(1)
            )
            return found.first() is not None

    async def without_address(self) -> Sequence[Purchase]:
        """Purchases from before addresses were digested that others must be held against."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(Purchase).where(
                    col(Purchase.address_digest).is_(None),
                    col(Purchase.receipt_email_encrypted).is_not(None),
                    or_(
                        col(Purchase.state).in_([state.value for state in PENDING]),
                        and_(
                            col(Purchase.kind) == OfferKind.TRIAL.value,
                            col(Purchase.state) == PurchaseState.COMPLETED.value,
                        ),
                    ),
                )
            )
            return found.all()

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
            async with self._database.writing() as session:
                await session.exec(statement)
        except IntegrityError as error:
            raise Conflict(purchase.id) from error

    async def history(self, purchase_id: str) -> Sequence[PurchaseChange]:
        """Every change of one purchase, oldest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(PurchaseChange)
                .where(PurchaseChange.purchase_id == purchase_id)
                .order_by(col(PurchaseChange.id))
            )
            return found.all()
