"""The client: one object, one connection pool, the API's parts as attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from klarna_shop.payway.calls import Calls, Endpoint
from klarna_shop.payway.models import CancellationReason
from klarna_shop.payway.observation import CallObserver
from klarna_shop.payway.openid import OpenId, OpenIdAddress
from klarna_shop.payway.resources.accounts import Accounts
from klarna_shop.payway.resources.catalogue import Products, Titles
from klarna_shop.payway.resources.klarna_payments import KlarnaPayments
from klarna_shop.payway.resources.me import Me
from klarna_shop.payway.resources.orders import CancellationReasons, Orders, Subscriptions
from klarna_shop.payway.tokens import IDENTITY_SCOPES, Identity, IdentityTokens, PaywayCredentials


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PaywayClient:
    """An async client of one organisation's Payway.

    `timeout` is the deadline of one call in seconds, with all that belongs to it: a token, repetitions of a
    read. Placing an order gets twice that. `transport` stands in for the network; `now` for the computer's
    clock. With `sends_scope` calls carry the key of `calls_in_scope`, for the sandbox. `observer` is told of
    every call. `openid` is the provider at which customers sign in in the browser; without it the attribute
    of that name is None.
    """

    def __init__(
        self,
        credentials: PaywayCredentials,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 30.0,
        now: Callable[[], datetime] = _utc_now,
        sends_scope: bool = False,
        observer: CallObserver | None = None,
        openid: OpenIdAddress | None = None,
    ) -> None:
        self._calls = Calls(
            credentials,
            transport=transport,
            timeout=timeout,
            now=now,
            sends_scope=sends_scope,
            observer=observer,
            openid=openid,
        )
        self.openid: OpenId | None = self._calls.openid
        self._credentials = credentials
        self._now = now
        self.klarna_payments = KlarnaPayments(self._calls)
        self.products = Products(self._calls)
        self.titles = Titles(self._calls)
        self.me = Me(self._calls)
        self.accounts = Accounts(self._calls)
        self.orders = Orders(self._calls)
        self.subscriptions = Subscriptions(self._calls)
        self._cancellation_reasons = CancellationReasons(self._calls)

    async def sign_in(self, email: str, password: str) -> IdentityTokens:
        """Tokens of an existing customer (grant `password`, payway-api.md §3.2).

        Raises:
            WrongCredentials: e-mail and password do not belong together.
        """
        return await self._grant(
            grant_type="password", username=f"{self._credentials.organisation}^{email}", password=password
        )

    async def exchange_ticket(self, ticket: str) -> IdentityTokens:
        """Tokens for a one-time ticket (grant `ticket`, §3.5).

        Raises:
            WrongCredentials: the ticket is used, too old or another's.
        """
        return await self._grant(grant_type="ticket", ticket=ticket)

    async def cancellation_reasons(
        self, *, include_internal: bool = False, visible_to_end_customer: bool | None = None
    ) -> list[CancellationReason]:
        """Reasons for cancelling (§9.4); internal ones only where they are asked for."""
        return await self._cancellation_reasons.all(
            include_internal=include_internal, visible_to_end_customer=visible_to_end_customer
        )

    async def answer(
        self,
        endpoint: Endpoint,
        *,
        identity: Identity | None = None,
        query: Mapping[str, str] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of a reading endpoint's answer as it came, for whoever explores.

        Raises:
            PaywayError: see `klarna_shop.payway.errors`.
            ValueError: the endpoint changes something.
        """
        if not endpoint.is_read:
            raise ValueError("answers of reading endpoints only")
        return await self._calls.call(endpoint, identity=identity, query=query, path=path)

    async def check_scope(self, scope: str) -> None:
        """Ask for a token with one scope, to see whether the API user holds it.

        Raises:
            PaywayError: it does not, or Payway does not answer.
        """
        await self._calls.ask_token({"grant_type": "none", "scope": scope})

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._calls.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _grant(self, **form: str) -> IdentityTokens:
        body = await self._calls.ask_token({**form, "scope": " ".join(IDENTITY_SCOPES)})
        return IdentityTokens.read(body, self._now())
