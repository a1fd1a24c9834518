"""The caller's address behind proxies, in one form; and what tells that a proxy is not counted."""

from __future__ import annotations

import logging

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from klarna_shop.shop.identity.cookies import Cookies, new_token
from klarna_shop.web.client_address import MANY_BROWSERS, ClientAddress, OneAddress, client_address


@pytest.mark.parametrize(
    ("lines", "hops", "expected"),
    [
        (["198.51.100.1:5678"], 1, "198.51.100.1"),
        (["::ffff:198.51.100.1"], 1, "198.51.100.1"),
        (["[2001:db8::1]:443"], 1, "2001:db8::1"),
        (["1.1.1.1", "198.51.100.1"], 1, "198.51.100.1"),
        (["1.1.1.1, 2.2.2.2", "198.51.100.1", "10.0.0.2"], 2, "198.51.100.1"),
        (["1.1.1.1, , ", ",198.51.100.1,"], 1, "198.51.100.1"),
        (["1.1.1.1, <script>"], 1, "unknown"),
        (["198.51.100.1"], 2, "10.0.0.1"),
        ([], 1, "10.0.0.1"),
    ],
)
def test_the_trusted_proxies_say_who_calls(lines: list[str], hops: int, expected: str) -> None:
    assert client_address(_connection(lines), hops) == expected


def test_a_header_that_the_proxy_does_not_know_is_not_read() -> None:
    scope = _connection(["198.51.100.1"]).scope
    scope["headers"].append((b"forwarded", b"for=1.1.1.1"))
    assert client_address(HTTPConnection(scope), 1) == "198.51.100.1"


def _connection(lines: list[str], kind: str = "http", cookie: str = "") -> HTTPConnection:
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    if cookie:
        headers.append((b"cookie", f"visitor={cookie}".encode()))
    return HTTPConnection({"type": kind, "headers": headers, "client": ("::ffff:10.0.0.1", "7")})


async def test_parts_behind_it_see_the_reader_and_many_browsers_from_one_address_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"])

    async def never() -> dict[str, str]:
        raise AssertionError

    async def ignore(_message: object) -> None:
        pass

    one_address = OneAddress()
    layer = ClientAddress(app, 1, Cookies(secure=False), one_address)

    async def open_socket(line: str) -> None:
        await layer(dict(_connection([line], "websocket", new_token()).scope), never, ignore)

    with caplog.at_level(logging.WARNING):
        for number in range(2 * MANY_BROWSERS):
            await open_socket(f"198.51.100.{number}:1")
        assert (one_address.notice, seen[3]) == ("", ("198.51.100.3", "7"))
        for _ in range(2 * MANY_BROWSERS):
            await open_socket("10.0.0.9")
        assert "TRUSTED_PROXY_HOPS" in one_address.notice
        assert len(caplog.messages) == 1
        await open_socket("198.51.100.1")
        assert one_address.notice == ""
