"""One client with many connections, at the server itself: others are served."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest

from tests.hostile.connections import Caller, is_ended, part_of_a_message
from tests.served import ServedShop

pytestmark = pytest.mark.socket

MANY = 1300
"""More than the places that Granian has by default."""


def _is_served(target: ServedShop) -> bool:
    return all(
        httpx.get(f"{target.url}{path}", timeout=20).status_code == 200
        for path in ("/healthz", "/", "/login")
    )


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nemail=",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=["silent", "half a head", "kept alive", "half a body", "another protocol"],
)
def test_many_connections_leave_room_for_others(target: ServedShop, opening: bytes) -> None:
    with Caller(target.url).connections(MANY, opening):
        assert _is_served(target)


def test_a_message_that_goes_on_and_on_is_cut(target: ServedShop) -> None:
    caller = Caller(target.url)
    with caller.connections(3, caller.upgrade()) as sockets:
        for each in sockets:
            assert caller.status(each) == 101
            with suppress(OSError):  # cut while it is sent
                each.sendall(part_of_a_message(8_000_000))
        assert all(is_ended(each) for each in sockets)
    assert _is_served(target)
