"""Addresses to which a browser may be sent after an order."""

from __future__ import annotations

import json
import random
import re
import subprocess
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klarna_shop.operations.javascript import link_programs
from klarna_shop.settings import Settings
from klarna_shop.shop.addresses import LONGEST_ADDRESS, address, host_is_allowed

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
        # A browser refuses these, or reads another host than the eye does.
        "https://pay.klarna.com:99999/",
        "https://pay.klarna.com:65536/",
        "https://pay.klarna.com:8443/",
        "https://pay.klarna.com:0/",
        "https://pay.klarna.com:/",
        "https://pay.klarna.com:0443/",
        "https://pay.klarna.com:+443/",
        "https://pay.klarna.com:44\u0663/",
        "https://pay.klarna.com:abc/",
        "https://evil%2f.klarna.com/",
        "https://evil%23.klarna.com/",
        "https://evil%00.klarna.com/",
        "https://evil#.klarna.com/",
        "https://evil?.klarna.com/",
        "https://evil;.klarna.com/",
        "https://evil,.klarna.com/",
        "https://evil\u2044.klarna.com/",
        "https://evil\u2215.klarna.com/",
        "https://evil\u2024klarna.com/",
        "https://\uff50ay.klarna.com/",
        "https://pay.\u212alarna.com/",
        "http\u017f://pay.klarna.com/",
        "https://pay\u3002klarna.com/",
        "https://pay\u00ad.klarna.com/",
        "https://xn--zzzz.klarna.com/",
        "https://\u00e4.klarna.com/",
        "https://pay.klarna.com./",
        "https://pay..klarna.com/",
        "https://.klarna.com/",
        "https://-pay.klarna.com/",
        "https://pay_.klarna.com/",
        "https://pay .klarna.com/",
        "https://pay.klarna.com /",
        " https://pay.klarna.com/",
        "https://pay.klarna.com/ ",
        "https://pay.klarna.com/\u2028",
        "https://pay.klarna.com/a\\b",
        "https://pay.klarna.com/\x7f",
        "ht\ttps://pay.klarna.com/",
        "https://@pay.klarna.com/",
        "https://:@pay.klarna.com/",
        "https:/pay.klarna.com/",
        "https:///pay.klarna.com/",
        "https:pay.klarna.com",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        f"https://{'a' * 64}.klarna.com/",
        f"https://{'a.' * 125}klarna.com/",
        f"https://pay.klarna.com/{'a' * LONGEST_ADDRESS}",
        "blob:https://pay.klarna.com/x",
        "view-source:https://pay.klarna.com/",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert not host_is_allowed(url, HOSTS)


def test_languages_have_their_own_trees() -> None:
    assert address("sv", "/packages") == "/packages"
    assert address("en", "/packages") == "/en/packages"
    assert address("en", "/") == "/en"


@pytest.mark.parametrize(
    ("pattern", "url", "is_allowed"),
    [
        ("shop.example:8443", "https://shop.example:8443/", True),
        ("shop.example:8443", "https://shop.example/", False),
        ("*.shop.example:8443", "https://a.shop.example:8443/", True),
        ("shop.example:443", "https://shop.example/", True),
        ("shop.example", "https://shop.example:443/", True),
        ("shop.example", "https://shop.example:444/", False),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1", "http://0x7f.1/", False),
        ("10.0.0.5", "https://10.0.0.5/", True),
        ("10.0.0.5", "https://10.5/", False),
        ("10.0.0.5", "https://012.0.0.5/", False),
        ("[::1]:8000", "http://[::1]:8000/", True),
        ("::1", "http://[0:0::1]:8000/", True),
        ("::1", "http://[::1", False),
        ("*.shop.example", "https://shop.example/", False),
        ("betala.sk\u00e5ne.example", "https://betala.xn--skne-roa.example/", True),
        ("*.xn--skne-roa.example", "https://a.xn--skne-roa.example/", True),
        ("", "https:///", False),
        ("*.", "https://a/", False),
    ],
)
def test_a_pattern_names_a_host_and_may_name_its_port(pattern: str, url: str, is_allowed: bool) -> None:
    assert host_is_allowed(url, (pattern,)) is is_allowed


@pytest.mark.parametrize("port", ["", ":8443"])
def test_the_shops_own_host_is_allowed_with_its_own_port_only(port: str) -> None:
    settings = Settings(_env_file=None, app_url=f"https://shop.example{port}")
    assert host_is_allowed(f"https://shop.example{port}/confirmation", settings.redirect_hosts)
    assert not host_is_allowed("https://shop.example:9443/confirmation", settings.redirect_hosts)


_PIECES = st.lists(
    st.one_of(
        st.sampled_from(["https", "http", "://", "//", "klarna.com", ".klarna.com", "pay", "localhost"]),
        st.sampled_from([":443", ":80", ":99999", "127.0.0.1", "0x7f", "::1", "xn--", "%2f", ".."]),
        st.sampled_from("/?#@:.-_%;[]\\aA1\t\u2044\u3002\u212a\xad"),
        st.characters(),
        st.from_regex(r"[a-z0-9-]{1,5}", fullmatch=True),
    ),
    max_size=9,
).map("".join)
_URLS = st.one_of(
    _PIECES,
    _PIECES.map(lambda middle: f"https://{middle}.klarna.com/"),
    _PIECES.map(lambda end: f"https://pay.klarna.com{end}"),
)


@given(_URLS)
@example("https://pay.klarna.com:443")
@example("https://a-b.klarna.com?x")
def test_what_is_allowed_is_exactly_what_a_plain_reading_allows(url: str) -> None:
    assert host_is_allowed(url, HOSTS) is _plain_reading(url)


def _plain_reading(url: str) -> bool:
    """`host_is_allowed` for `HOSTS`, letter by letter."""
    if len(url) > LONGEST_ADDRESS or any(not letter.isprintable() or letter in " \\" for letter in url):
        return False
    begin = next((begin for begin in ("https://", "http://") if url[: len(begin)].lower() == begin), None)
    if begin is None:
        return False
    authority = re.split(r"[/?#]", url[len(begin) :], maxsplit=1)[0]
    if not set(authority) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:"):
        return False
    host, colon, port = authority.lower().partition(":")
    if host == "localhost":
        return not colon or (port.isdigit() and str(int(port)) == port and 0 < int(port) < 65536)
    is_usual = not colon or port == "443"
    labels = host.split(".")
    return (
        begin == "https://"
        and is_usual
        and labels[-2:] == ["klarna", "com"]
        and len(host) <= 253
        and all(0 < len(label) < 64 and label.strip("-") == label for label in labels)
        and not any(label[2:4] == "--" for label in labels)
    )


def test_a_browser_reads_in_what_is_allowed_the_host_that_is_allowed() -> None:
    """Node's `URL` is the browsers' (WHATWG): it must read the same host, letter for letter."""
    urls = _nasty(random.Random(18))
    allowed = [url for url in urls if host_is_allowed(url, HOSTS)]
    assert len(allowed) > 100
    for url, read in zip(allowed, _read_by_a_browser(allowed), strict=True):
        assert read is not None, url
        assert read["protocol"] == "https:" or read["hostname"] == "localhost", url
        assert re.fullmatch(r"(.+\.)?klarna\.com|localhost", read["hostname"]), url
        assert read["port"] == "" or read["hostname"] == "localhost", url
        assert (read["username"], read["password"]) == ("", ""), url
        assert read["hostname"] == re.split(r"[/?#:]", url.partition("//")[2])[0].lower(), url


def _nasty(chance: random.Random) -> list[str]:
    """Good addresses with one to three letters put in, left out or replaced."""
    letters = "%;,:@/\\?#[].-_ \t\n\x00\x7fAa09\u2044\u3002\u212a\xad\u200d\uff0e\xe4\u0663\ufe68"
    good = [
        "https://pay.klarna.com/a?b=c#d",
        "https://klarna.com",
        "http://localhost:8000/",
        "https://xn--a.klarna.com:443",
    ]
    found = []
    for _ in range(6000):
        url = list(chance.choice(good))
        for _ in range(chance.randint(1, 3)):
            position = chance.randrange(len(url) + 1)
            url[position : position + chance.randint(0, 1)] = chance.choice(
                [*letters, "%2f", ".xn--", "99", ""]
            )
        found.append("".join(url))
    return found


def _read_by_a_browser(urls: list[str]) -> list[dict[str, Any] | None]:
    script = """
        const read = (text) => {
          try {
            const { protocol, hostname, port, username, password } = new URL(text);
            return { protocol, hostname, port, username, password };
          } catch { return null; }
        };
        const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
        process.stdout.write(JSON.stringify(given.map(read)));
    """
    answer = subprocess.run(
        [link_programs() / "node", "-e", script],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    read: list[dict[str, Any] | None] = json.loads(answer.stdout)
    return read
