"""One call: deadline, token, retries of reads, and every failure turned into a typed error."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from klarna_shop.payway import reading
from klarna_shop.payway.errors import (
    AccessDenied,
    AnswerLost,
    IdentityExpired,
    NoAnswer,
    NotSent,
    NotUnderstood,
    PaywayError,
    RateLimited,
    Refused,
    ServerFault,
    WrongCredentials,
    refusal,
)
from klarna_shop.payway.tokens import (
    RENEW_BEFORE,
    TOKEN_PATH,
    ClientTokens,
    Identity,
    IdentityTokens,
    PaywayCredentials,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

API = "/external/api"
READ_ATTEMPTS = 3
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds before a read is repeated; a `Retry-After` longer than this is left to the caller."""
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id")
"""None is documented; whichever comes is worth having in the log."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: method, path below `/external/api`, and the scope it takes."""

    method: str
    path: str
    scope: str
    places_order: bool = False

    @property
    def operation(self) -> str:
        """What errors and logs call it."""
        return f"{self.method} {self.path}"


class Calls:
    """Makes calls for the resources. Knows HTTP and tokens, and nothing of what is called."""

    def __init__(
        self,
        credentials: PaywayCredentials,
        *,
        transport: httpx.AsyncBaseTransport | None,
        timeout: float,
        now: Callable[[], datetime],
    ) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._now = now
        self._http = httpx.AsyncClient(
            base_url=credentials.base_url,
            transport=transport,
            headers={"Accept": "application/json"},
            follow_redirects=False,
        )
        self._client_tokens = ClientTokens(self.ask_token, now)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def call(
        self,
        endpoint: Endpoint,
        *,
        identity: Identity | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON of a 2xx answer.

        A GET is repeated where that may help; anything else is sent once, but for the one repetition with a
        new token after a 401, which Payway gives before it does anything.

        Raises:
            PaywayError: see `klarna_shop.payway.errors`.
        """
        attempts = READ_ATTEMPTS if endpoint.method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                return await self._with_token(endpoint, identity, query, body)
            except (NoAnswer, ServerFault, RateLimited) as error:
                pause = _pause(error, attempt)
                if attempt == attempts or pause is None:
                    raise
                log.info("%s; trying again in %.1f s", error, pause)
                await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def ask_token(self, form: Mapping[str, str]) -> Any:
        """Post a form to the token endpoint, with the API user's credentials.

        Raises:
            WrongCredentials: user name and password do not belong together.
            PaywayError: any other failure.
        """
        credentials = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        operation = f"POST {TOKEN_PATH}"
        response = await self._send(
            operation, "POST", TOKEN_PATH, self._timeout, data={**form, **credentials}
        )
        answer = _json(operation, response) if response.is_success else _json_or_nothing(response)
        if response.is_success:
            return answer
        if form["grant_type"] in {"password", "ticket", "authorization_code"} and _is_wrong_user(
            response, answer
        ):
            raise WrongCredentials(operation, status=response.status_code)
        raise _refusal(operation, response, places_order=False)

    async def renew(self, identity: Identity, *, instead_of: str | None = None) -> str:
        """A usable access token of `identity`, renewed where it is about to run out or was refused.

        Raises:
            IdentityExpired: there is nothing to renew it with, or Payway does not take it.
        """
        async with identity.lock:
            tokens = identity.tokens
            if tokens.access_token != instead_of and tokens.expires_at - self._now() > RENEW_BEFORE:
                return tokens.access_token
            if tokens.refresh_token is None:
                if tokens.access_token != instead_of and tokens.expires_at > self._now():
                    return tokens.access_token
                raise IdentityExpired(f"POST {TOKEN_PATH}")
            try:
                form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
                renewed = IdentityTokens.read(await self.ask_token(form), self._now())
            except Refused as error:
                if isinstance(error, ServerFault | RateLimited):
                    raise
                raise IdentityExpired(error.operation, status=error.status) from error
            if renewed.refresh_token is None:
                renewed = IdentityTokens(renewed.access_token, tokens.refresh_token, renewed.expires_at)
            identity.tokens = renewed
            if identity.on_renewed is not None:
                await identity.on_renewed(renewed)
            return renewed.access_token

    async def _with_token(
        self,
        endpoint: Endpoint,
        identity: Identity | None,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> Any:
        token = await self._token(endpoint, identity)
        response = await self._request(endpoint, token, query, body)
        if response.status_code == 401:
            token = await self._token(endpoint, identity, instead_of=token)
            response = await self._request(endpoint, token, query, body)
        if response.is_success:
            return _json(endpoint.operation, response)
        error = _refusal(endpoint.operation, response, places_order=endpoint.places_order)
        if identity is not None and isinstance(error, AccessDenied) and error.status == 401:
            raise IdentityExpired(endpoint.operation, status=401) from error
        raise error

    async def _token(
        self, endpoint: Endpoint, identity: Identity | None, *, instead_of: str | None = None
    ) -> str:
        """A token, fetched before anything is sent: what fails here leaves the call not carried out."""
        try:
            if identity is not None:
                return await self.renew(identity, instead_of=instead_of)
            return await self._client_tokens.get(endpoint.scope, instead_of=instead_of)
        except PaywayError as error:
            if error.outcome_unknown and endpoint.method != "GET":
                raise NotSent(endpoint.operation) from error
            raise

    async def _request(
        self,
        endpoint: Endpoint,
        token: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> httpx.Response:
        seconds = self._timeout * (2 if endpoint.places_order else 1)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self._send(
            endpoint.operation,
            endpoint.method,
            API + endpoint.path,
            seconds,
            params=query,
            json=body,
            headers=headers,
        )

    async def _send(
        self, operation: str, method: str, path: str, seconds: float, **request: Any
    ) -> httpx.Response:
        async with _deadline(operation, seconds):
            return await self._http.request(method, path, timeout=seconds, **request)


@asynccontextmanager
async def _deadline(operation: str, seconds: float) -> AsyncIterator[None]:
    """Give up after `seconds` in all, and name every failure below HTTP by what it means."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        raise NotSent(operation) from None
    except (httpx.HTTPError, TimeoutError):
        raise AnswerLost(operation) from None


def _json(operation: str, response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise NotUnderstood(operation, status=response.status_code) from None


def _json_or_nothing(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _is_wrong_user(response: httpx.Response, answer: Mapping[str, Any]) -> bool:
    """An OAuth refusal of the user, and not of the API user (payway-api.md §2.3)."""
    if response.status_code not in {400, 401, 403}:
        return False
    described = str(answer.get("error_description", "")).lower()
    return answer.get("error") in {"invalid_grant", "access_denied"} or "do not match" in described


def _refusal(operation: str, response: httpx.Response, *, places_order: bool) -> PaywayError:
    request_id = next(
        (response.headers[name] for name in REQUEST_ID_HEADERS if name in response.headers), None
    )
    if 300 <= response.status_code < 400:
        return NotUnderstood(operation, status=response.status_code, request_id=request_id)
    return refusal(
        operation,
        response.status_code,
        _json_or_nothing(response),
        places_order=places_order,
        request_id=request_id,
        retry_after=_retry_after(response),
    )


def _retry_after(response: httpx.Response) -> timedelta | None:
    value = response.headers.get("retry-after", "")
    if value.isdigit():
        return timedelta(seconds=int(value))
    try:
        return max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta())
    except (ValueError, TypeError):
        return None


def _pause(error: PaywayError, attempt: int) -> float | None:
    """Seconds to wait before the next attempt; None where waiting that long is for the caller to decide."""
    asked = error.retry_after if isinstance(error, RateLimited | ServerFault) else None
    if asked is not None:
        return asked.total_seconds() if asked.total_seconds() <= LONGEST_PAUSE else None
    ceiling = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
    return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - jitter, not a secret


def understood(operation: str, read: Callable[[Any], T], body: Any) -> T:
    """`read` applied to an answer.

    Raises:
        NotUnderstood: it lacks what the reference says it has.
    """
    try:
        return read(body)
    except reading.Unreadable:
        raise NotUnderstood(operation) from None
