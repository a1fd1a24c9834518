"""What is erased when a purchase is over and some time has passed (RETENTION_DAYS)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, delete, or_, select

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.flows import FlowStep
from klarna_shop.shop.purchase.states import OVER
from klarna_shop.shop.purchase.tables import Purchase

ERASED: dict[str, str | None] = {
    "customer_encrypted": None,
    "receipt_email_encrypted": None,
    "browser_encrypted": None,
    "address_digest": None,
    "authorization_token_encrypted": None,
    "klarna_session_id_encrypted": "",
    "client_token_encrypted": "",
    "redirect_url": None,
}
"""Personal data, and what Klarna and Payway gave out for one use. What was bought, when and for how much
stays: the seller's books need it, and none of it names a person."""
TRIAL_DIGEST_DAYS = 366
"""Days from the approval of a trial for which the digest of its mailbox is kept (`trial_limits`)."""


@dataclass(frozen=True)
class Retention:
    """Erases; the purchases themselves stay, the recorded steps of their flows go."""

    database: Database
    clock: Clock
    days: int

    async def erase(self) -> int:
        """Erase what is old enough; return the number of purchases whose personal data was erased."""
        now = self.clock()
        changed_before = now - timedelta(days=self.days)
        erased = (
            col(Purchase.state).in_([state.value for state in OVER]),
            col(Purchase.changed_at) <= changed_before,
        )
        something = or_(
            *(col(getattr(Purchase, name)).is_distinct_from(value) for name, value in ERASED.items())
        )
        statement = update(Purchase).where(*erased, something).values(**ERASED)
        steps = delete(FlowStep).where(col(FlowStep.purchase_id).in_(select(Purchase.id).where(*erased)))
        digests = (
            update(Purchase)
            .where(
                col(Purchase.state).in_([state.value for state in OVER]),
                col(Purchase.authorized_at) <= now - timedelta(days=TRIAL_DIGEST_DAYS),
                col(Purchase.trial_address_digest).is_not(None),
            )
            .values(trial_address_digest=None)
        )

        def erase(session: Session) -> int:
            number = session.exec(statement).rowcount
            session.exec(digests)
            session.exec(steps)
            return number

        return await self.database.clean_up(erase)
