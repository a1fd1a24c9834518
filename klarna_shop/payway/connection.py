"""The connection to Payway: one pool, a deadline on everything, failures below HTTP by what they mean."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from klarna_shop.outbound import http_client
from klarna_shop.payway.errors import AnswerLost, NotSent, NotUnderstood, PaywayError
from klarna_shop.payway.observation import CallObserver, ObservedCall, tell
from klarna_shop.payway.scope import SCOPE_HEADER, call_scope

LONGEST_CONNECT = 10.0
"""Seconds to get a connection in, or a third of the deadline: running out of these, nothing was sent."""

_OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that describe how a body travelled, not what it is once it is read."""


def _without_query(record: logging.LogRecord) -> bool:
    """Queries hold e-mail addresses; httpx logs every address it calls."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            value.copy_with(query=None) if isinstance(value, httpx.URL) else value for value in record.args
        )
    return True


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for: what errors call it, its section of the reference, which try it is."""

    operation: str
    section: str
    attempt: int = 1


class Connection:
    """Sends requests. Keeps no cookies: one pool serves all customers."""

    def __init__(
        self,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None,
        *,
        now: Callable[[], datetime],
        sends_scope: bool = False,
        observer: CallObserver | None = None,
    ) -> None:
        self._sends_scope = sends_scope
        self._observer = observer
        self._now = now
        logging.getLogger("httpx").addFilter(_without_query)
        self._http = http_client(
            transport=transport,
            base_url=base_url,
            headers={"Accept": "application/json"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
        )

    async def send(
        self,
        purpose: Purpose,
        method: str,
        path: str,
        deadline: float,
        *,
        most_bytes: int | None = None,
        **request: Any,
    ) -> httpx.Response:
        """The answer, whatever its status, before `deadline` (the loop's time).

        `path` is below the base address, or a whole address. With `most_bytes` an answer that is larger is
        not read to its end.

        Raises:
            NotSent: no connection was made, or the server is stopping and makes none any more.
            AnswerLost: the request may have arrived.
            NotUnderstood: the answer is larger than `most_bytes`.
        """
        if self._http.is_closed:
            raise NotSent(purpose.operation)
        seconds = max(deadline - asyncio.get_running_loop().time(), 0.0)
        connecting = min(LONGEST_CONNECT, seconds / 3)
        timeout = httpx.Timeout(seconds, connect=connecting, pool=connecting)
        if self._sends_scope and (key := call_scope.get()):
            request["headers"] = {**request.get("headers", {}), SCOPE_HEADER: key}
        built = self._http.build_request(method, path, timeout=timeout, **request)
        if self._observer is None:
            return await self._answer(purpose.operation, built, deadline, most_bytes)
        return await self._observed(self._observer, purpose, built, deadline, most_bytes)

    async def _answer(
        self, operation: str, request: httpx.Request, deadline: float, most_bytes: int | None
    ) -> httpx.Response:
        async with until(deadline, operation):
            try:
                if most_bytes is None:
                    return await self._http.send(request)
                return await self._small(operation, request, most_bytes)
            except (
                httpx.ConnectError,
                httpx.ConnectTimeout,
                httpx.PoolTimeout,
                httpx.ProxyError,
                httpx.UnsupportedProtocol,
            ):
                raise NotSent(operation) from None
            except httpx.HTTPError:
                raise AnswerLost(operation) from None

    async def _small(self, operation: str, request: httpx.Request, most_bytes: int) -> httpx.Response:
        response = await self._http.send(request, stream=True)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    raise NotUnderstood(operation, status=response.status_code)
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.items() if name not in _OF_THE_WAY]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)

    async def _observed(
        self,
        observer: CallObserver,
        purpose: Purpose,
        request: httpx.Request,
        deadline: float,
        most_bytes: int | None,
    ) -> httpx.Response:
        began_at, began = self._now(), time.perf_counter()
        response, error = None, "Cancelled"
        try:
            response = await self._answer(purpose.operation, request, deadline, most_bytes)
            error = ""
        except PaywayError as failure:
            error = type(failure).__name__
            raise
        finally:
            milliseconds = (time.perf_counter() - began) * 1000
            tell(
                observer,
                ObservedCall(
                    purpose.operation,
                    purpose.section,
                    purpose.attempt,
                    began_at,
                    milliseconds,
                    request,
                    response,
                    error,
                ),
            )
        return response

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


@asynccontextmanager
async def until(deadline: float, operation: str) -> AsyncIterator[None]:
    """Give up at `deadline` (the loop's time).

    Raises:
        AnswerLost: it has passed.
    """
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise AnswerLost(operation) from None
