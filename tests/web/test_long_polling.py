"""Plain requests in place of a WebSocket: to the layers below a session is a socket, and checked as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity.cookies import Cookies, new_token
from klarna_shop.web import long_polling
from klarna_shop.web.long_polling import LARGEST_BODY, MOST_PACKETS, MOST_WAITING, LongPolling
from klarna_shop.web.socket_handshake import SocketHandshake
from klarna_shop.web.socket_limits import SocketLimits, SocketRates

SHOP = "https://shop.example"
COOKIES = Cookies(secure=False)
OPENING = {"EIO": "4", "transport": "polling", "token": "a-token-of-a-page"}
OWN = {"Sec-Fetch-Site": "same-origin"}


class Server:
    """An app that says hello and repeats what it hears; `scopes` are the sockets that reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.left: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("below")(scope, receive, send)
            return
        self.scopes.append(scope)
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": '0{"sid":"inner","upgrades":["websocket"]}'})
        while (message := await receive())["type"] == "websocket.receive":
            await self.hear(message, send)
        self.left.append(message["code"])

    async def hear(self, message: Message, send: Send) -> None:
        """Repeat it; end where that is what was said, say much where that was asked for."""
        text = message.get("text")
        if text == "4end":
            await send({"type": "websocket.close", "code": 1000})
        for _ in range(MOST_WAITING + 1 if text == "4much" else 1):
            await send({"type": "websocket.send", **{k: v for k, v in message.items() if k != "type"}})


def _gated(inner: ASGIApp, rates: SocketRates | None = None) -> LongPolling:
    """The layers as the shop has them."""
    handshake = SocketHandshake(inner, [SHOP], COOKIES, Encryption(("a key that is long enough for it",)))
    limits = SocketLimits(handshake, COOKIES, 0, rates or SocketRates())
    return LongPolling(limits, [SHOP], COOKIES)


def _client(app: ASGIApp, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    return httpx.AsyncClient(transport=transport, base_url=SHOP, headers={**OWN, **headers})


async def _opened(client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.get("/_event/", params=OPENING)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "inner" not in answer.text
    assert '"upgrades": []' in answer.text
    return {**OPENING, "sid": answer.text.partition('"sid": "')[2].partition('"')[0]}


async def test_packets_go_both_ways_and_an_end_is_told() -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        session = await _opened(client)
        assert (await client.post("/_event/", params=session, content="4one\x1e4two")).text == "ok"
        heard = (await client.get("/_event/", params=session)).text
        while "4two" not in heard:
            heard += "\x1e" + (await client.get("/_event/", params=session)).text
        assert heard == "4one\x1e4two"
        await client.post("/_event/", params=session, content="bAAEC")
        assert (await client.get("/_event/", params=session)).text == "bAAEC"
        waiting = asyncio.create_task(client.get("/_event/", params=session))
        await client.post("/_event/", params=session, content="4end")
        await waiting
        assert (await client.get("/_event/", params=session)).status_code == 400
        assert (await client.get("/elsewhere")).text == "below"
    [scope] = server.scopes
    assert b"transport=websocket" in scope["query_string"]
    assert b"a-token-of-a-page" not in scope["query_string"], "bound to the browser, as a socket's"


async def test_a_client_that_says_goodbye_is_gone() -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        session = await _opened(client)
        await client.post("/_event/", params=session, content="1")
        assert (await client.get("/_event/", params=session)).status_code == 400
        await _until(lambda: server.left == [1001])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "cross-site", "Referer": f"{SHOP}/"},
    ],
)
async def test_another_site_is_refused(headers: dict[str, str]) -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        assert (await client.get("/_event/", params=OPENING, headers=headers)).status_code == 403
    assert server.scopes == []


async def test_a_browser_that_says_only_where_it_comes_from_gets_in() -> None:
    app = _gated(Server())
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=SHOP) as client:
        assert (await client.get("/_event/", params=OPENING)).status_code == 403
        own = await client.get("/_event/", params=OPENING, headers={"Referer": f"{SHOP}/packages"})
        assert own.status_code == 200


async def test_no_other_site_and_no_other_browser_gets_in() -> None:
    server = Server()
    app = _gated(server)
    cookie = f"visitor={new_token()}"
    async with _client(app, Cookie=cookie) as owner, _client(app) as thief:
        session = await _opened(owner)
        for stranger in ("", f"visitor={new_token()}"):
            headers = {"Cookie": stranger}
            assert (await thief.get("/_event/", params=session, headers=headers)).status_code == 400
            answer = await thief.post("/_event/", params=session, content="4taken", headers=headers)
            assert answer.status_code == 400
        foreign = {"Origin": "https://evil.example"}
        assert (
            await owner.post("/_event/", params=session, content="4x", headers=foreign)
        ).status_code == 403
        await owner.post("/_event/", params=session, content="4mine")
        assert (await owner.get("/_event/", params=session)).text == "4mine"


@pytest.mark.parametrize(
    "body",
    [
        b"4" + b"x" * LARGEST_BODY,
        b"\xff\xfe",
        b"bno base64!",
        b"\x1e".join([b"4x"] * (MOST_PACKETS + 1)),
    ],
    ids=["too large", "no text", "not binary", "too many"],
)
async def test_what_no_client_sends_ends_the_session(body: bytes) -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        session = await _opened(client)
        assert (await client.post("/_event/", params=session, content=body)).status_code == 400
        assert (await client.get("/_event/", params=session)).status_code == 400
        await _until(lambda: server.left == [1001])


async def test_two_requests_of_a_kind_at_once_end_the_session() -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        session = await _opened(client)
        answers = await asyncio.gather(*(client.get("/_event/", params=session) for _ in range(2)))
        assert {answer.status_code for answer in answers} == {400}


async def test_what_nobody_fetches_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    monkeypatch.setattr(long_polling, "UNFETCHED_SECONDS", 0.05)
    app = _gated(server)
    async with _client(app) as client:
        await _opened(client)
        await _until(lambda: server.left == [1001])
        await _until(lambda: not app._sessions)
        monkeypatch.setattr(long_polling, "UNFETCHED_SECONDS", 60)
        session = await _opened(client)
        await client.post("/_event/", params=session, content="4much")
        await _until(lambda: len(server.left) == 2)
        assert (await client.get("/_event/", params=session)).status_code == 400


async def test_connections_are_counted_as_a_sockets() -> None:
    server = Server()
    async with _client(_gated(server, SocketRates(connections_of_address=2))) as client:
        first = await _opened(client)
        await _opened(client)
        assert (await client.get("/_event/", params=OPENING)).status_code == 400
        await client.post("/_event/", params=first, content="1")
        await _until(lambda: len(server.left) == 1)
        await _opened(client)


@pytest.mark.parametrize(
    ("method", "changes"),
    [("GET", {"transport": "websocket"}), ("POST", {}), ("PUT", {}), ("GET", {"token": "<script>"})],
)
async def test_what_is_no_opening_opens_nothing(method: str, changes: dict[str, Any]) -> None:
    server = Server()
    async with _client(_gated(server)) as client:
        answer = await client.request(method, "/_event/", params={**OPENING, **changes})
        assert answer.status_code == 400
    assert server.scopes == []


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # what is awaited has no event of its own
            await asyncio.sleep(0.01)
