"""Web addresses in the form in which browsers write them: lower case, punycode, no default port.

Every setting that is an address is read here, so that a comparison with a browser's `Origin` is one of texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
HIGHEST_PORT = 65535
LONGEST_HOST = 253
"""Characters of a host name (RFC 1035)."""
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A last label like this makes a browser read the whole host as an IPv4 address."""


@dataclass(frozen=True)
class WebAddress:
    """An http or https address. `port` is None for the scheme's own; `path` and `tail` are as written.

    Attributes:
        host: lower case ASCII, an IPv6 address without its brackets.
        tail: query and fragment with their marks.
    """

    scheme: str
    host: str
    port: int | None = None
    path: str = ""
    tail: str = ""

    @property
    def origin(self) -> str:
        """The value of `Origin` that a browser sends from a page of this address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port is None else f":{self.port}")

    @property
    def is_loopback(self) -> bool:
        """True if the address is on the machine that asks for it."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"{self.origin}{self.path}{self.tail}"


def read_web_address(text: str) -> WebAddress:
    """Return the address that `text` names, in its canonical form.

    Raises:
        ValueError: it is none; the text says what is taken, and repeats nothing of the address.
    """
    if not text.isprintable() or re.search(r"[\s\\]", text):
        raise ValueError("an http or https address without spaces and backslashes")
    address, tail = re.fullmatch(r"([^?#]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    try:
        parts = urlsplit(address)
    except ValueError:
        raise ValueError("an absolute http or https address") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("an absolute http or https address")
    if "@" in parts.netloc:
        raise ValueError("an address without user name and password")
    bracketed = parts.netloc.startswith("[")
    host = canonical_host(f"[{parts.hostname}]" if bracketed else parts.hostname)
    port = read_port(parts.netloc)
    return WebAddress(
        parts.scheme, host, None if port == DEFAULT_PORTS[parts.scheme] else port, parts.path, tail
    )


def read_port(netloc: str) -> int | None:
    """Return the port after a host; None where there is none.

    Raises:
        ValueError: it is no number of 1 to 65535.
    """
    written = re.search(r":([^:\]@]*)$", netloc)
    if written is None or not written[1]:
        return None
    if not re.fullmatch(r"0*[1-9][0-9]{0,4}", written[1], re.ASCII) or int(written[1]) > HIGHEST_PORT:
        raise ValueError(f"an address with a port of 1 to {HIGHEST_PORT}")
    return int(written[1])


def canonical_host(written: str) -> str:
    """Return the host in lower case ASCII, an IPv6 address shortened and without its brackets.

    Raises:
        ValueError: no browser takes it as it is written; the text says what is taken.
    """
    if written.startswith("["):
        return _ipv6(written)
    host = written.removesuffix(".")
    try:
        # As browsers do it (UTS 46): å becomes xn--5ca, A becomes a, a full-width dot a dot.
        host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    except UnicodeError:
        raise ValueError("an address whose host can be written in punycode (xn--…)") from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(host)
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("an address whose host is letters, digits and hyphens between dots")
    return host


def is_loopback(host: str) -> bool:
    """True if `host`, in canonical form, is the machine itself: `localhost`, 127.0.0.0/8, ::1."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _ipv6(written: str) -> str:
    try:
        address = IPv6Address(written[1:-1])
    except ValueError:
        address = None
    if address is None or address.ipv4_mapped or address.scope_id:
        raise ValueError("an address whose IPv6 host is in brackets, without a zone")
    return str(address)


def _ipv4(written: str) -> str:
    try:
        return str(ip_address(written))
    except ValueError:
        raise ValueError("an address whose IPv4 host is four numbers of 0 to 255") from None
