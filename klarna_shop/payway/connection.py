"""The connection to Payway: one pool, a deadline on everything, failures below HTTP by what they mean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from klarna_shop.payway.errors import AnswerLost, NotSent
from klarna_shop.payway.scope import SCOPE_HEADER, call_scope

LONGEST_CONNECT = 10.0
"""Seconds to get a connection in, or a third of the deadline: running out of these, nothing was sent."""


def _without_query(record: logging.LogRecord) -> bool:
    """Queries hold e-mail addresses; httpx logs every address it calls."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            value.copy_with(query=None) if isinstance(value, httpx.URL) else value for value in record.args
        )
    return True


class Connection:
    """Sends requests. Keeps no cookies: one pool serves all customers."""

    def __init__(
        self, base_url: str, transport: httpx.AsyncBaseTransport | None, *, sends_scope: bool = False
    ) -> None:
        self._sends_scope = sends_scope
        logging.getLogger("httpx").addFilter(_without_query)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=transport,
            headers={"Accept": "application/json"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
        )

    async def send(
        self, operation: str, method: str, path: str, deadline: float, **request: Any
    ) -> httpx.Response:
        """The answer, whatever its status, before `deadline` (the loop's time).

        Raises:
            NotSent: no connection was made, or the server is stopping and makes none any more.
            AnswerLost: the request may have arrived.
        """
        if self._http.is_closed:
            raise NotSent(operation)
        seconds = max(deadline - asyncio.get_running_loop().time(), 0.0)
        connecting = min(LONGEST_CONNECT, seconds / 3)
        timeout = httpx.Timeout(seconds, connect=connecting, pool=connecting)
        if self._sends_scope and (key := call_scope.get()):
            request["headers"] = {**request.get("headers", {}), SCOPE_HEADER: key}
        async with until(deadline, operation):
            try:
                return await self._http.request(method, path, timeout=timeout, **request)
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
