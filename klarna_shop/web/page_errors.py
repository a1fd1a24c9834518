"""`POST /page-errors`: what the last page says has failed (`operations/front_end/last_page.js`).

A page whose parts have failed may have no socket any more. Nothing is kept but a line in the log, with the
reference that the reader sees. A client may write what it likes, so only printable words of limited length
are taken, and so many of an address.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.current import Shop
from klarna_shop.shop.networks import network_of
from klarna_shop.web.client_address import client_address
from klarna_shop.web.own_form import is_own_form

log = logging.getLogger(__name__)

PATH = "/page-errors"
LARGEST_REPORT = 4096
"""Bytes."""
LONGEST_WORDS = 200
READING_SECONDS = 5.0
REPORTS = Rate(10, 1 / 30)
"""Of one address; an address has as many as a few readers' pages can fail."""
EVERYBODYS = Rate(60, 1)
"""Of all addresses together: the log is not for filling."""
_REFERENCE = re.compile(r"[0-9a-f]{8}", re.ASCII)


def page_error_routes(shop: Shop) -> list[Route]:
    """The route, for this shop's own pages alone."""
    reports = _Reports(shop)
    return [Route(PATH, reports.take, methods=["POST"])]


class _Reports:
    def __init__(self, shop: Shop) -> None:
        self._settings = shop.settings
        self._taken = Allowances(clock=shop.stopwatch)

    async def take(self, request: Request) -> Response:
        """204 in any case but a foreign page's: there is nothing that a failed page could do better."""
        if not is_own_form(request.headers, self._settings):
            return Response(status_code=403)
        network, _ = network_of(client_address(request, self._settings.trusted_proxy_hops))
        if not (self._taken.take(network, REPORTS) and self._taken.take("", EVERYBODYS)):
            return Response(status_code=204)
        try:
            async with asyncio.timeout(READING_SECONDS):
                report = _read(await _body(request))
        except (TimeoutError, ClientDisconnect, ValueError):
            report = None
        if report is not None:
            log.error("a page failed (reference %s) at %s: %s", *report)
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REPORT:
            raise ValueError("too large")
    return bytes(body)


def _read(body: bytes) -> tuple[str, str, str]:
    """Reference, path and words of a report.

    Raises:
        ValueError: it is none.
    """
    try:
        report = json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(report, dict):
        raise ValueError("no report")
    reference, path, words = (report.get(name) for name in ("reference", "path", "words"))
    if not (isinstance(reference, str) and _REFERENCE.fullmatch(reference)):
        raise ValueError("no reference")
    return reference, _printable(path), _printable(words)


def _printable(value: object) -> str:
    return "".join(filter(str.isprintable, value))[:LONGEST_WORDS] if isinstance(value, str) else ""
