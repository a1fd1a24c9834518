"""Tokens: of the API user itself, cached per scope, and of signed-in customers (payway-api.md §3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from klarna_shop.payway import reading
from klarna_shop.payway.errors import AccessDenied, IdentityExpired, NotUnderstood

TOKEN_PATH = "/api/authorization/access_token"  # noqa: S105 - an address
TOKEN_SECTION = "3.2"  # noqa: S105 - of the reference
RENEW_BEFORE = timedelta(seconds=60)
"""A token with less than this left is renewed first."""
SHORTEST_LIFE = timedelta(seconds=1)
LONGEST_LIFE = timedelta(days=366)
_API_USER_FAULTS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope"})
"""OAuth's names for refusals that the customer can do nothing about."""

IDENTITY_SCOPES = (
    "/external/klarna_payments/w",
    "/external/me/w",
    "/external/me/r",
    "/external/me/order/w",
)
"""What an existing customer's storefront session needs (§3.4)."""

OnRenewed = Callable[["IdentityTokens"], Awaitable[None]]


@dataclass(frozen=True)
class PaywayCredentials:
    """The API user of one organisation, and where its Payway is."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    organisation: str


@dataclass(frozen=True)
class IdentityTokens:
    """A signed-in customer's tokens. `expires_at` is UTC; without a refresh token they end there.

    `via_openid` says which token endpoint renews them: the OpenID provider's, or the API's own.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    via_openid: bool = False

    @classmethod
    def read(
        cls, body: Any, now: datetime, *, operation: str = f"POST {TOKEN_PATH}", via_openid: bool = False
    ) -> IdentityTokens:
        """From a token answer.

        Raises:
            NotUnderstood: it holds no access token.
        """
        try:
            source = reading.item(body)
            seconds = min(reading.whole(source, "expires_in") or 0, int(LONGEST_LIFE.total_seconds()))
            return cls(
                access_token=reading.required(source, "access_token"),
                refresh_token=reading.text(source, "refresh_token"),
                expires_at=now + max(timedelta(seconds=seconds), SHORTEST_LIFE),
                via_openid=via_openid,
            )
        except reading.Unreadable:
            raise NotUnderstood(operation) from None


class Identity:
    """A customer's tokens as they are now. Keep one object for a session: it renews once at a time.

    `on_renewed` is awaited with new tokens, so that whoever keeps them can write them down.
    """

    def __init__(self, tokens: IdentityTokens, on_renewed: OnRenewed | None = None) -> None:
        self.tokens = tokens
        self.on_renewed = on_renewed
        self.lock = asyncio.Lock()


class AsksForTokens(Protocol):
    """Posts one form to the token endpoint and gives the answer's JSON."""

    def __call__(self, form: Mapping[str, str]) -> Awaitable[Any]:
        """`form` without the client's credentials."""


Renew = Callable[[str], Awaitable[Any]]
"""Gives the JSON of the OpenID provider's answer to a refresh token."""


class ClientTokens:
    """Tokens without identity (`grant_type=none`), one for each scope, fetched once at a time."""

    def __init__(self, ask: AsksForTokens, now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._tokens: dict[str, IdentityTokens] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, scope: str, *, instead_of: str | None = None) -> str:
        """A token for `scope`; not `instead_of`, which Payway has just refused."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            token = self.at_hand(scope)
            if token is None or token == instead_of:
                body = await self._ask({"grant_type": "none", "scope": scope})
                known = self._tokens[scope] = IdentityTokens.read(body, self._now())
                token = known.access_token
            return token

    def at_hand(self, scope: str) -> str | None:
        """A token for `scope` that is good for a while yet, without asking anybody."""
        known = self._tokens.get(scope)
        fresh = known is not None and known.expires_at - self._now() > RENEW_BEFORE
        return known.access_token if known is not None and fresh else None


class IdentityRenewals:
    """Renews customers' tokens (`grant_type=refresh_token`), one renewal at a time for each identity.

    `renew_via_openid` is for tokens of a sign-in by OpenID Connect; without it they cannot be renewed.
    """

    def __init__(
        self, ask: AsksForTokens, now: Callable[[], datetime], renew_via_openid: Renew | None = None
    ) -> None:
        self._ask = ask
        self._now = now
        self._renew_via_openid = renew_via_openid
        self._under_way: set[asyncio.Task[str]] = set()

    async def token(self, identity: Identity, *, instead_of: str | None = None) -> str:
        """A usable access token, renewed where it is about to run out or was refused (`instead_of`).

        Raises:
            IdentityExpired: there is nothing to renew it with, or Payway does not take it.
            PaywayError: Payway did not say; trying later may help.
        """
        if self._is_good(identity.tokens, instead_of, RENEW_BEFORE):
            return identity.tokens.access_token
        # A renewal outlives whoever asked for it: Payway may have taken the old refresh token back, and an
        # answer that nobody reads would sign the customer out.
        renewal = asyncio.create_task(self._renewed(identity, instead_of))
        self._under_way.add(renewal)
        renewal.add_done_callback(self._ended)
        return await asyncio.shield(renewal)

    async def settle(self) -> None:
        """Wait for the renewals that are under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _ended(self, renewal: asyncio.Task[str]) -> None:
        self._under_way.discard(renewal)
        if not renewal.cancelled():
            # Whoever asked hears of a failure, or has given up; asyncio need not complain that nobody did.
            renewal.exception()

    def _is_good(self, tokens: IdentityTokens, refused: str | None, at_least: timedelta) -> bool:
        return tokens.access_token != refused and tokens.expires_at - self._now() > at_least

    async def _renewed(self, identity: Identity, instead_of: str | None) -> str:
        async with identity.lock:
            tokens = identity.tokens
            if self._is_good(tokens, instead_of, RENEW_BEFORE):
                return tokens.access_token
            if tokens.refresh_token is None:
                if self._is_good(tokens, instead_of, timedelta()):
                    return tokens.access_token
                raise IdentityExpired(f"POST {TOKEN_PATH}")
            try:
                answer = await self._answer(tokens.refresh_token, via_openid=tokens.via_openid)
                renewed = IdentityTokens.read(answer, self._now(), via_openid=tokens.via_openid)
            except AccessDenied as error:
                if error.code in _API_USER_FAULTS:
                    raise
                raise IdentityExpired(error.operation, status=error.status, code=error.code) from error
            if renewed.refresh_token is None:
                renewed = replace(renewed, refresh_token=tokens.refresh_token)
            identity.tokens = renewed
            if identity.on_renewed is not None:
                await identity.on_renewed(renewed)
            return renewed.access_token

    async def _answer(self, refresh_token: str, *, via_openid: bool) -> Any:
        if not via_openid:
            return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})
        if self._renew_via_openid is None:
            raise IdentityExpired(f"POST {TOKEN_PATH}")
        return await self._renew_via_openid(refresh_token)
