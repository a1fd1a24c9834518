"""The sandbox in the caller's own process, as far away as a server: what breaks there breaks here."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

_logger = logging.getLogger("klarna_shop.sandbox")


class InProcessTransport(httpx.AsyncBaseTransport):
    """Hands httpx requests to an ASGI app.

    An app that ends without completing its answer is a connection that was cut, an exception in it is a 500,
    and one that does not answer keeps the caller waiting for as long as the caller wants. A caller that gives
    up does not stop the app's work, just as it does not stop a server's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: dict[asyncio.Task[None], _Exchange] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The app's answer.

        Raises:
            httpx.RemoteProtocolError: the answer broke off.
            httpx.ReadTimeout: it did not come within the request's read timeout.
        """
        exchange = _Exchange(await request.aread())
        task = asyncio.create_task(exchange.run(self._app, _scope(request)))
        self._under_way[task] = exchange
        task.add_done_callback(self._under_way.pop)
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("read")):
                await asyncio.shield(task)
        except TimeoutError:
            raise httpx.ReadTimeout("the answer did not come in time", request=request) from None
        finally:
            exchange.abandoned.set()
        return exchange.response(request)

    async def aclose(self) -> None:
        """Let the work end that nobody waits for any more."""
        for exchange in self._under_way.values():
            exchange.abandoned.set()
        await asyncio.gather(*self._under_way)


class _Exchange:
    def __init__(self, body: bytes) -> None:
        self.abandoned = asyncio.Event()
        self._request_body: bytes | None = body
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = b""
        self._is_complete = False

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            if not self._status:
                self._status, self._body, self._is_complete = 500, b"Internal Server Error", True

    def response(self, request: httpx.Request) -> httpx.Response:
        if not self._is_complete:
            raise httpx.RemoteProtocolError("the answer broke off", request=request)
        return httpx.Response(self._status, headers=self._headers, content=self._body, request=request)

    async def _receive(self) -> Message:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.abandoned.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            self._is_complete = not message.get("more_body", False)


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
    }
