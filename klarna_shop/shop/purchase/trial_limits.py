"""Limits of trials: how many one browser and one mailbox may order.

Counted are trials that were ordered or stand between approval and order, by the ledger's rows: a trial that
was refused, abandoned or never approved is not. The digest of the mailbox outlives the other personal data,
so that the limit holds afterwards, and is erased after `retention.TRIAL_DIGEST_DAYS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.states import APPROVED_OR_ORDERED
from klarna_shop.shop.purchase.tables import Purchase


@dataclass(frozen=True)
class TrialLimits:
    """Counts trials. `per_browser` and `per_address` are settings; 0 sets no limit."""

    per_browser: int
    per_address: int

    def are_reached(
        self, session: Session, visitor_id: str | None, address_digest: str | None, but_for: str = ""
    ) -> bool:
        """Return True if no further trial may be begun, not counting the purchase `but_for`."""
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
            if session.exec(counted).one() >= most:
                return True
        return False
