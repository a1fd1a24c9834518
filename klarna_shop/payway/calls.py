"""One call: token, deadline, and the repetition of reads."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import stamina

from klarna_shop.payway.answers import json_of, refusal_of, refuses_token, token_refusal_of
from klarna_shop.payway.connection import Connection, Purpose, until
from klarna_shop.payway.errors import (
    AccessDenied,
    IdentityExpired,
    NoAnswer,
    NotSent,
    PaywayError,
    RateLimited,
    ServerFault,
)
from klarna_shop.payway.observation import CallObserver
from klarna_shop.payway.openid import OpenId, OpenIdAddress
from klarna_shop.payway.tokens import (
    TOKEN_PATH,
    TOKEN_SECTION,
    ClientTokens,
    Identity,
    IdentityRenewals,
    PaywayCredentials,
)

API = "/external/api"
READ_ATTEMPTS = 3
FIRST_PAUSE = 0.1
LONGEST_JITTER = 0.2
LONGEST_PAUSE = 5.0
"""Seconds before a read is repeated; a `Retry-After` longer than this is left to the caller."""
ORDER_PATIENCE = 2
"""Placing an order may take this many times the client's timeout: Payway speaks with Klarna meanwhile."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: method, path below `/external/api`, the scope it takes, its section of the reference."""

    method: str
    path: str
    scope: str
    section: str
    places_order: bool = False

    @property
    def operation(self) -> str:
        """What errors and logs call it."""
        return f"{self.method} {self.path}"

    @property
    def is_read(self) -> bool:
        """Whether repeating it changes nothing."""
        return self.method == "GET"


@dataclass(frozen=True)
class _Call:
    endpoint: Endpoint
    identity: Identity | None
    query: Mapping[str, str] | None
    body: Mapping[str, Any] | None
    path: str
    deadline: float
    attempts: Iterator[int] = field(default_factory=lambda: itertools.count(1))


class Calls:
    """Makes calls for the resources. Knows HTTP and tokens, and nothing of what is called."""

    def __init__(
        self,
        credentials: PaywayCredentials,
        *,
        transport: httpx.AsyncBaseTransport | None,
        timeout: float,
        now: Callable[[], datetime],
        sends_scope: bool = False,
        observer: CallObserver | None = None,
        openid: OpenIdAddress | None = None,
    ) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._now = now
        self._connection = Connection(
            credentials.base_url, transport, sends_scope=sends_scope, observer=observer, now=now
        )
        self._client_tokens = ClientTokens(self.ask_token, now)
        self.openid = (
            None
            if openid is None
            else OpenId(openid, credentials, self._connection, now=now, timeout=timeout)
        )
        self._renewals = IdentityRenewals(
            self.ask_token, now, None if self.openid is None else self.openid.renew
        )

    async def aclose(self) -> None:
        """Let renewals that are under way end, and give the connections back."""
        await self._renewals.settle()
        await self._connection.aclose()

    async def call(
        self,
        endpoint: Endpoint,
        *,
        identity: Identity | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of a 2xx answer, None where it is empty.

        A GET is repeated where that may help; anything else is sent once, but for the one repetition with a
        new token where Payway refuses the first, which it does before it does anything. The deadline holds
        for all of it together.

        Raises:
            PaywayError: see `klarna_shop.payway.errors`.
        """
        seconds = self._timeout * (ORDER_PATIENCE if endpoint.places_order else 1)
        deadline = asyncio.get_running_loop().time() + seconds
        call = _Call(endpoint, identity, query, body, _filled(endpoint.path, path or {}), deadline)
        try:
            return await self._with_token(call)
        except PaywayError as error:
            if not endpoint.is_read:
                raise
            return await self._repeated(call, error, seconds)

    async def _repeated(self, call: _Call, first: PaywayError, seconds: float) -> Any:
        """A read again, where that may help. Its first attempt has been made, and cost no machinery."""
        async for attempt in stamina.retry_context(
            on=lambda error: may_repeat(error, call.deadline - asyncio.get_running_loop().time()),
            attempts=READ_ATTEMPTS,
            timeout=seconds,
            wait_initial=FIRST_PAUSE,
            wait_jitter=LONGEST_JITTER,
            wait_max=LONGEST_PAUSE,
        ):
            with attempt:
                if attempt.num == 1:
                    raise first
                return await self._with_token(call)
        raise AssertionError("the last attempt returns or raises")

    async def ask_token(self, form: Mapping[str, str]) -> Any:
        """Post a form to the token endpoint, with the API user's credentials.

        Raises:
            WrongCredentials: the customer's password, code or ticket is not accepted.
            AccessDenied: the API user or a scope is not accepted, or a refresh token is not.
            PaywayError: any other failure.
        """
        credentials = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        operation = f"POST {TOKEN_PATH}"
        deadline = asyncio.get_running_loop().time() + self._timeout
        response = await self._connection.send(
            Purpose(operation, TOKEN_SECTION), "POST", TOKEN_PATH, deadline, data={**form, **credentials}
        )
        if response.is_success:
            return json_of(operation, response)
        raise token_refusal_of(operation, response, form["grant_type"], self._now())

    async def _with_token(self, call: _Call) -> Any:
        endpoint = call.endpoint
        token = await self._token(call)
        response = await self._request(call, token)
        if refuses_token(response):
            token = await self._token(call, instead_of=token)
            response = await self._request(call, token)
        if response.is_success:
            return json_of(endpoint.operation, response)
        error = refusal_of(endpoint.operation, response, self._now(), places_order=endpoint.places_order)
        if call.identity is not None and isinstance(error, AccessDenied) and refuses_token(response):
            raise IdentityExpired(endpoint.operation, status=error.status, message=error.message) from error
        raise error

    async def _token(self, call: _Call, *, instead_of: str | None = None) -> str:
        """A token, had before anything is sent: whatever fails here, the call itself was not carried out."""
        endpoint = call.endpoint
        if (
            instead_of is None
            and call.identity is None
            and (token := self._client_tokens.at_hand(endpoint.scope))
        ):
            return token
        try:
            async with until(call.deadline, endpoint.operation):
                if call.identity is not None:
                    return await self._renewals.token(call.identity, instead_of=instead_of)
                return await self._client_tokens.get(endpoint.scope, instead_of=instead_of)
        except IdentityExpired:
            raise
        except PaywayError as error:
            if endpoint.is_read:
                raise
            raise NotSent(
                endpoint.operation,
                status=error.status,
                code=error.code,
                request_id=error.request_id,
                message=error.message,
            ) from error

    async def _request(self, call: _Call, token: str) -> httpx.Response:
        endpoint = call.endpoint
        return await self._connection.send(
            Purpose(endpoint.operation, endpoint.section, next(call.attempts)),
            endpoint.method,
            API + call.path,
            call.deadline,
            params=call.query,
            json=call.body,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )


def _filled(path: str, values: Mapping[str, str]) -> str:
    return path.format(**{name: quote(value, safe="") for name, value in values.items()})


def may_repeat(error: Exception, seconds_left: float) -> bool | timedelta:
    """Whether a read is worth repeating, after how long where Payway says; no longer than is left."""
    if not isinstance(error, NoAnswer | ServerFault | RateLimited) or seconds_left <= 0:
        return False
    asked = error.retry_after if isinstance(error, RateLimited | ServerFault) else None
    if asked is None:
        return True
    return asked if asked.total_seconds() <= min(LONGEST_PAUSE, seconds_left) else False
