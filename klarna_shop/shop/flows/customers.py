"""Whom a search means. E-mail addresses are kept encrypted alone, and so are looked for by reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.purchase.tables import Purchase

MOST_READ = 500
"""Purchases, and sign-ins, that are looked into for an e-mail address: the newest."""


@dataclass(frozen=True)
class Found:
    """What belongs to a customer."""

    accounts: frozenset[str] = frozenset()
    purchases: frozenset[str] = frozenset()


class Customers:
    """Finds a customer's purchases by e-mail address."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self._database = database
        self._encryption = encryption

    async def find(self, email: str) -> Found:
        """Accounts that signed in with this address, and purchases of new customers who gave it."""
        wanted = email.strip().casefold()

        def read(session: Session) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str | None]]]:
            sign_ins = session.exec(
                select(SignInSession.account_id, SignInSession.email_encrypted)
                .where(SignInSession.email_encrypted != "")
                .order_by(col(SignInSession.created_at).desc())
                .limit(MOST_READ)
            )
            purchases = session.exec(
                select(Purchase.id, Purchase.customer_encrypted)
                .where(col(Purchase.customer_encrypted).is_not(None))
                .order_by(col(Purchase.created_at).desc())
                .limit(MOST_READ)
            )
            return sign_ins.all(), purchases.all()

        sign_ins, purchases = await self._database.read(read)
        return Found(
            frozenset(account for account, written in sign_ins if self._says(written, wanted)),
            frozenset(purchase for purchase, written in purchases if self._says(written, f'"{wanted}"')),
        )

    def _says(self, encrypted: str | None, wanted: str) -> bool:
        if not encrypted:
            return False
        try:
            plain = self._encryption.decrypt(encrypted).casefold()
        except CannotDecrypt:
            return False
        return wanted in plain if wanted.startswith('"') else wanted == plain
