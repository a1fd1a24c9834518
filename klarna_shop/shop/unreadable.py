"""Count of rows that no key of `SECRET_KEY` reads any more: a key was replaced, and the old one not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.purchase.buyer_address import is_key_lost
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

APPROVED = (PurchaseState.AUTHORIZED, PurchaseState.PLACING, PurchaseState.UNKNOWN)
"""Klarna has approved, and the order has to be sent or asked for again: that takes what is encrypted."""
AT_A_TIME = 1000


@dataclass(frozen=True)
class Unreadable:
    """Rows in use that cannot be read."""

    approved: int = 0
    """Purchases that Klarna approved and that have no order yet."""
    open: int = 0
    """Purchases without an approval: their readers begin again, and nothing was charged."""
    sessions: int = 0
    """Browsers that are signed in: their readers sign in again."""
    digest_key: bool = False
    """True if the key of e-mail digests is lost: no earlier buyer is recognised by their address."""

    def __bool__(self) -> bool:
        """True if there are any."""
        return bool(self.approved or self.open or self.sessions or self.digest_key)

    def __str__(self) -> str:
        """All counts, and what a lost key of digests means, in one line."""
        counts = (
            f"purchases that Klarna approved and that have no order yet: {self.approved},"
            f" begun purchases: {self.open}, sign-ins: {self.sessions}"
        )
        if not self.digest_key:
            return counts
        return (
            f"{counts}; and the key of e-mail digests, without which earlier trials and purchases are not"
            " recognised by their address: a trial can be had again"
        )


async def find_unreadable(database: Database, secret_keys: tuple[str, ...]) -> Unreadable:
    """Try to read what is in use: purchases that are not over, running sign-ins, the key of digests."""
    encryption = Encryption(secret_keys)
    states = [state.value for state in APPROVED]
    approved = select(
        col(Purchase.id),
        col(Purchase.authorization_token_encrypted),
        col(Purchase.klarna_session_id_encrypted),
        col(Purchase.browser_encrypted),
    ).where(col(Purchase.state).in_(states))
    begun = select(col(Purchase.id), col(Purchase.client_token_encrypted)).where(
        col(Purchase.state) == PurchaseState.SESSION_OPEN.value
    )
    sessions = select(col(SignInSession.id), col(SignInSession.tokens_encrypted)).where(
        col(SignInSession.ended_at).is_(None)
    )
    return Unreadable(
        approved=await _count(database, encryption, approved, Purchase.id),
        open=await _count(database, encryption, begun, Purchase.id),
        sessions=await _count(database, encryption, sessions, SignInSession.id),
        digest_key=await is_key_lost(database, secret_keys),
    )


async def _count(
    database: Database, encryption: Encryption, statement: Select[*tuple[Any, ...]], key: str
) -> int:
    count = 0
    async for page in _pages(database, statement, key):
        count += sum(not _is_readable(encryption, row[1:]) for row in page)
    return count


async def _pages(
    database: Database, statement: Select[*tuple[Any, ...]], key: str
) -> AsyncIterator[Sequence[tuple[str | None, ...]]]:
    """Rows in the order of their ids, so that a large table is never held as a whole."""
    in_order, last = statement.order_by(col(key)).limit(AT_A_TIME), ""
    while True:
        page = await database.read(partial(_page, statement=in_order.where(col(key) > last)))
        if page:
            yield page
            last = str(page[-1][0])
        if len(page) < AT_A_TIME:
            return


def _page(session: Session, statement: Select[*tuple[Any, ...]]) -> list[tuple[str | None, ...]]:
    return [tuple(row) for row in session.connection().execute(statement)]


def _is_readable(encryption: Encryption, texts: Sequence[str | None]) -> bool:
    try:
        for text in texts:
            if text:
                encryption.decrypt(text)
    except CannotDecrypt:
        return False
    return True
