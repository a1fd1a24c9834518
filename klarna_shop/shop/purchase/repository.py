"""Questions to the ledger's tables: functions of a session that change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.states import PENDING, PurchaseState
from klarna_shop.shop.purchase.tables import Purchase, PurchaseChange

MOST_NAMED = 10
"""Of one account more are never between approval and access."""

# Put together once: every article that a stranger opens asks for it.
_OF_VISITOR = (
    select(Purchase)
    .where(
        col(Purchase.state).in_(bindparam("states", expanding=True)),
        col(Purchase.visitor_id) == bindparam("visitor_id"),
        col(Purchase.account_id).is_(None),
    )
    .order_by(col(Purchase.created_at).desc())
)


def find_purchase(session: Session, purchase_id: str) -> Purchase | None:
    """Return the purchase with this id."""
    return session.get(Purchase, purchase_id)


def purchase_of_session(session: Session, session_fingerprint: str) -> Purchase | None:
    """Return the purchase that this Klarna session is of."""
    return session.exec(select(Purchase).where(Purchase.session_fingerprint == session_fingerprint)).first()


def purchases_by_ids(session: Session, purchase_ids: Iterable[str | None]) -> Sequence[Purchase]:
    """Return those of these purchases that there are."""
    wanted = sorted({purchase_id for purchase_id in purchase_ids if purchase_id})
    return session.exec(select(Purchase).where(col(Purchase.id).in_(wanted))).all() if wanted else ()


def purchases_of_buyer(session: Session, buyer: str, states: Iterable[PurchaseState]) -> Sequence[Purchase]:
    """Return a buyer's purchases in these states, newest first."""
    return session.exec(_newest(states).where(Purchase.buyer == buyer)).all()


def purchases_of_account(
    session: Session, account_id: str, states: Iterable[PurchaseState]
) -> Sequence[Purchase]:
    """Return a customer's purchases in these states, newest first."""
    return session.exec(_newest(states).where(Purchase.account_id == account_id)).all()


def purchases_of_visitor(
    session: Session, visitor_id: str, states: Iterable[PurchaseState]
) -> Sequence[Purchase]:
    """Return the purchases made in a browser without signing in, in these states, newest first."""
    values = {"visitor_id": visitor_id, "states": [state.value for state in states]}
    return session.exec(_OF_VISITOR, params=values).all()


def purchases_of_address(
    session: Session, address_digest: str, states: Iterable[PurchaseState]
) -> Sequence[Purchase]:
    """Return the purchases of one account's e-mail address in these states, in any browser."""
    return session.exec(_newest(states).where(Purchase.address_digest == address_digest)).all()


def purchases_named(
    session: Session,
    states: Iterable[PurchaseState],
    *,
    purchase_id: str = "",
    order_number: str = "",
    account_id: str = "",
) -> Sequence[Purchase]:
    """Return purchases in these states with this id, order number or account (empty: none), newest first."""
    wanted = (
        (Purchase.id, purchase_id),
        (Purchase.order_id, order_number),
        (Purchase.account_id, account_id),
    )
    named = [col(column) == value for column, value in wanted if value]
    return session.exec(_newest(states).where(or_(*named)).limit(MOST_NAMED)).all() if named else ()


def page_in_state(
    session: Session,
    state: PurchaseState,
    long_enough: ColumnElement[bool],
    after: Purchase | None,
    most: int,
) -> Sequence[Purchase]:
    """Return the next purchases in this state, oldest change first: at most `most`, later than `after`."""
    waiting = select(Purchase).where(col(Purchase.state) == state.value, long_enough)
    if after is not None:
        later = col(Purchase.changed_at) > after.changed_at
        beside = and_(col(Purchase.changed_at) == after.changed_at, col(Purchase.id) > after.id)
        waiting = waiting.where(or_(later, beside))
    return session.exec(waiting.order_by(col(Purchase.changed_at), col(Purchase.id)).limit(most)).all()


def calls_under_way(session: Session) -> Sequence[Purchase]:
    """Return all purchases whose call of place_order is under way, or was when its process died."""
    return session.exec(select(Purchase).where(Purchase.state == PurchaseState.PLACING.value)).all()


def has_ordered(session: Session, kind: OfferKind, since: datetime) -> bool:
    """Return True if Payway has taken an order of this kind since a moment."""
    ordered = select(Purchase.id).where(Purchase.kind == kind.value, col(Purchase.placed_at) >= since)
    return session.exec(ordered.limit(1)).first() is not None


def is_authorization_used(session: Session, authorization_fingerprint: object, purchase_id: str) -> bool:
    """Return True if another purchase has this authorization token; False without a token."""
    if authorization_fingerprint is None:
        return False
    others = select(Purchase.id).where(
        Purchase.authorization_fingerprint == authorization_fingerprint, Purchase.id != purchase_id
    )
    return session.exec(others.limit(1)).first() is not None


def was_bought_meanwhile(session: Session, purchase: Purchase, address_digest: str | None) -> bool:
    """Return True if buyer or address completed one of this subscription after this purchase was opened."""
    same = [col(Purchase.buyer) == purchase.buyer]
    if address_digest is not None:
        same.append(col(Purchase.address_digest) == address_digest)
    found = select(Purchase.id).where(
        or_(*same),
        Purchase.subscription_code == purchase.subscription_code,
        Purchase.id != purchase.id,
        col(Purchase.completed_at) >= purchase.created_at,
        # Nothing changes after that. By this index only the purchases of the last days are looked at.
        col(Purchase.changed_at) >= purchase.created_at,
    )
    return session.exec(found.limit(1)).first() is not None


def purchases_without_address(session: Session) -> Sequence[Purchase]:
    """Return purchases from before addresses were digested that others must be held against."""
    is_completed_trial = and_(
        col(Purchase.kind) == OfferKind.TRIAL.value, col(Purchase.state) == PurchaseState.COMPLETED.value
    )
    without = select(Purchase).where(
        col(Purchase.address_digest).is_(None),
        col(Purchase.receipt_email_encrypted).is_not(None),
        or_(_is_in(PENDING), is_completed_trial),
    )
    return session.exec(without).all()


def history_of(session: Session, purchase_id: str) -> Sequence[PurchaseChange]:
    """Return every change of one purchase, oldest first."""
    changes = select(PurchaseChange).where(PurchaseChange.purchase_id == purchase_id)
    return session.exec(changes.order_by(col(PurchaseChange.id))).all()


def _newest(states: Iterable[PurchaseState]) -> SelectOfScalar[Purchase]:
    return select(Purchase).where(_is_in(states)).order_by(col(Purchase.created_at).desc())


def _is_in(states: Iterable[PurchaseState]) -> ColumnElement[bool]:
    return col(Purchase.state).in_([state.value for state in states])
