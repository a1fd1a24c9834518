"""Addresses as browsers write them in `Origin`."""

from __future__ import annotations

import pytest

from klarna_shop.web_address import read_web_address


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.EXAMPLE/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80/", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://shop.example:08443", "https://shop.example:8443"),
        ("https://shop.example:", "https://shop.example"),
        ("https://shop.example.", "https://shop.example"),
        ("https://Åsa.example", "https://xn--sa-xia.example"),
        ("https://XN--SA-XIA.example", "https://xn--sa-xia.example"),
        ("https://A\u030asa.example", "https://xn--sa-xia.example"),
        ("https://shop。example", "https://shop.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("https://[2001:DB8::00AB]:443/", "https://[2001:db8::ab]"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://payway_sandbox:9000", "http://payway_sandbox:9000"),
    ],
)
def test_an_address_has_the_origin_that_browsers_send(written: str, origin: str) -> None:
    assert read_web_address(written).origin == origin


def test_path_and_query_stay_as_they_are() -> None:
    address = read_web_address("https://X.example:443/A/b%20c?Q=1#F")
    assert str(address) == "https://x.example/A/b%20c?Q=1#F"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "shop.example",
        "//shop.example",
        "localhost:8000",
        "ftp://shop.example",
        "https://",
        "https:///path",
        "https://name@shop.example",
        "https://name:sesame@shop.example",
        "https://shop.example:0",
        "https://shop.example:99999",
        "https://shop.example:-1",
        "https://shop.example:８０",
        "https://shop.example:80a",
        "https://shop example",
        " https://shop.example",
        "https://shop.example\n",
        "https:\\\\shop.example",
        "https://shop..example",
        "https://-shop.example",
        "https://%73hop.example",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 127 + "example",
        "http://127.1",
        "http://0x7f000001",
        "http://256.1.1.1",
        "http://[::1",
        "http://[fe80::1%25eth0]",
        "http://[::ffff:127.0.0.1]",
        "https://shop.exam\u200bple",
    ],
)
def test_what_no_browser_goes_to_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match="address") as refusal:
        read_web_address(written)
    assert "sesame" not in str(refusal.value)
