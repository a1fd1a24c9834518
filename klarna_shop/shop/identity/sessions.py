"""Signed-in browsers in the database: begun, recognised, kept up to date, ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, or_, select, update

from klarna_shop.payway import IdentityTokens
from klarna_shop.shop.clock import Clock, is_ahead
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import CannotDecrypt, Encryption, fingerprint
from klarna_shop.shop.identity.cookies import SESSION_SECONDS, new_token
from klarna_shop.shop.identity.tables import SignInSession
from klarna_shop.shop.reader import Customer

LONGEST = timedelta(seconds=SESSION_SECONDS)
"""From signing in, however busy."""
LONGEST_IDLE = timedelta(days=14)
SEEN_STEP = timedelta(hours=1)
"""How exactly the last visit is known: writing it at each event would cost more than it tells."""
_BY_ID = select(SignInSession).where(col(SignInSession.id) == bindparam("id"))
"""Put together once: every event of a customer's page asks for it."""
_EMPTY: dict[str, Any] = {"email_encrypted": "", "first_name_encrypted": "", "tokens_encrypted": ""}


@dataclass(frozen=True)
class StoredTokens:
    """A session's tokens, and the sealed text they stood in: equal text, equal tokens."""

    tokens: IdentityTokens
    sealed: str


class SignInSessions:
    """The table `sign_in_session`."""

    def __init__(self, database: Database, encryption: Encryption, clock: Clock) -> None:
        self._database = database
        self._encryption = encryption
        self._clock = clock

    async def begin(
        self, account_id: str, email: str, first_name: str, tokens: IdentityTokens
    ) -> tuple[str, Customer]:
        """A new session: the cookie's value, which is stored nowhere, and the customer."""
        now, token = self._clock(), new_token()
        row = SignInSession(
            id=fingerprint(token),
            account_id=account_id,
            email_encrypted=self._encryption.encrypt(email),
            first_name_encrypted=self._encryption.encrypt(first_name),
            tokens_encrypted=self._seal(tokens),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LONGEST,
        )
        customer = Customer(row.id, account_id, email, first_name)
        await self._database.write(lambda session: session.add(row))
        return token, customer

    async def customer(self, cookie_token: str) -> Customer | None:
        """The customer of a running session; remembers that they were here."""
        session_id, now = fingerprint(cookie_token), self._clock()
        row = await self.row(session_id)
        if row is None or not self._runs(row):
            return None
        try:
            email = self._encryption.decrypt(row.email_encrypted)
            first_name = self._encryption.decrypt(row.first_name_encrypted)
        except CannotDecrypt:
            return None
        if abs(now - row.last_seen_at) >= SEEN_STEP:
            await self._database.write_soon(partial(_change, session_id, {"last_seen_at": now}))
        return Customer(session_id, row.account_id, email, first_name)

    async def row(self, session_id: str) -> SignInSession | None:
        """The row of a session, running or not."""
        return await self._database.read(partial(find_session, session_id=session_id))

    def tokens(self, row: SignInSession | None) -> StoredTokens | None:
        """The tokens of a running session."""
        return None if row is None or not self._runs(row) else self._stored(row)

    async def newest_of_account(self, account_id: str) -> tuple[str, StoredTokens] | None:
        """Id and tokens of the account's running session that was begun last."""
        own = select(SignInSession).where(SignInSession.account_id == account_id)
        newest_first = own.order_by(col(SignInSession.created_at).desc())
        for row in await self._database.read(lambda session: session.exec(newest_first).all()):
            if self._runs(row) and (stored := self._stored(row)):
                return row.id, stored
        return None

    async def keep(self, session_id: str, tokens: IdentityTokens) -> str:
        """Replace the tokens of a session that has not ended; the sealed text they stand in now."""
        sealed = self._seal(tokens)
        await self._database.write(partial(_change, session_id, {"tokens_encrypted": sealed}))
        return sealed

    async def end(self, session_id: str) -> None:
        """End a session and erase what it held."""
        ended = {"ended_at": self._clock(), **_EMPTY}
        await self._database.write(partial(_change, session_id, ended))

    async def erase_old(self) -> None:
        """Drop the rows of sessions that are over."""
        now = self._clock()
        over = or_(
            col(SignInSession.expires_at) <= now,
            col(SignInSession.last_seen_at) <= now - LONGEST_IDLE - SEEN_STEP,
            col(SignInSession.ended_at).is_not(None),
        )
        await self._database.clean_up(lambda session: session.exec(delete(SignInSession).where(over)))

    def _runs(self, row: SignInSession) -> bool:
        now = self._clock()
        # One that lasts longer than any can was begun by a clock that was wrong: its end is not known.
        lasts = now < row.expires_at and not is_ahead(row.expires_at, now, LONGEST)
        return row.ended_at is None and lasts and now - row.last_seen_at < LONGEST_IDLE

    def _seal(self, tokens: IdentityTokens) -> str:
        content = [
            tokens.access_token,
            tokens.refresh_token,
            tokens.expires_at.isoformat(),
            tokens.via_openid,
        ]
        return self._encryption.encrypt(json.dumps(content))

    def _stored(self, row: SignInSession) -> StoredTokens | None:
        try:
            content = json.loads(self._encryption.decrypt(row.tokens_encrypted))
            access, refresh, expires = content[:3]
        except (CannotDecrypt, ValueError):
            return None
        tokens = IdentityTokens(
            access_token=access,
            refresh_token=refresh,
            expires_at=datetime.fromisoformat(expires),
            via_openid=content[3:] == [True],  # sessions from before OpenID Connect have three parts
        )
        return StoredTokens(tokens, row.tokens_encrypted)


def find_session(session: Session, session_id: str) -> SignInSession | None:
    """Return the row of a session, running or not."""
    return session.exec(_BY_ID, params={"id": session_id}).first()


def _change(session_id: str, values: Mapping[str, Any], session: Session) -> None:
    """Change the row of a session that has not ended."""
    running = (col(SignInSession.id) == session_id, col(SignInSession.ended_at).is_(None))
    session.exec(update(SignInSession).where(*running).values(**values))
