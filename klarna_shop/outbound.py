"""HTTP clients for what leaves this process: one way out, and it is the settings' own.

httpx would read proxies and certificates from the environment by itself, and so send secrets another way than
the settings say, or not start at all. Every client of the shop is made here and reads nothing of it.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import certifi
import httpx

from klarna_shop.web_address import is_loopback


@dataclass(frozen=True)
class OutboundWay:
    """How other machines are reached.

    Attributes:
        proxy: address of a proxy, with its name and password; empty for none.
        cert_file: certificates to trust, in place of those that come with the shop.
        cert_dir: folders of such certificates, separated by colons.
    """

    proxy: str = field(default="", repr=False)
    cert_file: Path | None = None
    cert_dir: str = ""


DIRECT = OutboundWay()


def http_client(
    way: OutboundWay = DIRECT, *, transport: httpx.AsyncBaseTransport | None = None, **options: Any
) -> httpx.AsyncClient:
    """Return a client that goes `way`, or through `transport` where one is given (the embedded sandbox)."""
    return httpx.AsyncClient(
        transport=transport if transport is not None else outbound_transport(way), trust_env=False, **options
    )


def blocking_http_client(way: OutboundWay, *, base_url: str, **options: Any) -> httpx.Client:
    """Return a client for tools that have no event loop; it asks `base_url` alone."""
    proxy = None if is_loopback(httpx.URL(base_url).host) else way.proxy or None
    return httpx.Client(verify=_certificates(way), proxy=proxy, trust_env=False, base_url=base_url, **options)


def outbound_transport(way: OutboundWay = DIRECT) -> httpx.AsyncBaseTransport:
    """Return the way to the network: to this machine itself never through a proxy."""
    trusted = _certificates(way)
    direct = httpx.AsyncHTTPTransport(verify=trusted, trust_env=False)
    if not way.proxy:
        return direct
    return _ByHost(direct, httpx.AsyncHTTPTransport(verify=trusted, trust_env=False, proxy=way.proxy))


class _ByHost(httpx.AsyncBaseTransport):
    def __init__(self, near: httpx.AsyncBaseTransport, far: httpx.AsyncBaseTransport) -> None:
        self._near = near
        self._far = far

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        way = self._near if is_loopback(request.url.host) else self._far
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        await self._near.aclose()
        await self._far.aclose()


def _certificates(way: OutboundWay) -> ssl.SSLContext:
    # Python's own default context writes each connection's keys into the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    own = certifi.where() if way.cert_file is None and not way.cert_dir else None
    context.load_verify_locations(cafile=own or way.cert_file, capath=way.cert_dir or None)
    return context
