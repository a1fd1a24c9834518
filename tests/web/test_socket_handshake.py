"""Who may open the socket, and as which tab."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from starlette.types import Message, Receive, Scope, Send

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity.cookies import Cookies, new_token
from klarna_shop.web.socket_handshake import SocketHandshake

ORIGIN = "https://shop.example"
KEY = "a key that is long enough for this test"
TOKEN = "0b5a3c9e-7f51-4f0c-9d3b-6f1a2b3c4d5e"


async def _open(
    token: str | None = TOKEN, cookie: str = "", origin: str | None = ORIGIN, key: str = KEY
) -> str | None:
    """The token that the framework is told, None where the socket is refused."""
    told: list[str] = []

    async def framework(scope: Scope, _receive: Receive, _send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        assert query["EIO"] == ["4"]
        told.extend(query["token"])

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    query = "EIO=4&transport=websocket" + ("" if token is None else f"&token={token}")
    scope = {"type": "websocket", "path": "/_event/", "headers": headers, "query_string": query.encode()}
    handshake = SocketHandshake(framework, [ORIGIN], Cookies(secure=True), Encryption((key,)))
    await handshake(scope, receive, send)
    assert (not told) == ([message["type"] for message in sent] == ["websocket.close"])
    return told[0] if told else None


async def test_only_the_shops_own_pages_open_a_socket() -> None:
    assert await _open() is not None
    for origin in (
        None,
        "",
        "null",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://evil.example",
    ):
        assert await _open(origin=origin) is None


@pytest.mark.parametrize(
    "token", [None, "", "short", "a" * 65, "a" * 100_000, "../../../etc", "__proto__%00", "å" * 9]
)
async def test_what_is_no_token_opens_nothing(token: str | None) -> None:
    assert await _open(token) is None


async def test_a_tab_is_the_same_for_its_browser_and_another_for_every_other() -> None:
    visitor, session, studio = new_token(), new_token(), new_token()
    cookie = f"__Host-visitor={visitor}"
    own = await _open(cookie=cookie)
    assert own == await _open(cookie=f"theme=dark; {cookie}")
    others = [
        await _open(),
        await _open(cookie=f"__Host-visitor={new_token()}"),
        # Signed in or logged in to the studio it begins anew: nothing of before is left to see, or of after.
        await _open(cookie=f"{cookie}; __Host-session={session}"),
        await _open(cookie=f"{cookie}; __Host-studio={session}"),
        await _open(cookie=f"{cookie}; __Host-studio={studio}"),
        await _open(token=TOKEN.replace("0", "1"), cookie=cookie),
        await _open(cookie=cookie, key="another key that is long enough for it"),
        TOKEN,
    ]
    assert len({own, *others}) == len(others) + 1
    assert TOKEN not in (own or "")
