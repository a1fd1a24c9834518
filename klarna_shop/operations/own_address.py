"""The doctor's checks of `APP_URL`: a form and a socket, sent with the origin that a browser would send."""

from __future__ import annotations

import base64
import os
import uuid

import httpx

from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.outbound import http_client
from klarna_shop.setting_dangers import weak_values
from klarna_shop.settings import Settings
from klarna_shop.web_address import read_web_address

DEADLINE = 10.0
_FORM = "/auth/sign-out"
"""Signs out whoever sends it: without a cookie, no one."""
_SOCKET = "/_event/?EIO=4&transport=websocket&token="
_LOOK = "Look at APP_URL: it takes exactly the address that readers have in their browser."


def check_dangers(settings: Settings) -> list[Finding]:
    """Return a finding for each value with which stage starts and production would not."""
    if settings.is_sandbox:
        return []
    cost = "The shop does not start with it where PAYWAY_ENV is production."
    return [Finding("settings", Grade.POOR, sentence, cost) for sentence in weak_values(settings)]


async def check_own_address(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Try what each reader's browser does at `APP_URL`: send a form, open the socket.

    Args:
        settings: what to check.
        transport: the way to the running shop, where it is not the network.
    """
    origin = read_web_address(settings.app_url).origin
    async with http_client(
        settings.outbound, transport=transport, base_url=settings.app_url, timeout=DEADLINE
    ) as browser:
        try:
            return [await _form(browser, origin), await _socket(browser, origin)]
        except httpx.HTTPError as error:
            text = f"no shop answers at {settings.app_url} ({type(error).__name__}): not tried"
            return [Finding("forms and sockets", Grade.GOOD, text)]


async def _form(browser: httpx.AsyncClient, origin: str) -> Finding:
    answer = await browser.post(_FORM, data={"language": "sv"}, headers={"Origin": origin})
    where = answer.headers.get("location", "")
    if answer.status_code == httpx.codes.SEE_OTHER:
        return Finding("forms", Grade.GOOD, f"taken with the origin {origin}")
    text = f"with the origin {origin} one is answered {answer.status_code}"
    if answer.has_redirect_location and where.startswith(("http:", "https:")):
        # The path alone is the shop's own; what the rest may hold is another server's.
        text = f"{origin} leads to {httpx.URL(where).copy_with(path='/', query=None, fragment=None)}"
    return Finding("forms", Grade.WRONG, text, f"No one can sign in. {_LOOK}")


async def _socket(browser: httpx.AsyncClient, origin: str) -> Finding:
    asking = {
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    async with browser.stream("GET", f"{_SOCKET}{uuid.uuid4()}", headers=asking) as answer:
        if answer.status_code == httpx.codes.SWITCHING_PROTOCOLS:
            return Finding("sockets", Grade.GOOD, f"opened with the origin {origin}")
    text = f"with the origin {origin} one is answered {answer.status_code}"
    cost = f"No article opens and nothing is bought. {_LOOK} A proxy in front has to pass WebSockets on."
    return Finding("sockets", Grade.WRONG, text, cost)
