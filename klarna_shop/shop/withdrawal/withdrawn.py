"""Orders that were withdrawn from: what they opened stays closed, whatever Payway still lists.

Payway cannot end a subscription before its period does (payway-api.md §9.4), so that `active_products` goes
on listing its codes. Only the table of declarations says that they are not to be opened: it is read for every
decision, so that a declaration holds at once in every tab and process, and after a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.payway import Order, PaywayClient, PaywayError, Subscription
from klarna_shop.shop.clock import CLOCK_TOLERANCE, Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.purchase import Purchase
from klarna_shop.shop.purchase.buyer_address import AddressDigests
from klarna_shop.shop.purchase.repository import purchases_by_ids
from klarna_shop.shop.withdrawal.answers import MOST_REMEMBERED, AccountAnswers
from klarna_shop.shop.withdrawal.contracts import CannotTell
from klarna_shop.shop.withdrawal.declaration import CLOSING
from klarna_shop.shop.withdrawal.tables import Withdrawal

log = logging.getLogger(__name__)
T = TypeVar("T")

DEADLINE_SECONDS = 5.0
"""A reader waits no longer for each of Payway's answers."""
REMEMBERED_FOR = timedelta(minutes=10)
"""Time for which the orders of an account are remembered that has declared nothing here itself."""
FAILURE_REMEMBERED_FOR = timedelta(minutes=1)
"""Time for which Payway is not asked again about the orders of such an account when it did not answer."""
RUNNING = frozenset({"activated", "cancelled"})
"""States of a subscription that opens articles until its period ends (payway-api.md §9.3)."""

_CLOSES = col(Withdrawal.outcome).in_(sorted(outcome.value for outcome in CLOSING))
_ANY = select(Withdrawal.id).where(_CLOSES).limit(1)


@dataclass(frozen=True)
class WithdrawnOrders:
    """Orders of one account that were withdrawn from, and the codes of what was bought with them."""

    order_ids: frozenset[str]
    codes: frozenset[str]
    facts: frozenset[str] = frozenset()
    """Declarations and purchases of the account, by which its remembered answers hold."""

    def others(self, held: Iterable[Subscription], now: datetime) -> frozenset[str]:
        """Return the codes of the account's subscriptions that run and are of other orders.

        One without an order's number counts as withdrawn where it is of a withdrawn code and nothing else is.
        """
        held = list(held)
        is_listed = any(one.order_id in self.order_ids for one in held)
        return frozenset(
            one.product_code
            for one in held
            if _runs(one, now)
            and one.order_id not in self.order_ids
            and (one.order_id is not None or is_listed or one.product_code not in self.codes)
        )


def codes_left(
    active: frozenset[str],
    withdrawn: frozenset[str],
    others: frozenset[str],
    packages: frozenset[str],
) -> frozenset[str]:
    """Return the codes that still open articles.

    `active` is what Payway lists for the account, `withdrawn` the codes of withdrawn orders, `others` those
    of the other running subscriptions, `packages` every code that is sold. Payway does not tell which package
    a product's code comes from: it is taken for another subscription's where there is one, and otherwise for
    the withdrawn one's.
    """
    left = (active & packages) - withdrawn | active & others
    return left | (active - packages - withdrawn) if others else left


@dataclass
class Withdrawn:
    """Finds what has been withdrawn from, by order number and purchase."""

    database: Database
    payway: PaywayClient
    clock: Clock
    addresses: AddressDigests
    answers: AccountAnswers = field(init=False, repr=False)
    _orders: OrderedDict[str, tuple[datetime, frozenset[str], Sequence[Order]]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _failed: OrderedDict[str, datetime] = field(default_factory=OrderedDict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.answers = AccountAnswers(self.clock)

    async def question(self, account_id: str, email: str = "") -> Work[AccountRecord | None]:
        """Return a part of a unit of work that reads what `of_account` needs."""
        digest = await self.addresses.of_account(email)
        since = self.clock() - REMEMBERED_FOR - CLOCK_TOLERANCE
        orders: Sequence[Order] | None = self.answers.remembered("orders", account_id)
        if orders is None and account_id in self._orders:
            orders = self._orders[account_id][2]
        return partial(_record_of, account_id=account_id, address_digest=digest, since=since, orders=orders)

    async def of_account(self, account_id: str, record: AccountRecord | None) -> WithdrawnOrders | None:
        """Return the account's withdrawn orders; None where there are none.

        Those that a browser withdrew from without signing in are found by their numbers among the account's
        orders: that the account has them is known to Payway alone. Where it does not answer, two kinds of
        account are in doubt: one that has declared a withdrawal here itself, and one with whose address an
        order was bought that was withdrawn from. Retention erases the digest of the address
        (`purchase.retention`); an account that has declared nothing itself is in no doubt from then on.

        Raises:
            CannotTell: Payway does not say which orders the account has, and it is in doubt.
        """
        if record is None:
            return None
        known = record.known
        facts = known.own | known.of_address | known.purchases
        try:
            if known.is_in_doubt:
                orders = await self.answers.get("orders", account_id, facts, lambda: self._ask(account_id))
            else:
                orders = await self._orders_of_other(account_id, facts | known.lately)
        except (PaywayError, TimeoutError) as error:
            if known.is_in_doubt:
                raise CannotTell from error
            log.warning("withdrawal: Payway's orders are missing (%s)", type(error).__name__)
            return None
        named = record.named
        if named is None or orders is not record.orders:
            named = await self.database.read(lambda session: _named(session, orders, known.own))
        if not named.references:
            return None
        await self._name_purchases(named.purchases)
        withdrawn = named.references
        meant = [
            one
            for one in orders
            if not withdrawn.isdisjoint({one.order_id, one.merchant_reference, one.parent_order_id})
        ]
        return WithdrawnOrders(
            order_ids=withdrawn | {one.order_id for one in meant},
            codes=frozenset(one.product_code for one in meant if one.product_code) | named.codes,
            facts=facts | withdrawn,
        )

    async def others(self, account_id: str, withdrawn: WithdrawnOrders) -> frozenset[str]:
        """Return the codes of the account's running subscriptions but for the withdrawn ones.

        Raises:
            CannotTell: Payway does not answer.
        """

        async def ask() -> Sequence[Subscription]:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self.payway.subscriptions.by_account(account_id)

        try:
            held = await self.answers.get("subscriptions", account_id, withdrawn.facts, ask)
        except (PaywayError, TimeoutError) as error:
            raise CannotTell from error
        return withdrawn.others(held, self.clock())

    async def _orders_of_other(self, account_id: str, facts: frozenset[str]) -> Sequence[Order]:
        """Return the orders of an account that has declared nothing here; none just after a failure.

        A remembered list holds as long as the ledger knows no more than it did when Payway was asked.
        """
        now = self.clock()
        known = self._orders.get(account_id)
        if known and facts <= known[1] and timedelta() <= now - known[0] < REMEMBERED_FOR:
            return known[2]
        failed_at = self._failed.get(account_id)
        if failed_at and timedelta() <= now - failed_at < FAILURE_REMEMBERED_FOR:
            return ()
        try:
            orders = await self._ask(account_id)
        except (PaywayError, TimeoutError):
            _remember(self._failed, account_id, now)
            raise
        _remember(self._orders, account_id, (now, facts, orders))
        return orders

    async def _ask(self, account_id: str) -> Sequence[Order]:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self.payway.orders.by_account(account_id)

    async def _name_purchases(self, orders: Mapping[str, str]) -> None:
        """Write into declarations that name an order alone the purchase that Payway says it is of.

        The purchase may lack the order's number: the browser that made it would then go on reading.
        """
        for purchase_id, order_id in orders.items():
            # Another declaration may have named the purchase in this moment: it is withdrawn from then too.
            # Where nothing can be written, the next question writes it.
            with suppress(IntegrityError, DatabaseUnavailable):
                await self.database.write(partial(_name, order_id=order_id, purchase_id=purchase_id))


@dataclass(frozen=True)
class _Known:
    """What the shop's tables say of an account before Payway is asked.

    Attributes:
        own: orders and purchases that the account itself has withdrawn from.
        of_address: withdrawn purchases that were made with its e-mail address.
        purchases: its purchases, each with its state.
        lately: new customers' withdrawn purchases that a remembered list of orders may be too old to name;
            looked for where the account is in no doubt. An older one is in every list that is remembered.
        is_in_doubt: True if its access cannot be told without Payway's answer.
    """

    own: frozenset[str]
    of_address: frozenset[str]
    purchases: frozenset[str]
    lately: frozenset[str]
    is_in_doubt: bool


@dataclass(frozen=True)
class _Named:
    """Withdrawn orders and purchases of an account, and the codes of what was bought here with them.

    `purchases` are those among them that no declaration names yet, each with its order.
    """

    references: frozenset[str]
    codes: frozenset[str] = frozenset()
    purchases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountRecord:
    """Record of an account in the shop's tables, once anyone has withdrawn from anything.

    `named` is of the `orders` that were remembered, so that the tables need not be read again where Payway
    need not be asked.
    """

    known: _Known
    orders: Sequence[Order] | None
    named: _Named | None


def withdrawn_among(session: Session, references: Iterable[str | None]) -> frozenset[str]:
    """Return those of these orders and purchases that were withdrawn from and so open nothing.

    A declaration by someone who did not buy, or after the right had ended, names none.
    """
    wanted = sorted({reference for reference in references if reference})
    if not wanted:
        return frozenset()
    named = or_(col(Withdrawal.order_id).in_(wanted), col(Withdrawal.purchase_id).in_(wanted))
    return _references(session, named)


def _references(session: Session, condition: ColumnElement[bool]) -> frozenset[str]:
    pairs = session.exec(select(Withdrawal.order_id, Withdrawal.purchase_id).where(_CLOSES, condition))
    return frozenset(reference for pair in pairs for reference in pair if reference)


def _known_of(
    session: Session, account_id: str, address_digest: str | None, since: datetime
) -> _Known | None:
    """Return what is known of an account; None where nothing has been withdrawn from by anyone."""
    if session.exec(_ANY).first() is None:
        return None
    own = _references(session, col(Withdrawal.account_id) == account_id)
    withdrawn = (
        select(Purchase.id).join(Withdrawal, col(Withdrawal.purchase_id) == col(Purchase.id)).where(_CLOSES)
    )
    of_address = frozenset[str]()
    if address_digest is not None:
        of_address = frozenset(session.exec(withdrawn.where(Purchase.address_digest == address_digest)))
    is_in_doubt = bool(own or of_address)
    lately = frozenset[str]()
    if not is_in_doubt:
        done = func.coalesce(col(Purchase.completed_at), col(Purchase.placed_at), col(Withdrawal.at))
        late = (col(Purchase.account_id).is_(None), col(Withdrawal.at) >= since, done >= since)
        lately = frozenset(session.exec(withdrawn.where(*late)))
    states = session.exec(select(Purchase.id, Purchase.state).where(Purchase.account_id == account_id))
    purchases = frozenset(f"{key} {state}" for key, state in states)
    return _Known(own, of_address, purchases, lately, is_in_doubt)


def _record_of(
    session: Session,
    account_id: str,
    address_digest: str | None,
    since: datetime,
    orders: Sequence[Order] | None,
) -> AccountRecord | None:
    known = _known_of(session, account_id, address_digest, since)
    if known is None:
        return None
    named = None if orders is None else _named(session, orders, known.own)
    return AccountRecord(known, orders, named)


def _named(session: Session, orders: Sequence[Order], own: frozenset[str]) -> _Named:
    """Return what of an account's orders was withdrawn from; `own` by itself."""
    asked = {reference for one in orders for reference in (one.order_id, one.merchant_reference)}
    withdrawn = own | withdrawn_among(session, asked)
    if not withdrawn:
        return _Named(withdrawn)
    unnamed = {
        order.merchant_reference: order.order_id
        for order in orders
        if order.merchant_reference
        and order.order_id in withdrawn
        and order.merchant_reference not in withdrawn
    }
    here = {one.id: unnamed[one.id] for one in purchases_by_ids(session, unnamed)}
    references = withdrawn | here.keys()
    named_by = sorted(references)
    bought = or_(col(Purchase.id).in_(named_by), col(Purchase.order_id).in_(named_by))
    codes = (
        code for purchase in session.exec(select(Purchase).where(bought)) for code in purchase.offer.codes
    )
    return _Named(references, frozenset(codes), here)


def _name(session: Session, order_id: str, purchase_id: str) -> None:
    unnamed = (col(Withdrawal.order_id) == order_id, col(Withdrawal.purchase_id).is_(None))
    session.exec(update(Withdrawal).where(*unnamed).values(purchase_id=purchase_id))


def _runs(held: Subscription, now: datetime) -> bool:
    ends = max((end for end in (held.valid_to, held.grace_period_to) if end), default=None)
    has_begun = held.valid_from is None or held.valid_from <= now
    return held.state in RUNNING and has_begun and (ends is None or ends > now)


def _remember(memory: OrderedDict[str, T], account_id: str, value: T) -> None:
    memory[account_id] = value
    memory.move_to_end(account_id)
    while len(memory) > MOST_REMEMBERED:
        memory.popitem(last=False)
