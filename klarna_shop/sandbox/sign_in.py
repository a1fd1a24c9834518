"""Signing in at Payway's own page, which counts failed attempts itself (§10.3, §10.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import authentication_attempts, find_account, record_attempt
from klarna_shop.sandbox.passwords import matches
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account


@dataclass(frozen=True)
class Refusal:
    """Why nobody is signed in.

    Attributes:
        remaining: attempts left before the account freezes; None where there is no account.
        frozen_until: aware; set where the account is frozen.
    """

    remaining: int | None = None
    frozen_until: datetime | None = None


async def sign_in(services: Services, email: str, password: str) -> Account | Refusal:
    """Try a password, and count the attempt. A frozen account is refused with the right password, too."""
    found = await services.database.read(lambda session: find_account(session, email=email))
    right = await matches(password, "" if found is None else found.password_hash)
    if found is None:
        return Refusal()
    account_id = found.id

    # Frozen or not is asked where it is also written, so that many attempts at once get no more than one
    # after the other would.
    def count(session: Session) -> Account | Refusal:
        account = find_account(session, account_id=account_id)
        if account is None:
            return Refusal()
        if (refusal := _frozen(services, account)) is not None:
            return refusal
        record_attempt(services, account, successful=right)
        if right:
            return account
        remaining: int = authentication_attempts(services, account)["remaining_authentication_attempts"]
        return _frozen(services, account) or Refusal(remaining)

    return await services.database.write(count)


def _frozen(services: Services, account: Account) -> Refusal | None:
    attempts = authentication_attempts(services, account)
    if not attempts["account_frozen"]:
        return None
    return Refusal(0, datetime.fromisoformat(attempts["frozen_until"]))
