"""The studio's login: one password for the team, sessions in the database, and a limit to guessing.

Counted in the computer's time and not in the shop's, which the studio itself can move.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import Column
from sqlmodel import Field, Session, SQLModel, col, delete, update

from klarna_shop.settings import Settings
from klarna_shop.shop.attempts import AttemptCounter
from klarna_shop.shop.clock import Clock, is_ahead, system_clock
from klarna_shop.shop.database import Database, UtcDateTime
from klarna_shop.shop.encryption import Encryption, fingerprint
from klarna_shop.shop.guessing import Guesses, GuessRates, KnownDevices
from klarna_shop.shop.identity import Cookies, new_token
from klarna_shop.shop.networks import network_of

STUDIO_SECONDS = 12 * 3600
"""A login lasts a working day."""
LONGEST_IDLE = timedelta(hours=3)
SEEN_STEP = timedelta(minutes=5)
"""How exactly the last use is known."""
LONGEST_PASSWORD = 1024
GUESSES = GuessRates(
    of_network=None, of_all_free=20, of_all_forgotten=1 / 30, seconds_for_each=0.5, most_waiting=10
)
"""A team mistypes less than all readers do."""
TEAM = "team"
"""The one account of the studio."""


class StudioRefused(Exception):
    """Not the password; `attempts_left` before guessing is frozen."""

    def __init__(self, attempts_left: int) -> None:
        super().__init__()
        self.attempts_left = attempts_left


class StudioFrozen(Exception):
    """Too many wrong passwords: nothing is tried until `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class StudioSession(SQLModel, table=True):
    """One browser that is logged in. `id` is the fingerprint of its cookie, so the table opens nothing."""

    __tablename__ = "studio_session"

    id: str = Field(primary_key=True, max_length=64)
    password_digest: str = Field(max_length=64)
    last_seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


class StudioLogins:
    """Lets the product team in, and nobody else."""

    def __init__(
        self, settings: Settings, database: Database, encryption: Encryption, *, now: Clock = system_clock
    ) -> None:
        self.cookies = Cookies.of(settings)
        self.is_open = settings.is_sandbox and not settings.studio_password.get_secret_value()
        """Whether everybody may come in: the sandbox without a password."""
        self._password = settings.studio_password.get_secret_value().encode()
        self._digest = encryption.keyed_digest(f"studio {settings.studio_password.get_secret_value()}")
        self._database = database
        self._now = now
        self._attempts = AttemptCounter(database, encryption, now, "studio")
        self._guesses = Guesses(GUESSES)
        self._devices = KnownDevices(encryption, "studio")

    async def allows(self, cookie_header: str | None) -> bool:
        """Whether the browser that sent these cookies may use the studio.

        A changed password ends all sessions.
        """
        if self.is_open:
            return True
        token = self.cookies.studio_token(cookie_header)
        if token is None:
            return False
        session_id, now = fingerprint(token), self._now()
        row = await self._database.read(lambda session: session.get(StudioSession, session_id))
        if (
            row is None
            or row.expires_at <= now
            or is_ahead(row.expires_at, now, timedelta(seconds=STUDIO_SECONDS))
            or row.last_seen_at + LONGEST_IDLE <= now
            or not hmac.compare_digest(row.password_digest, self._digest)
        ):
            return False
        if abs(now - row.last_seen_at) >= SEEN_STEP:
            own = update(StudioSession).where(col(StudioSession.id) == session_id)
            await self._database.write_soon(lambda session: session.exec(own.values(last_seen_at=now)))
        return True

    async def is_staff(self, cookie_header: str | None) -> bool:
        """Whether the browser is logged in; where everybody may come in, nobody is staff."""
        if self.is_open or self.cookies.studio_token(cookie_header) is None:
            return False
        return await self.allows(cookie_header)

    async def log_in(self, password: str, *, address: str, device: str | None = None) -> str:
        """Return a new session's cookie value, which is kept nowhere else.

        `address` is where the caller calls from, `device` the cookie of a device that logged in before: it is
        not held up by others' guesses. This machine's own address is everybody's where `TRUSTED_PROXY_HOPS`
        is wrong, so the right password is taken from there whatever others have tried.

        Raises:
            StudioRefused: it is not the password.
            StudioFrozen: too many were tried from this address or device, or by all strangers together.
        """
        known = self._devices.name(device, TEAM)
        if wait := await self._guesses.turn(address, known):
            raise StudioFrozen(self._now() + timedelta(seconds=wait))
        network, is_own = network_of(address)
        subject = f"device {known}" if known else network
        # Counted before it is looked at, so that many at once are not many guesses for one.
        standing = await self._attempts.failed(subject)
        given = password.encode()[:LONGEST_PASSWORD]
        if standing.frozen_until is not None and not standing.counted and not (is_own and not known):
            raise StudioFrozen(standing.frozen_until)
        if not self._password or not hmac.compare_digest(given, self._password):
            if standing.frozen_until is not None:
                raise StudioFrozen(standing.frozen_until)
            raise StudioRefused(standing.remaining)
        self._guesses.succeeded(known)
        await self._attempts.succeeded(subject)
        token, now = new_token(), self._now()

        def begin(session: Session) -> None:
            session.exec(delete(StudioSession).where(col(StudioSession.expires_at) <= now))
            session.add(
                StudioSession(
                    id=fingerprint(token),
                    password_digest=self._digest,
                    last_seen_at=now,
                    expires_at=now + timedelta(seconds=STUDIO_SECONDS),
                )
            )

        await self._database.write(begin)
        return token

    def known_device(self, device: str | None) -> str:
        """Return the cookie of a device that has just logged in; `device` is the one it sent."""
        return self._devices.remember(device, TEAM)

    async def log_out(self, cookie_header: str | None) -> None:
        """End this browser's session, on the server as well."""
        token = self.cookies.studio_token(cookie_header)
        if token is not None:
            own = delete(StudioSession).where(col(StudioSession.id) == fingerprint(token))
            await self._database.write(lambda session: session.exec(own))
