"""A Payway that says only what a test has told it to say, and fails on every other request."""

from __future__ import annotations

import json
from asyncio import sleep
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx

from klarna_shop.payway import Identity, IdentityTokens, OrderRequest, PaywayClient, PaywayCredentials

API = "/external/api"
TOKEN_PATH = "/api/authorization/access_token"
SECRET = "the-client-secret"
NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
ORDER = OrderRequest(
    klarna_authorization_token="authorization-token-1",
    klarna_payments_session_id="klarna-session-1",
    browser_ip="203.0.113.7",
    browser_language="sv-SE",
    browser_user_agent="Test browser",
)

Answer = httpx.Response | Exception


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def move(self, **step: float) -> None:
        self.time += timedelta(**step)


class StandIn:
    """Answers in the order given; notes what was asked. Tokens are `token-1`, `token-2`, …"""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.forms: list[dict[str, str]] = []
        self.lifetime: Any = 3600
        self.token_answers: list[Answer] = []
        self._answers: dict[str, list[Answer]] = {}

    def on(self, operation: str, *answers: Answer) -> None:
        """What `operation` ("GET /v1/me") answers, once each."""
        self._answers.setdefault(operation, []).extend(answers)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        await sleep(0)  # lets others in, as a network does
        if request.url.path == TOKEN_PATH:
            return self._token(request)
        self.requests.append(request)
        operation = f"{request.method} {request.url.path.removeprefix(API)}"
        waiting = self._answers.get(operation)
        assert waiting, f"unexpected request: {operation}"
        return _given(waiting.pop(0))

    def _token(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        assert (form.pop("client_id"), form.pop("client_secret")) == ("the-client", SECRET)
        self.forms.append(form)
        if self.token_answers:
            return _given(self.token_answers.pop(0))
        body = {"access_token": f"token-{len(self.forms)}", "expires_in": self.lifetime}
        return ok(body)

    @property
    def bearers(self) -> list[str]:
        """The tokens of the requests so far."""
        return [request.headers["authorization"].removeprefix("Bearer ") for request in self.requests]

    def unused(self) -> dict[str, int]:
        """How many answers nobody asked for."""
        return {operation: len(left) for operation, left in self._answers.items() if left}


def make_client(stand_in: StandIn, clock: Clock, timeout: float = 5.0) -> PaywayClient:
    credentials = PaywayCredentials("http://payway.example", "the-client", SECRET, "demo")
    return PaywayClient(
        credentials, transport=httpx.MockTransport(stand_in.handle), timeout=timeout, now=clock
    )


def ok(body: Any = None, **facts: Any) -> httpx.Response:
    return httpx.Response(200, json=body, **facts)


def refused(status: int, code: str | None = None, field: str | None = None, **facts: Any) -> httpx.Response:
    body = {"code": code, "field": field, "message": "What happened"}
    given = {name: value for name, value in body.items() if value is not None}
    return httpx.Response(status, json=given, **facts)


def identity(refresh: str | None = "refresh-1", seconds: float = 3600, **kept: Any) -> Identity:
    """A customer whose access token is `customer-token`."""
    return Identity(IdentityTokens("customer-token", refresh, NOW + timedelta(seconds=seconds)), **kept)


def sent(request: httpx.Request) -> Mapping[str, Any] | None:
    """The JSON body of a request."""
    return json.loads(request.content) if request.content else None


def _given(answer: Answer) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer
