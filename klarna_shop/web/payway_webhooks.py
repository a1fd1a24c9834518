"""The address for Payway's webhooks: `POST /hooks/payway/<secret>`, there only where a secret is set.

Payway documents neither a signature nor a token of its calls (payway-api.md §17), so the address itself is
the secret. With any other the request goes on to the layers below, which answer as for every unknown address.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Sequence
from hashlib import sha256

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from klarna_shop.settings import WEBHOOK_PATH
from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.current import Shop
from klarna_shop.shop.webhooks import LARGEST_EVENT, UnreadableEvent, Webhooks, read_event

log = logging.getLogger(__name__)

READING_SECONDS = 5.0
"""For the whole body: a caller that sends a byte a second holds nothing open for long."""
COMPLAINTS = Rate(10, 1 / 60)
"""Log lines about bodies that cannot be read: anyone who knows the address shall not fill the log."""
_NO_STORE = {"Cache-Control": "no-store"}


def webhook_routes(shop: Shop) -> list[Route]:
    """Return the route of the webhooks; none where no secret is set."""
    secrets = shop.settings.webhook_secrets
    return [_SecretRoute(secrets, _Receiver(shop.webhooks))] if secrets else []


class _SecretRoute(Route):
    """Route that does not exist for a request with another secret, whichever its method."""

    def __init__(self, secrets: Sequence[str], receiver: _Receiver) -> None:
        super().__init__(WEBHOOK_PATH, receiver.answer, methods=["POST"])
        self._digests = [_digest(secret) for secret in secrets]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        if match is Match.NONE or not self._knows(child["path_params"]["secret"]):
            return Match.NONE, {}
        return match, child

    def _knows(self, secret: str) -> bool:
        """True if it is one of the secrets; takes the same time for each."""
        given = _digest(secret)
        known = False
        for digest in self._digests:
            known |= hmac.compare_digest(given, digest)
        return known


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


class _TooLarge(Exception):
    pass


class _Receiver:
    """Reads events and hands their ids on. Keeps and logs nothing of them."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._complaints = Allowances(most_keys=1, clock=webhooks.stopwatch)

    async def answer(self, request: Request) -> Response:
        """Answer 200 as soon as the body is read; 400, 408 or 413 where it cannot be."""
        try:
            async with asyncio.timeout(READING_SECONDS):
                body = await _body(request)
            hint = read_event(body)
        except _TooLarge:
            return self._refused(413, "too large")
        except TimeoutError:
            return self._refused(408, "not whole in time")
        except (ClientDisconnect, UnreadableEvent):
            return self._refused(400, "no event")
        self._webhooks.receive(hint)
        return PlainTextResponse("ok\n", headers=_NO_STORE)

    def _refused(self, status: int, fault: str) -> Response:
        if self._complaints.take("", COMPLAINTS):
            log.warning("webhook: a body was not taken (%s)", fault)
        return PlainTextResponse(f"{fault}\n", status, _NO_STORE)


async def _body(request: Request) -> bytes:
    """Return the body, of which never more than `LARGEST_EVENT` bytes are kept."""
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:20]) > LARGEST_EVENT:
        raise _TooLarge
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > LARGEST_EVENT:
            raise _TooLarge
        body += chunk
    return bytes(body)
