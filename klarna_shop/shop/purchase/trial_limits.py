"""Limits of trials: how many one browser and one mailbox may order.

Counted are trials that were ordered or stand between approval and order, by the ledger's rows: a trial that
was refused, abandoned or never approved is not. The digest of the mailbox outlives the other personal data,
so that the limit holds afterwards, and is erased after `retention.TRIAL_DIGEST_DAYS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from klarna_shop.shop.database import Database
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.states import APPROVED_OR_ORDERED
from klarna_shop.shop.purchase.tables import Purchase


class TrialLimitReached(Exception):
    """The browser or the mailbox has had its trials."""


@dataclass(frozen=True)
class TrialLimits:
    """Counts trials. `per_browser` and `per_address` are settings; 0 sets no limit."""

    database: Database
    per_browser: int
    per_address: int

    async def are_reached(self, visitor_id: str | None, address_digest: str | None) -> bool:
        """True if no further trial may be begun; for the picker, where it may be out of date at once."""
        async with self.database.reading() as session:
            return await self._are_reached(session, visitor_id, address_digest)

    async def check(
        self, session: AsyncSession, purchase_id: str, visitor_id: str | None, address_digest: str | None
    ) -> None:
        """Count the other trials in the transaction that approves this one (`Ledger.change`).

        Raises:
            TrialLimitReached: this trial would be one too many.
        """
        if await self._are_reached(session, visitor_id, address_digest, purchase_id):
            raise TrialLimitReached

    async def _are_reached(
        self,
        session: AsyncSession,
        visitor_id: str | None,
        address_digest: str | None,
        but_for: str = "",
    ) -> bool:
        for column, value, most in (
            (col(Purchase.visitor_id), visitor_id, self.per_browser),
            (col(Purchase.trial_address_digest), address_digest, self.per_address),
        ):
            if not most or value is None:
                continue
            counted = select(func.count()).where(
                column == value,
                col(Purchase.id) != but_for,
                col(Purchase.kind) == OfferKind.TRIAL.value,
                col(Purchase.state).in_([state.value for state in APPROVED_OR_ORDERED]),
            )
            if (await session.exec(counted)).one() >= most:
                return True
        return False
