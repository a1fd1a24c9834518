"""From where a request comes, seen through the reverse proxies that the settings trust."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from klarna_shop.shop.identity.cookies import Cookies
from klarna_shop.shop.networks import canonical_address, network_of

log = logging.getLogger(__name__)

MANY_BROWSERS = 30
"""In a row from one network, with no other between them."""
OWN_MACHINE: float = 5
"""How many addresses this machine counts for: behind a proxy unknown to the settings it is everybody."""


@dataclass(frozen=True)
class Caller:
    """The other end of a connection as limits count it."""

    network: str
    is_own: bool
    """True if it is this machine itself."""

    @property
    def factor(self) -> float:
        """How many addresses it counts for."""
        return OWN_MACHINE if self.is_own else 1


def client_address(request: HTTPConnection, trusted_hops: int) -> str:
    """Return the caller's address in its canonical form; `trusted_hops` is `TRUSTED_PROXY_HOPS`.

    Each proxy adds the address it was called from at the end of `X-Forwarded-For`, or as a header of its own
    below the ones that came; what stands further left than the trusted ones was written by the caller.
    `Forwarded` is not read: a proxy that does not know it hands on what the caller wrote.
    """
    if trusted_hops:
        lines = request.headers.getlist("x-forwarded-for")
        named = [part.strip() for part in ",".join(lines).split(",") if part.strip()]
        if len(named) >= trusted_hops:
            return canonical_address(named[-trusted_hops])
    return canonical_address(request.client.host if request.client else "")


def caller_of(request: HTTPConnection, trusted_hops: int) -> Caller:
    """Return who calls, as limits count it."""
    return Caller(*network_of(client_address(request, trusted_hops)))


class OneAddress:
    """Notices where every browser seems to call from one network, as behind a proxy that is not counted."""

    def __init__(self) -> None:
        self._browsers: set[str] = set()
        self._network = ""
        self.notice = ""
        """A sentence for the operator; empty where all is well."""

    def see(self, network: str, browser: str) -> None:
        """Count a browser, by its cookie, that calls from a network."""
        if network != self._network:
            if self.notice:
                log.warning("visitors come from different addresses again")
            self._network, self._browsers, self.notice = network, set(), ""
        if self.notice:
            return
        self._browsers.add(browser)
        if len(self._browsers) >= MANY_BROWSERS:
            self._browsers = set()
            self.notice = (
                f"The last {MANY_BROWSERS} browsers came from {network}. If that is a proxy, all visitors "
                "count as one: set TRUSTED_PROXY_HOPS to the number of proxies that add to X-Forwarded-For."
            )
            log.warning("%s", self.notice)


class ClientAddress:
    """ASGI layer: puts the caller's address in place of the proxy's, for parts that know no proxies."""

    def __init__(self, app: ASGIApp, trusted_hops: int, cookies: Cookies, one_address: OneAddress) -> None:
        self.app = app
        self._trusted_hops = trusted_hops
        self._cookies = cookies
        self._one_address = one_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with `client` replaced."""
        if scope["type"] in {"http", "websocket"}:
            connection = HTTPConnection(scope)
            address, port = (
                client_address(connection, self._trusted_hops),
                (scope.get("client") or ("", 0))[1],
            )
            scope = {**scope, "client": (address, port)}
            if scope["type"] == "websocket" and (
                browser := self._cookies.visitor_token(connection.headers.get("cookie"))
            ):
                self._one_address.see(network_of(address)[0], browser)
        await self.app(scope, receive, send)
