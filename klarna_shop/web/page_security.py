"""What a browser is told to forbid a page: Content-Security-Policy and the headers around it.

Each page is allowed what it uses. Klarna's hosts are on the checkout alone (klarna-payments-js.md §4.1); only
the studio and what belongs to it frame pages, and only the storefront's can be framed, so nobody else's site
can lay the shop below something of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from klarna_shop.settings import Settings
from klarna_shop.web.inline_parts import InlineParts

_LANGUAGE = r"(?:/[a-z]{2})?"
_CHECKOUT = re.compile(rf"{_LANGUAGE}/checkout")
_STOREFRONT = re.compile(rf"{_LANGUAGE}(?:/|/article/[^/]+)|/[a-z]{{2}}")
_SWITCHES = "/studio/switches"
"""The sandbox's switches: a room of the studio in a frame of every page's demo banner."""
_STUDIO = re.compile(r"/(?:studio(?:/.*)?|preview)")
_PERSONAL = re.compile(
    rf"{_LANGUAGE}/(?:account|checkout|confirmation|receipt|withdraw|privacy)|/studio(?:/.*)?"
)
"""Pages that, once they run, show what belongs to one person: not kept, not for the way back either."""

_KLARNA_SCRIPTS = "https://x.klarnacdn.net https://js.klarna.com https://js.playground.klarna.com"
_KLARNA_EVERYWHERE = "https://*.klarna.com https://*.klarnaevt.com https://x.klarnacdn.net"
_KLARNA_FRAMES = "https://*.klarna.com https://x.klarnacdn.net"

STRICT = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""For a page that nobody made for the shop: an error's, or a framework's."""
PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a drawing that is opened by itself: it may be drawn, and run nothing."""
_OPENER = "same-origin-allow-popups"
"""Klarna's window and the page that opened it must keep hold of each other (klarna-payments-js.md §4.1)."""
_NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_CHECKOUT_DEVICES = "usb=()"
"""What Klarna's frames may ask for is not documented: the checkout forbids only what nobody pays with."""
_TRANSPORT = "max-age=63072000; includeSubDomains"


@dataclass(frozen=True)
class PageSecurity:
    """The headers for one installation.

    `klarna_script` is the origin of Klarna's script, empty where the shop serves the sandbox's stub itself.
    """

    is_sandbox: bool
    secure: bool
    """Whether the shop is reached over HTTPS."""
    klarna_script: str = ""
    socket: str = ""
    """The socket's origin, for browsers to which `'self'` does not mean it; empty where it is not known."""

    @classmethod
    def of(cls, settings: Settings) -> PageSecurity:
        """As the settings have it."""
        sdk, shop = urlsplit(settings.klarna_sdk_url), urlsplit(settings.app_url)
        secure = shop.scheme == "https"
        return cls(
            is_sandbox=settings.is_sandbox,
            secure=secure,
            klarna_script=f"{sdk.scheme}://{sdk.netloc}" if sdk.netloc else "",
            socket=f"wss://{shop.netloc}" if secure else "",
        )

    def for_every_answer(self) -> dict[str, str]:
        """What each answer says, whatever it is."""
        headers = {"X-Content-Type-Options": "nosniff"}
        if self.secure and not self.is_sandbox:
            headers["Strict-Transport-Security"] = _TRANSPORT
        return headers

    def for_page(self, address: str, parts: InlineParts) -> Mapping[str, str]:
        """What the built page at `address` says."""
        headers = {
            "Content-Security-Policy": self.policy(address, parts),
            "Cross-Origin-Opener-Policy": _OPENER,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": _CHECKOUT_DEVICES if _CHECKOUT.fullmatch(address) else _NO_DEVICES,
        }
        if _PERSONAL.fullmatch(address):
            headers["Cache-Control"] = "no-store"
        return headers

    def for_other_page(self) -> Mapping[str, str]:
        """What any other HTML says, where its own route has not said it."""
        return {
            "Content-Security-Policy": STRICT,
            "Cross-Origin-Opener-Policy": _OPENER,
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": _NO_DEVICES,
            "Cache-Control": "no-store",
        }

    def policy(self, address: str, parts: InlineParts) -> str:
        """The Content-Security-Policy of the built page at `address`."""
        directives = {
            "default-src": ["'none'"],
            "script-src": ["'self'", *parts.scripts],
            "style-src": ["'self'", *parts.styles],
            "img-src": ["'self'", "data:"],
            "font-src": ["'self'"],
            "connect-src": ["'self'", self.socket],
            "manifest-src": ["'self'"],
            "frame-src": ["'self'" if self._frames(address) else "'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'self'" if self._is_framed(address) else "'none'"],
        }
        if _CHECKOUT.fullmatch(address) and self.klarna_script:
            _let_klarna_in(directives, self.klarna_script)
        return "; ".join(" ".join(filter(None, [name, *sources])) for name, sources in directives.items())

    def _frames(self, address: str) -> bool:
        # In the sandbox each page's banner frames the switches, and the stub its widget.
        return self.is_sandbox or _STUDIO.fullmatch(address) is not None

    def _is_framed(self, address: str) -> bool:
        return _STOREFRONT.fullmatch(address) is not None or (self.is_sandbox and address == _SWITCHES)


SANDBOX_AT_HOME = PageSecurity(is_sandbox=True, secure=False)
"""Of the shop as it runs with no configuration."""


def _let_klarna_in(directives: dict[str, list[str]], script: str) -> None:
    """Allow Klarna's hosts (§4.1). Its SDK writes style elements, which no hash can foresee."""
    wanted = {
        "script-src": f"{_KLARNA_SCRIPTS} {script}",
        "font-src": "https://x.klarnacdn.net",
        "connect-src": _KLARNA_EVERYWHERE,
        "img-src": _KLARNA_EVERYWHERE,
    }
    for name, hosts in wanted.items():
        directives[name] += dict.fromkeys(hosts.split())
    directives["frame-src"] = [
        *(own for own in directives["frame-src"] if own != "'none'"),
        *_KLARNA_FRAMES.split(),
    ]
    # Next to a hash `'unsafe-inline'` would count for nothing.
    directives["style-src"] = ["'self'", "'unsafe-inline'", "https://x.klarnacdn.net"]
