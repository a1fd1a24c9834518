"""Where a browser may be sent after an order."""

from __future__ import annotations

import pytest

from klarna_shop.shop.addresses import address, host_is_allowed

HOSTS = ("klarna.com", "*.klarna.com", "localhost")


@pytest.mark.parametrize(
    "url",
    [
        "https://klarna.com/x",
        "https://pay.klarna.com/a?b=c",
        "http://localhost:8000/sandbox",
        "https://PAY.Klarna.com/",
    ],
)
def test_named_hosts_and_what_is_below_them(url: str) -> None:
    assert host_is_allowed(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://klarna.com.evil.example/",
        "https://evilklarna.com/",
        "https://pay.klarna.com@evil.example/",
        "https://user:pw@pay.klarna.com/",
        "http://pay.klarna.com/",
        "javascript:alert(1)//pay.klarna.com",
        "//pay.klarna.com/",
        "https:\\\\pay.klarna.com/",
        "https://pay.klarna.com\\@evil.example",
        "https://[::1",
        "",
        "https://pay.klarna.com/\nSet-Cookie: a=b",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert not host_is_allowed(url, HOSTS)


def test_languages_have_their_own_trees() -> None:
    assert address("sv", "/packages") == "/packages"
    assert address("en", "/packages") == "/en/packages"
    assert address("en", "/") == "/en"
