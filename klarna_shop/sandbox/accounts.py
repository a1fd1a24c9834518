"""Accounts: finding, making, freezing, and the mails they cause (§10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from klarna_shop.sandbox.identifiers import entity_id, fingerprint, unguessable
from klarna_shop.sandbox.klarna_customers import DEBT_TAG, TAKEN_TAG, klarna_person
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account, Counter, Mail, Token


def next_number(session: Session, name: str) -> int:
    """The next number of a counter; only within a writing session."""
    statement = update(Counter).where(Counter.name == name).values(value=Counter.value + 1)
    number = session.scalar(statement.returning(Counter.value))
    assert number is not None, name
    return int(number)


def find_account(
    session: Session, *, account_id: str | None = None, email: str | None = None
) -> Account | None:
    """An account by id or e-mail; letter case does not matter."""
    if account_id is not None:
        return session.get(Account, account_id.lower())
    return session.scalar(select(Account).where(Account.email == (email or "").lower()))


def add_account(
    session: Session, services: Services, email: str, *, password_hash: str = "", **details: Any
) -> Account:
    """Make an account, and with it the person whom Klarna knows by that e-mail."""
    number = next_number(session, "customer")
    now = services.clock.now()
    person = klarna_person(number, email, details.get("first_name"), details.get("last_name"))
    local_part = email.partition("@")[0].lower()
    if TAKEN_TAG in local_part:
        number_column = Account.social_security_number
        taken = select(number_column).where(number_column.is_not(None)).order_by(Account.customer_number)
        person["social_security_number"] = session.scalar(taken.limit(1))
    account = Account(
        id=entity_id(),
        email=email.lower(),
        password_hash=password_hash,
        customer_number=number,
        klarna_person=person,
        created=now,
        updated=now,
        **{"failed_attempts": 0, "status": "active", "in_debt": DEBT_TAG in local_part, **details},
    )
    session.add(account)
    session.flush()
    return account


def add_mail(session: Session, services: Services, kind: str, account: Account) -> None:
    """Put a mail in the outbox: `account_created` or `account_created_with_password_reset` (§5.3, §10.1).

    The latter holds a link that is good for setting one password.
    """
    subject, text = _MAILS[kind]
    address = ""
    if kind == "account_created_with_password_reset":
        secret = unguessable()
        address = f"{services.settings.public_url}/sandbox/set-password?token={secret}"
        session.add(Token(fingerprint=fingerprint(secret), kind="password", account_id=account.id, scopes=[]))
    mail = Mail(
        id=entity_id(),
        kind=kind,
        recipient=account.email,
        subject=subject,
        text=text.format(newspaper=services.catalogue.title.name, address=address),
        created=services.clock.now(),
    )
    session.add(mail)


_MAILS = {
    "account_created": (
        "Välkommen! Ditt konto är klart",
        "Hej!\n\nDitt konto hos {newspaper} är klart. Logga in med din e-postadress och ditt lösenord.",
    ),
    "account_created_with_password_reset": (
        "Välj ett lösenord till ditt nya konto",
        "Hej!\n\nTack för ditt köp. Vi har gjort ett konto åt dig hos {newspaper}. Välj ett lösenord här, "
        "så kan du logga in på alla dina enheter:\n\n{address}",
    ),
}


def authentication_attempts(services: Services, account: Account) -> dict[str, Any]:
    """Whether the account is frozen, until when, and how many attempts are left (§10.3)."""
    now = services.clock.now()
    allowed = services.readings.attempts_before_freeze
    if account.always_frozen:
        until = now.replace(second=0, microsecond=0) + timedelta(minutes=services.readings.freeze_minutes)
        return {
            "account_frozen": True,
            "remaining_authentication_attempts": 0,
            "frozen_until": services.written_time(until),
        }
    frozen = account.frozen_until is not None and account.frozen_until > now
    # A freeze that has passed gives all attempts back.
    failed = 0 if account.frozen_until is not None and not frozen else account.failed_attempts
    return {
        "account_frozen": frozen,
        "remaining_authentication_attempts": max(0, allowed - failed),
        "frozen_until": services.written_time(account.frozen_until) if frozen else None,
    }


def record_attempt(services: Services, account: Account, *, successful: bool) -> None:
    """Count a sign-in that a client reported; enough failures freeze the account (§10.4)."""
    now = services.clock.now()
    if account.frozen_until is not None:
        if account.frozen_until > now:
            return  # attempts during a freeze change nothing
        account.frozen_until, account.failed_attempts = None, 0
    if successful:
        account.failed_attempts = 0
        return
    account.failed_attempts += 1
    if account.failed_attempts >= services.readings.attempts_before_freeze:
        account.frozen_until = now + timedelta(minutes=services.readings.freeze_minutes)


def is_frozen(services: Services, account: Account) -> bool:
    """Whether signing in is refused at present."""
    return bool(authentication_attempts(services, account)["account_frozen"])
