"""Addresses by language (UI contract, Addresses), and which foreign ones a browser may be sent to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from klarna_shop.web_address import DEFAULT_PORTS, HIGHEST_PORT, LONGEST_HOST, canonical_host

DEFAULT_LANGUAGE = "sv"
"""Stands at the plain addresses; every other language below its own prefix."""

LONGEST_ADDRESS = 4096
"""Characters of an address that a browser is sent to; Klarna's own have a few hundred."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that may be plain http and have any port: the machine of someone who tries the shop out."""
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
"""A subset of the addresses that browsers accept (WHATWG URL): no credentials, escapes or spaces before the
path, no port with leading zeros. `re.ASCII` keeps the letters that only look like `k` and `s` out."""
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A last label like this makes a browser read the whole host as an IPv4 address."""
_PATTERN = re.compile(r"(?P<below>\*\.)?(?P<host>\[[^\]]+\]|[^:]+|[0-9a-f:]+)(?::(?P<port>[0-9]{1,5}))?")


def address(language: str, path: str) -> str:
    """`path` (as in the UI contract, beginning with a slash) in a language's own tree."""
    if language == DEFAULT_LANGUAGE:
        return path
    return f"/{language}" if path == "/" else f"/{language}{path}"


def fallback_language(languages: Sequence[str]) -> str:
    """Of the languages in which a page exists, the one for readers of none of them."""
    return DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in languages else languages[0]


def host_is_allowed(url: str, patterns: tuple[str, ...]) -> bool:
    """True if every browser takes `url` as an address on a host and port that one of the patterns names.

    A pattern is a host name, or `*.` and a domain for all hosts below it; `:port` after it names the one
    port. Without it the port is the scheme's own, except on the loopback hosts, which may be plain http too.
    The path and what follows it may hold anything printable but spaces and backslashes.
    """
    if len(url) > LONGEST_ADDRESS or "\\" in url or not url.isprintable():
        return False
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        return False
    scheme, host = parts["scheme"].lower(), _host(parts["host"].lower())
    port = int(parts["port"]) if parts["port"] else DEFAULT_PORTS[scheme]
    if host is None or port > HIGHEST_PORT or (scheme == "http" and host not in _LOOPBACK):
        return False
    return any(_names(pattern, host, port, scheme) for pattern in patterns)


def _names(pattern: str, host: str, port: int, scheme: str) -> bool:
    parts = _PATTERN.fullmatch(pattern.lower())
    named = _ascii(parts["host"].strip("[]")) if parts else ""
    if parts is None or not named:
        return False
    if parts["port"]:
        allows_port = port == int(parts["port"])
    else:
        allows_port = port == DEFAULT_PORTS[scheme] or host in _LOOPBACK
    if not parts["below"]:
        return allows_port and host == named
    below = host.removesuffix(f".{named}")
    # `xn--` and its like (RFC 5891, 4.2.3.1): a browser refuses many, so that only named ones are taken.
    return allows_port and below != host and all(label[2:4] != "--" for label in below.split("."))


def _host(written: str) -> str | None:
    """The host as a browser reads it, if it reads it just as it is written; otherwise None.

    An IPv6 address loses its brackets.
    """
    labels = written.split(".")
    try:
        if written.startswith("["):
            address = ip_address(written[1:-1])
            return str(address) if isinstance(address, IPv6Address) and not address.ipv4_mapped else None
        if _NUMBER.fullmatch(labels[-1]):
            return str(ip_address(written))
    except ValueError:
        return None
    is_name = len(written) <= LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)
    return written if is_name else None


def _ascii(named: str) -> str:
    """A pattern's host in ASCII; empty where there is no such name."""
    try:
        return canonical_host(f"[{named}]" if ":" in named else named)
    except ValueError:
        return ""
