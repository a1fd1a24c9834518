"""Taking a declaration, and ending what it is about where the declarer may end it."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from klarna_shop.payway import Conflict, InvalidParameter, NotFound, PaywayClient, PaywayError
from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.flows import FlowRecorder, Party, in_flow
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.mails import MailKind, MailQueue
from klarna_shop.shop.purchase import Purchase
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal.contracts import CannotTell, Contract, Contracts
from klarna_shop.shop.withdrawal.declaration import CLOSING, Declaration, Outcome, Standing
from klarna_shop.shop.withdrawal.limits import DeclarationLimits
from klarna_shop.shop.withdrawal.tables import Withdrawal

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 15.0
"""How long the reader waits for Payway; their declaration stands before it is asked."""
WAITING = timedelta(seconds=30)
"""How long an unfinished one is left to the page that works on it."""
LONGEST = timedelta(days=1)
"""After that a person has to end it."""
DAY = timedelta(days=1)
OF_AN_ADDRESS = 5
"""Receipts a day to one address of declarations in words. Further ones are recorded and not mailed."""
OF_A_BROWSER = 10
"""Declarations in words a day."""
IN_WORDS = "withdrawals in words"
"""The name under which they are counted and recorded one after the other."""
IDENTIFIER = re.compile(r"\A[A-Za-z0-9_-]{32}\Z")
OVER = frozenset({"cancelled", "deactivated"})
"""States of a subscription that will not renew (payway-api.md §9.3)."""


class CannotDeclare(Exception):
    """Nothing was recorded. `reason` is `invalid_fields`, `not_yours` or `too_many`."""

    def __init__(self, reason: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = fields


@dataclass(frozen=True)
class Withdrawals:
    """Declarations of withdrawal."""

    database: Database
    payway: PaywayClient
    contracts: Contracts
    entitlements: Entitlements
    encryption: Encryption
    mails: MailQueue
    recorder: FlowRecorder
    clock: Clock
    limits: DeclarationLimits = field(default_factory=DeclarationLimits)

    @staticmethod
    def new_id() -> str:
        """An id for a declaration that is going to be made, so that it can be repeated safely."""
        return secrets.token_urlsafe(24)

    async def declare(
        self,
        reader: Reader,
        declaration: Declaration,
        language: str,
        reference: str = "",
        *,
        new_id: str = "",
        address: str = "",
    ) -> Withdrawal:
        """Record a declaration, and end the order's subscription where that is the declarer's to do.

        `reference` names a contract of the reader's own (`Contract.reference`); without one the declaration
        is a stranger's, and so it is where Payway does not say in time whose the order is: then the words of
        the declaration say which it is, for the seller to look at. A contract is withdrawn from once, and so
        is under one `new_id` (never the browser's word, see `new_id()`): the first declaration is what a
        repetition answers with. `address` is where the declarer calls from.

        Raises:
            CannotDeclare: with the reason; nothing was recorded.
        """
        if faults := declaration.faults(names_contract=not reference):
            raise CannotDeclare("invalid_fields", faults)
        contract = await self._contract(reader, reference) if reference else None
        row = self._row(new_id or self.new_id(), reader, declaration, language, contract)

        def look(session: Session) -> tuple[Withdrawal | None, bool]:
            before = _before(session, row)
            return before, before is not None or contract is not None or _has_room(session, row)

        before, has_room = await self.database.read(look)
        if before is not None:
            return before
        # Counted in memory, and so not in the transaction, which may be rolled back.
        has_receipt = contract is not None or self._may_mail(has_room, address)
        is_recorded = row.outcome == Outcome.RECORDED
        has_notice = is_recorded and (contract is not None or self.limits.mails_notice())

        def record(session: Session) -> bool:
            is_mailed = (contract is not None or _has_room(session, row)) and has_receipt
            session.add(row)
            session.flush()
            if is_mailed:
                self.mails.put(session, MailKind.WITHDRAWAL_RECEIPT, row.id, row.at)
            if has_notice:
                self.mails.put(session, MailKind.WITHDRAWAL_NOTICE, row.id, row.at)
            return is_mailed

        try:
            is_mailed = await self.database.write(record, lock="" if contract else IN_WORDS)
        except IntegrityError:
            # Declared twice in this moment, and the other was the first.
            if (before := await self.database.read(lambda session: _before(session, row))) is None:
                raise
            return before
        if not is_mailed:
            log.warning("withdrawal %s: its receipt is not mailed, only shown", row.id[:8])
        if is_recorded and not has_notice:
            log.warning("withdrawal %s: the seller is not mailed; list it", row.id[:8])
        log.info("withdrawal %s: declared (%s, %s)", row.id[:8], row.standing, row.outcome)
        self._tell(row, Party.PAGE, "withdrawal declared")
        return await self._ended_at_once(row)

    async def _contract(self, reader: Reader, reference: str) -> Contract | None:
        """The reader's own contract; None where Payway does not say whose it is."""
        try:
            contract = await self.contracts.find(reader, reference)
        except CannotTell:
            log.warning("withdrawal: recorded in words, for Payway does not say whose the order is")
            return None
        if contract is None:
            raise CannotDeclare("not_yours")
        return contract

    def _row(
        self,
        row_id: str,
        reader: Reader,
        declaration: Declaration,
        language: str,
        contract: Contract | None,
    ) -> Withdrawal:
        ends = contract is not None and contract.is_open
        now, encrypt = self.clock(), self.encryption.encrypt
        return Withdrawal(
            id=row_id,
            at=now,
            changed_at=now,
            language=language,
            visitor_id=reader.visitor_id,
            account_id=(contract.account_id if contract else None) or reader.account_id,
            purchase_id=contract.purchase_id if contract else None,
            order_id=(contract.order_id or None) if contract else None,
            price=contract.price if contract else 0,
            standing=(Standing.STRANGER if contract is None else Standing.BUYER).value,
            outcome=(Outcome.ENDING if ends else Outcome.RECORDED).value,
            contract_encrypted=encrypt(declaration.contract.strip()),
            name_encrypted=encrypt(declaration.name.strip()),
            email_encrypted=encrypt(declaration.email),
            email_digest=self.encryption.keyed_digest(declaration.email.lower()),
        )

    def _may_mail(self, has_room: bool, address: str) -> bool:
        """Return False where a stranger's declaration is recorded and its receipt only shown.

        Of an own contract there is one anyway, whoever has used the address before.

        Raises:
            CannotDeclare: so many have come from this network that it is not taken either.
        """
        if not self.limits.takes(address):
            raise CannotDeclare("too_many")
        return has_room and self.limits.mails_receipt(address)

    async def is_mailed(self, row: Withdrawal) -> bool:
        """True if the receipt is mailed as well as shown."""
        return await self.database.read(
            lambda session: self.mails.has(session, MailKind.WITHDRAWAL_RECEIPT, row.id)
        )

    async def _ended_at_once(self, row: Withdrawal) -> Withdrawal:
        """Try while the reader waits; housekeeping goes on with what Payway does not answer."""
        if row.outcome != Outcome.ENDING:
            return row
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._end(row)
        except (PaywayError, TimeoutError) as error:
            log.warning("withdrawal %s: Payway did not end it (%s)", row.id[:8], type(error).__name__)
            return await self.by_id(row.id) or row

    async def once(self) -> None:
        """Go on with those that Payway has not ended yet. For housekeeping."""
        waiting = select(Withdrawal).where(
            col(Withdrawal.outcome) == Outcome.ENDING.value,
            or_(
                col(Withdrawal.changed_at) <= self.clock() - WAITING,
                # Written by a clock that was wrong: it would wait until that time has come.
                col(Withdrawal.changed_at) > self.clock() + CLOCK_TOLERANCE,
            ),
        )
        for row in await self.database.read(lambda session: session.exec(waiting).all()):
            await guarded(f"withdrawal {row.id[:8]}", self._end_or_give_up(row))

    async def _end_or_give_up(self, row: Withdrawal) -> None:
        try:
            await self._end(row)
        except PaywayError:
            if self.clock() - row.at > LONGEST:
                await self._settle(row, Outcome.BY_HAND)

    async def _end(self, row: Withdrawal) -> Withdrawal:
        """Tell Payway not to renew (§9.4), and return the withdrawal as it is afterwards.

        Raises:
            PaywayError: no answer that says how it stands.
        """
        if row.account_id is None:
            # Nobody can ask Payway which account a new customer has got; the seller can look it up.
            return await self._settle(row, Outcome.BY_HAND)
        with in_flow(row.purchase_id) if row.purchase_id else nullcontext():
            settled = await self._settle(row, await self._cancelled(row, row.account_id))
        self.entitlements.forget(row.account_id)
        return settled

    async def _cancelled(self, row: Withdrawal, account_id: str) -> Outcome:
        try:
            held = await self.payway.subscriptions.by_account(account_id)
            bought = [one for one in held if row.order_id and one.order_id == row.order_id]
            for subscription in bought:
                if subscription.state not in OVER:
                    await self.payway.accounts.cancel_product(account_id, subscription.id)
        except (Conflict, InvalidParameter, NotFound):
            return Outcome.BY_HAND
        return Outcome.ENDED if bought else Outcome.BY_HAND

    async def _settle(self, row: Withdrawal, outcome: Outcome) -> Withdrawal:
        now = self.clock()
        statement = (
            update(Withdrawal)
            .where(col(Withdrawal.id) == row.id, col(Withdrawal.outcome) == Outcome.ENDING.value)
            .values(outcome=outcome.value, changed_at=now)
        )

        def settle(session: Session) -> Withdrawal | None:
            if session.exec(statement).rowcount == 1:
                self.mails.put(session, MailKind.WITHDRAWAL_NOTICE, row.id, now)
            return session.get(Withdrawal, row.id)

        settled = await self.database.write(settle)
        self._tell(row, Party.LEDGER, "withdrawal settled", outcome)
        return settled or row

    def _tell(self, row: Withdrawal, party: Party, event: str, outcome: Outcome | None = None) -> None:
        """For who follows the purchase."""
        if row.purchase_id:
            status = outcome or row.outcome
            self.recorder.event(party, event, purchase_id=row.purchase_id, status=str(status))

    async def uphold(self, order_id: str) -> bool:
        """Whether an order has been withdrawn from; if so, its subscription is ended again.

        For whoever has taken the subscription up: the declaration may have come in the same moment, and
        Payway's reactivation after its cancellation.
        """
        if not order_id:
            return False
        statement = (
            update(Withdrawal)
            .where(col(Withdrawal.order_id) == order_id, col(Withdrawal.outcome) == Outcome.ENDED.value)
            .values(outcome=Outcome.ENDING.value, changed_at=self.clock())
        )

        def begin_again(session: Session) -> Withdrawal | None:
            session.exec(statement)
            return _withdrawal_from(session, order_id, None)

        row = await self.database.write(begin_again)
        if row is not None:
            await self._ended_at_once(row)
        return row is not None

    async def from_contract(self, contract: Contract) -> Withdrawal | None:
        """The withdrawal from a contract, if there is one."""
        return await self._from(contract.order_id, contract.purchase_id)

    async def from_purchase(self, purchase: Purchase) -> Withdrawal | None:
        """The withdrawal from a purchase, if there is one."""
        return await self._from(purchase.order_id, purchase.id)

    async def _from(self, order_id: str | None, purchase_id: str | None) -> Withdrawal | None:
        return await self.database.read(lambda session: _withdrawal_from(session, order_id, purchase_id))

    async def closes(self, purchase: Purchase) -> bool:
        """True if a purchase was withdrawn from in time, so that it opens nothing any more."""
        row = await self.from_purchase(purchase)
        return row is not None and row.outcome in CLOSING

    async def among(self, references: Iterable[str], *, closing: bool = False) -> frozenset[str]:
        """Those of these orders and purchases that have been withdrawn from; `closing`: in time."""
        wanted = list(references)
        found = select(Withdrawal.order_id, Withdrawal.purchase_id).where(
            or_(col(Withdrawal.order_id).in_(wanted), col(Withdrawal.purchase_id).in_(wanted))
        )
        if closing:
            found = found.where(col(Withdrawal.outcome).in_(sorted(CLOSING)))
        pairs = await self.database.read(lambda session: session.exec(found).all())
        return frozenset(named for pair in pairs for named in pair if named).intersection(wanted)

    async def find(self, reader: Reader, withdrawal_id: str) -> Withdrawal | None:
        """The reader's own declaration; None for another's."""
        row = await self.by_id(withdrawal_id) if IDENTIFIER.match(withdrawal_id) else None
        return row if row is not None and self.is_of(row, reader) else None

    @staticmethod
    def is_of(row: Withdrawal, reader: Reader) -> bool:
        """Whether the reader declared it, and so may read what they said."""
        if reader.preview:
            return False
        if row.account_id is not None:
            # Declared by a customer: not for whoever uses their browser after them.
            return row.account_id == reader.account_id
        return row.visitor_id is not None and row.visitor_id == reader.visitor_id

    async def by_id(self, withdrawal_id: str) -> Withdrawal | None:
        """Any declaration, for mails about it."""
        return await self.database.read(lambda session: session.get(Withdrawal, withdrawal_id))

    async def latest(self, limit: int = 200) -> Sequence[Withdrawal]:
        """What has been declared, newest first, for the seller."""
        newest = select(Withdrawal).order_by(col(Withdrawal.at).desc()).limit(limit)
        return await self.database.read(lambda session: session.exec(newest).all())

    def said(self, row: Withdrawal) -> Declaration:
        """What was declared; empty where it has been erased."""
        plain = self.encryption.decrypt_or_nothing
        return Declaration(
            plain(row.name_encrypted), plain(row.email_encrypted), plain(row.contract_encrypted)
        )

    async def erase_old(self, days: int) -> None:
        """Erase what names a person, `days` after the last thing happened."""
        statement = (
            update(Withdrawal)
            .where(
                col(Withdrawal.changed_at) <= self.clock() - timedelta(days=days),
                col(Withdrawal.outcome) != Outcome.ENDING.value,
                or_(
                    col(Withdrawal.name_encrypted).is_not(None), col(Withdrawal.email_encrypted).is_not(None)
                ),
            )
            .values(name_encrypted=None, email_encrypted=None, contract_encrypted=None, email_digest="")
        )
        await self.database.write(lambda session: session.exec(statement))


def _withdrawal_from(session: Session, order_id: str | None, purchase_id: str | None) -> Withdrawal | None:
    """Return the withdrawal from this order or purchase."""
    references = ((Withdrawal.order_id, order_id), (Withdrawal.purchase_id, purchase_id))
    named = [col(column) == reference for column, reference in references if reference]
    return session.exec(select(Withdrawal).where(or_(*named))).first() if named else None


def _before(session: Session, row: Withdrawal) -> Withdrawal | None:
    """Return the withdrawal that this declaration repeats."""
    return _withdrawal_from(session, row.order_id, row.purchase_id) or session.get(Withdrawal, row.id)


def _has_room(session: Session, row: Withdrawal) -> bool:
    """Return False where no further declaration in words is mailed to the address of `row`.

    Raises:
        CannotDeclare: so many have come from its browser that it is not taken either.
    """
    lately = select(func.count()).where(col(Withdrawal.at) > row.at - DAY)
    of_browser = lately.where(col(Withdrawal.visitor_id) == row.visitor_id)
    if row.visitor_id and session.exec(of_browser).one() >= OF_A_BROWSER:
        raise CannotDeclare("too_many")
    of_address = lately.where(col(Withdrawal.email_digest) == row.email_digest)
    return session.exec(of_address).one() < OF_AN_ADDRESS
