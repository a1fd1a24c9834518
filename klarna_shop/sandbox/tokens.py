"""Access tokens: granting them (§3.2) and recognising them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import find_account, is_frozen
from klarna_shop.sandbox.errors import unauthorized
from klarna_shop.sandbox.identifiers import fingerprint, unguessable
from klarna_shop.sandbox.passwords import matches
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.scopes import HELD_SCOPES
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Token

REFRESH_KIND = "refresh"
ONE_TIME_LIFETIME = timedelta(minutes=5)
"""How long a ticket or an authorization code can be exchanged."""


class TokenError(Exception):
    """A refusal by the token endpoint, in OAuth's words (§2.3)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Grant:
    """Client of a token, and the scopes that it opens."""

    account_id: str | None
    scopes: list[str]


async def grant_token(services: Services, form: Mapping[str, str]) -> dict[str, Any]:
    """Answer a token request.

    Raises:
        TokenError: the client, the grant or the scope is refused.
    """
    _check_client(services, form)
    match form.get("grant_type"):
        case "none":
            grant = Grant(None, _scopes(form))
        case "password":
            grant = await _by_password(services, form)
        case "ticket":
            grant = await _by_ticket(services, form)
        case "refresh_token":
            presented = form.get("refresh_token", "")
            grant = await refresh_grant(services, presented, REFRESH_KIND)
            return await issue(services, grant, refresh_kind=REFRESH_KIND, presented=presented)
        case None | "":
            raise TokenError(400, "invalid_request", "grant_type is required")
        case _:
            raise TokenError(400, "unsupported_grant_type", "The grant type is not supported")
    return await issue(services, grant, refresh_kind=REFRESH_KIND)


def _check_client(services: Services, form: Mapping[str, str]) -> None:
    settings = services.settings
    known = hmac.compare_digest(form.get("client_id", "").encode(), settings.client_id.encode())
    right = hmac.compare_digest(form.get("client_secret", "").encode(), settings.client_secret.encode())
    if not (known and right):
        status = services.readings.wrong_client_status
        raise TokenError(status, "invalid_client", "Client authentication failed")


def _scopes(form: Mapping[str, str]) -> list[str]:
    scopes = list(dict.fromkeys(form.get("scope", "").split()))
    if not scopes:
        raise TokenError(400, "invalid_scope", "scope is required")
    if any(scope not in HELD_SCOPES for scope in scopes):
        raise TokenError(400, "invalid_scope", "The client does not hold a requested scope")
    return scopes


def wrong_password(readings: Readings) -> TokenError:
    """The refusal of a user name and a password that do not belong together (§2.3)."""
    error, description = readings.wrong_password_error, "Username/password do not match"
    return TokenError(readings.wrong_password_status, error, description)


def account_frozen(readings: Readings) -> TokenError:
    """The refusal of a right password while the account is frozen (§10.3)."""
    return TokenError(readings.wrong_password_status, readings.frozen_account_error, "Account is frozen")


def void_grant(readings: Readings, what: str) -> TokenError:
    """The refusal of a refresh token, ticket or code that is unknown, used or too old."""
    return TokenError(readings.void_grant_status, "invalid_grant", f"The {what} is not valid")


async def _by_password(services: Services, form: Mapping[str, str]) -> Grant:
    scopes = _scopes(form)
    readings = services.readings
    organisation, _, email = form.get("username", "").partition("^")
    account = await services.database.read(lambda session: find_account(session, email=email))
    stored = "" if account is None else account.password_hash
    right = await matches(form.get("password", ""), stored)
    if (
        services.forced == "wrong_password"
        or account is None
        or not right
        or organisation != services.settings.organisation
    ):
        raise wrong_password(readings)
    if services.forced == "account_frozen" or is_frozen(services, account):
        raise account_frozen(readings)
    return Grant(account.id, scopes)


async def _by_ticket(services: Services, form: Mapping[str, str]) -> Grant:
    scopes = _scopes(form)

    def take(session: Session) -> str | None:
        token = session.get(Token, fingerprint(form.get("ticket", "")))
        if token is None or token.kind != "ticket" or has_expired(services, token):
            raise void_grant(services.readings, "ticket")
        session.delete(token)
        return token.account_id

    return Grant(await services.database.write(take), scopes)


async def refresh_grant(services: Services, presented: str, kind: str) -> Grant:
    """Return whom and what a refresh token stands for.

    Raises:
        TokenError: it is unknown, or of another token endpoint.
    """
    token = await services.database.read(lambda session: session.get(Token, fingerprint(presented)))
    if services.forced == "refresh_token_void" or token is None or token.kind != kind:
        raise void_grant(services.readings, "refresh token")
    return Grant(token.account_id, token.scopes)


async def issue(
    services: Services, grant: Grant, *, refresh_kind: str | None, presented: str | None = None
) -> dict[str, Any]:
    """Return a token answer. `refresh_kind` is None where no refresh token was asked for.

    Raises:
        TokenError: the refresh token that was `presented` has been used up meanwhile.
    """
    readings, now = services.readings, services.clock.now()
    access, lifetime = unguessable(), services.settings.token_lifetime or readings.token_lifetime
    answer: dict[str, Any] = {"access_token": access, "expires_in": lifetime}
    if readings.token_type is not None:
        answer["token_type"] = readings.token_type
    if readings.scope_in_token_answer:
        answer["scope"] = " ".join(grant.scopes)

    def store(session: Session) -> str | None:
        session.execute(delete(Token).where(Token.expires <= now - ONE_TIME_LIFETIME))
        _store(session, access, "access", grant, now + timedelta(seconds=lifetime))
        if grant.account_id is None or refresh_kind is None or not readings.grants_refresh_token:
            return None
        if presented is not None and not readings.rotates_refresh_token:
            return presented  # it stays good, and can be used again where an answer was lost
        if presented is not None:
            _give_up(session, readings, presented)
        refresh = unguessable()
        _store(session, refresh, refresh_kind, grant, None)
        return refresh

    if (refresh := await services.database.write(store)) is not None:
        answer["refresh_token"] = refresh
    return answer


def _give_up(session: Session, readings: Readings, refresh: str) -> None:
    """Take a refresh token back, within the transaction that gives the next one: of two uses one succeeds."""
    mark = fingerprint(refresh)
    gone = session.scalar(delete(Token).where(Token.fingerprint == mark).returning(Token.fingerprint))
    if gone is None:
        raise void_grant(readings, "refresh token")


def _store(session: Session, secret: str, kind: str, grant: Grant, expires: Any) -> None:
    session.add(
        Token(
            fingerprint=fingerprint(secret),
            kind=kind,
            account_id=grant.account_id,
            scopes=grant.scopes,
            expires=expires,
        )
    )


async def issue_ticket(services: Services, account_id: str) -> str:
    """A ticket (§3.5), good once and for five minutes."""
    secret = unguessable()
    ticket = Token(
        fingerprint=fingerprint(secret),
        kind="ticket",
        account_id=account_id,
        scopes=[],
        expires=services.clock.now() + ONE_TIME_LIFETIME,
    )
    await services.database.write(lambda session: session.add(ticket))
    return secret


async def bearer(services: Services, header: str | None) -> Token:
    """The access token of an `Authorization` header.

    Raises:
        ApiError: there is none, it is unknown, or it has expired.
    """
    scheme, _, secret = (header or "").partition(" ")
    token = None
    if scheme.lower() == "bearer" and secret:
        mark = fingerprint(secret.strip())
        token = await services.database.read(lambda session: session.get(Token, mark))
    if token is None or token.kind != "access" or has_expired(services, token):
        raise unauthorized(services.readings)
    return token


def has_expired(services: Services, token: Token) -> bool:
    """True if the token's time is over."""
    return token.expires is not None and token.expires <= services.clock.now()
