"""A shop whose address is https takes nothing that came without."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from klarna_shop.web.https_only import HttpsOnly

PLAIN = {"X-Forwarded-Proto": "http"}


async def _page(_request: Request) -> Response:
    return PlainTextResponse("the page")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


ROUTES = [Route("/{rest:path}", _page, methods=["GET", "POST"]), WebSocketRoute("/socket", _socket)]
SHOP = HttpsOnly(Starlette(routes=ROUTES), "https://shop.example")


async def _ask(method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app=SHOP)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, f"http://10.0.0.1{path}", headers=headers)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/checkout?purchase=1&x=%20", "https://shop.example/checkout?purchase=1&x=%20"),
        ("//evil.example/", "https://shop.example/evil.example/"),
        ("/", "https://shop.example/"),
    ],
)
async def test_a_page_is_asked_for_again_over_https(path: str, target: str) -> None:
    answer = await _ask("GET", path, PLAIN)
    assert (answer.status_code, answer.headers["location"]) == (308, target)


async def test_what_was_sent_without_https_is_not_taken() -> None:
    answer = await _ask("POST", "/auth/sign-in", PLAIN)
    assert (answer.status_code, "the page" in answer.text) == (403, False)


@pytest.mark.parametrize(
    "headers", [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http, https"}]
)
async def test_what_came_over_https_or_from_this_machine_is_taken(headers: dict[str, str]) -> None:
    assert (await _ask("GET", "/checkout", headers)).text == "the page"


async def _messages(headers: dict[str, str]) -> list[str]:
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": "/socket", "headers": raw, "query_string": b"", "subprotocols": []}
    await SHOP(scope, receive, send)
    return sent


async def test_no_socket_is_opened_without_https() -> None:
    assert await _messages(PLAIN) == ["websocket.close"]
    assert await _messages({}) == ["websocket.accept", "websocket.close"]
