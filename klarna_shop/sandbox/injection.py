"""Faults on the way: stands around the whole API, so that what it does to an answer nothing repairs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.sandbox.endpoint import ARRIVED, error_answer
from klarna_shop.sandbox.errors import ApiError, unauthorized
from klarna_shop.sandbox.fault_register import Happening
from klarna_shop.sandbox.faults import Fault, target_of
from klarna_shop.sandbox.openid.paths import CALLED_PATHS
from klarna_shop.sandbox.services import Services

API_PATHS = ("/external/", "/api/", *CALLED_PATHS)
_PAGE = "<!doctype html><title>Sorry</title><h1>Sorry, something went wrong</h1>"
_CODES = {
    500: ("internal_server_error", "Internal server error"),
    502: ("bad_gateway", "Bad gateway"),
    503: ("service_unavailable", "Service unavailable"),
    504: ("gateway_timeout", "Gateway timeout"),
}


class FaultInjection:
    """An ASGI app around another: calls of the API meet the faults that are planned for them."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        happenings: Sequence[Happening] = ()
        if scope["type"] == "http" and scope["path"].startswith(API_PATHS):
            scope[ARRIVED] = self._services.clock.now()
            happenings = await self._services.faults.claim(target_of(scope))
        if not happenings:
            await self._app(scope, receive, send)
            return
        await _wait(happenings, "before")
        fault = next((entry.fault for entry in happenings if entry.fault.kind != "latency"), None)
        answer: list[Message] = []
        if fault is None or fault.when == "after" or fault.kind == "truncated":
            answer = await self._answer(scope, receive)
            await _wait(happenings, "after")
        if fault is not None:
            await self._happen(fault, answer, scope, receive, send)
            return
        for message in answer:
            await send(message)

    async def _answer(self, scope: Scope, receive: Receive) -> list[Message]:
        """The work of the call done, and what it would have sent."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        return answer

    async def _happen(
        self, fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send
    ) -> None:
        match fault.kind:
            case "silence":
                await _gone(receive)
            case "cut":
                await _break_off(send)
            case "truncated":
                await _send_half(answer, send)
            case _:
                await self._response(fault)(scope, receive, send)

    def _response(self, fault: Fault) -> Response:
        match fault.kind:
            case "html":
                response: Response = HTMLResponse(_PAGE, fault.answered_status)
            case "empty":
                response = Response(b"", fault.answered_status, media_type="application/json")
            case "unauthorized":
                response = error_answer(unauthorized(self._services.for_call().readings, 401))
            case "rate_limited":
                response = error_answer(ApiError(429, "too_many_requests", "Too many requests"))
            case _:
                response = error_answer(ApiError(fault.answered_status, *_CODES[fault.answered_status]))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = self._retry_after(fault, fault.retry_after)
        return response

    def _retry_after(self, fault: Fault, seconds: int) -> str:
        if fault.retry_after_form == "seconds":
            return str(seconds)
        moment = self._services.clock.now() + timedelta(seconds=seconds)
        return format_datetime(moment.replace(microsecond=0), usegmt=True)


async def _wait(happenings: Sequence[Happening], when: str) -> None:
    due = [entry for entry in happenings if entry.fault.kind == "latency" and entry.fault.when == when]
    if due:
        await asyncio.sleep(sum(entry.seconds for entry in due))


async def _gone(receive: Receive) -> None:
    """Return when the caller has given up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _break_off(send: Send) -> None:
    """Begin an answer with more to come than ever comes: the server has to cut the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"item":{', "more_body": True})


async def _send_half(answer: list[Message], send: Send) -> None:
    """The answer as a whole message whose JSON ends half-way."""
    start = next(message for message in answer if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in answer if message["type"] == "http.response.body")
    half = body[: len(body) // 2]
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    headers.append((b"content-length", str(len(half)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": half, "more_body": False})
