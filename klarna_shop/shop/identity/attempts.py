"""Failed sign-ins at e-mail addresses for which Payway keeps no count.

Payway counts failures for its accounts. Were there no count for other addresses, a stranger could tell
from the answers which addresses have an account; so the shop counts those in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity.tables import SignInAttempt

ALLOWED = 5
"""As Payway: the fifth failure freezes (payway-api.md §10.3)."""
FROZEN_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Standing:
    """How many attempts remain at an address, and until when (UTC) it is frozen."""

    remaining: int = ALLOWED
    frozen_until: datetime | None = None


class AttemptCounter:
    """The shop's own count, by e-mail address in any letter case."""

    def __init__(self, database: Database, encryption: Encryption, clock: Clock) -> None:
        self._database = database
        self._encryption = encryption
        self._clock = clock

    async def standing(self, email: str) -> Standing:
        """How things stand for an address."""
        async with self._database.reading() as session:
            return self._standing(await session.get(SignInAttempt, self._digest(email)))

    async def failed(self, email: str) -> Standing:
        """Count a failure. During a freeze nothing is counted."""
        now = self._clock()
        async with self._database.writing() as session:
            row = await session.get(SignInAttempt, self._digest(email))
            if row is None:
                row = SignInAttempt(email_digest=self._digest(email), changed_at=now)
                session.add(row)
            if row.frozen_until is None or row.frozen_until <= now:
                if row.frozen_until is not None:
                    row.failures, row.frozen_until = 0, None
                row.failures += 1
                row.changed_at = now
                if row.failures >= ALLOWED:
                    row.frozen_until = now + FROZEN_FOR
            return self._standing(row)

    async def succeeded(self, email: str) -> None:
        """Begin anew for an address whose customer has signed in."""
        async with self._database.writing() as session:
            await session.exec(
                delete(SignInAttempt).where(col(SignInAttempt.email_digest) == self._digest(email))
            )

    async def forget(self, older_than: timedelta) -> None:
        """Drop counts that have not changed for so long."""
        limit = self._clock() - older_than
        async with self._database.writing() as session:
            await session.exec(delete(SignInAttempt).where(col(SignInAttempt.changed_at) < limit))

    def _standing(self, row: SignInAttempt | None) -> Standing:
        if row is None:
            return Standing()
        if row.frozen_until is None:
            return Standing(max(0, ALLOWED - row.failures))
        return Standing(0, row.frozen_until) if row.frozen_until > self._clock() else Standing()

    def _digest(self, email: str) -> str:
        return self._encryption.keyed_digest("sign-in " + email.strip().lower())
