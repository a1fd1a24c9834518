"""Failed sign-ins that nobody else counts, by whom they are held against.

Payway counts failures for its accounts. Were there no count for other e-mail addresses, a stranger could
tell from the answers which addresses have an account; so the shop counts those in the same way. It counts
who guesses at the studio's password, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Column
from sqlmodel import Field, Session, SQLModel, col, delete

from klarna_shop.shop.clock import Clock, is_ahead
from klarna_shop.shop.database import Database, UtcDateTime
from klarna_shop.shop.encryption import Encryption

ALLOWED = 5
"""As Payway: the fifth failure freezes (payway-api.md §10.3)."""
FROZEN_FOR = timedelta(minutes=30)


class SignInAttempt(SQLModel, table=True):
    """Failed attempts held against one subject, which stands here only as a keyed digest."""

    __tablename__ = "sign_in_attempt"

    subject_digest: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    frozen_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


@dataclass(frozen=True)
class Standing:
    """How many attempts remain to a subject, and until when (UTC) it is frozen."""

    remaining: int = ALLOWED
    frozen_until: datetime | None = None
    counted: bool = True
    """Whether the attempt told of was counted: not while the subject is frozen."""


class AttemptCounter:
    """The shop's own count for one `purpose`, by subject (an e-mail address) in any letter case."""

    def __init__(
        self, database: Database, encryption: Encryption, clock: Clock, purpose: str = "sign-in"
    ) -> None:
        self._purpose = purpose
        self._database = database
        self._encryption = encryption
        self._clock = clock

    async def standing(self, subject: str) -> Standing:
        """How things stand for a subject."""
        key = self._digest(subject)
        return self._standing(await self._database.read(lambda session: session.get(SignInAttempt, key)))

    async def failed(self, subject: str) -> Standing:
        """Count a failure. During a freeze nothing is counted."""
        now, key = self._clock(), self._digest(subject)
        row, is_counted = await self._database.write(lambda session: _count_failure(session, key, now))
        return replace(self._standing(row), counted=is_counted)

    async def succeeded(self, subject: str) -> None:
        """Begin anew for a subject that has signed in."""
        own = delete(SignInAttempt).where(col(SignInAttempt.subject_digest) == self._digest(subject))
        await self._database.write(lambda session: session.exec(own))

    async def forget(self, older_than: timedelta) -> None:
        """Drop counts that have not changed for so long."""
        old = delete(SignInAttempt).where(col(SignInAttempt.changed_at) < self._clock() - older_than)
        await self._database.write(lambda session: session.exec(old))

    def _standing(self, row: SignInAttempt | None) -> Standing:
        if row is None:
            return Standing()
        if row.frozen_until is None:
            return Standing(max(0, ALLOWED - row.failures))
        return Standing(0, row.frozen_until) if _is_frozen(row.frozen_until, self._clock()) else Standing()

    def _digest(self, subject: str) -> str:
        return self._encryption.keyed_digest(f"{self._purpose} {subject.strip().lower()}")


def _count_failure(session: Session, subject_digest: str, now: datetime) -> tuple[SignInAttempt, bool]:
    """Return the subject's count, and True unless a freeze has kept it from being counted."""
    row = session.get(SignInAttempt, subject_digest, with_for_update=True)
    if row is None:
        row = SignInAttempt(subject_digest=subject_digest, changed_at=now)
        session.add(row)
    if _is_frozen(row.frozen_until, now):
        return row, False
    if row.frozen_until is not None:
        row.failures, row.frozen_until = 0, None
    row.failures += 1
    row.changed_at = now
    if row.failures >= ALLOWED:
        row.frozen_until = now + FROZEN_FOR
    return row, True


def _is_frozen(until: datetime | None, now: datetime) -> bool:
    """True before `until`, unless a clock that was wrong wrote it: no freeze exceeds `FROZEN_FOR`."""
    return until is not None and until > now and not is_ahead(until, now, FROZEN_FOR)
