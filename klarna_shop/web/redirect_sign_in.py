"""Signing in by redirect: out to Payway with `/auth/start`, back with `/auth/callback` (payway-api.md §3.3).

Neither code nor state is ever logged, shown, or handed on in an address.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.payway import calls_in_scope
from klarna_shop.shop.current import Shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity import (
    CALLBACK_PATH,
    START_PATH,
    VISITOR_SECONDS,
    CodeRefused,
    Notice,
    PaywayUnavailable,
    StateRefused,
    Way,
    new_token,
    own_path,
)
from klarna_shop.web.sign_in_answers import NO_TRACE, SignInAnswers, language_or_default

log = logging.getLogger(__name__)

LONGEST_QUERY = 8_192
MOST_PARAMETERS = 20
LONGEST_CODE = 2_048
STAND_IN_LOGIN_PATH = "/sandbox/login"
"""Where the sandbox lets one choose another customer; Payway itself has no such address."""
ERRORS = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
    }
)
"""OAuth's names for refusals that are not the reader's own (RFC 6749 §4.1.2.1)."""


def redirect_routes(shop: Shop) -> list[Route]:
    """Both routes. Where customers sign in with a password, they lead to the sign-in page."""
    routes = _RedirectRoutes(shop)
    return [
        Route(START_PATH, routes.on_behalf(routes.start)),
        Route(CALLBACK_PATH, routes.on_behalf(routes.callback)),
    ]


class _RedirectRoutes:
    def __init__(self, shop: Shop) -> None:
        self._settings = shop.settings
        self._identities = shop.identities
        self._answers = SignInAnswers(shop)

    def on_behalf(
        self, act: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let the calls to Payway that `act` makes carry the browser's key."""

        async def answer(request: Request) -> Response:
            with calls_in_scope(self._identities.visitor_id(request.headers.get("cookie"))):
                return await act(request)

        return answer

    async def start(self, request: Request) -> Response:
        """`GET /auth/start`: `next`, `language`; `customer=other` asks the sandbox who it shall be."""
        if request.method == "HEAD":
            return Response(status_code=204, headers=NO_TRACE)
        query = _query(request)
        way = Way(own_path(query.get("next")) or "", language_or_default(query.get("language")))
        if not self._settings.signs_in_by_redirect:
            return self._answers.to_page("sign_in", way)
        chooses = self._settings.is_sandbox and query.get("customer") == "other"
        cookies, header = self._identities.cookies, request.headers.get("cookie")
        if not chooses and await self._identities.is_still_signed_in(await self._identities.reader(header)):
            return self._answers.on(way)
        visitor = cookies.visitor_token(header)
        token = visitor or new_token()
        out = self._identities.leave_to_sign_in(fingerprint(token), way)
        response = self._answers.to(_choosing(out) if chooses else out)
        if visitor is None:
            self._answers.set(response, cookies.visitor, token, VISITOR_SECONDS)
        return response

    async def callback(self, request: Request) -> Response:
        """`GET /auth/callback`: `state`, with `code` or `error`."""
        if request.method == "HEAD":
            # Whoever only looks at the address does not spend it.
            return Response(status_code=204, headers=NO_TRACE)
        if not self._settings.signs_in_by_redirect:
            return self._answers.to_page("sign_in", Way())
        query = _query(request)
        reader = await self._identities.reader(request.headers.get("cookie"))
        try:
            way = await self._identities.come_back(query.get("state", ""), reader)
        except StateRefused as refusal:
            way = Way(refusal.next_path, refusal.language)
            if refusal.reason == "spent" and reader.customer is not None:
                # Reloaded, or come upon with the Back button: the sign-in has long worked.
                return self._answers.on(way)
            return self._back(way, "expired" if refusal.reason == "expired" else "foreign")
        if "error" in query:
            return self._error(way, query["error"])
        code = query.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            return self._back(way, "code")
        try:
            signed_in = await self._identities.sign_in_with_code(code, reader=reader)
        except CodeRefused:
            return self._back(way, "code")
        except PaywayUnavailable:
            return self._back(way, "interrupted")
        return self._answers.signed_in(request, way, signed_in)

    def _error(self, way: Way, error: str) -> Response:
        if error == "access_denied":
            return self._answers.on(way)
        log.error(
            "sign-in by redirect: Payway refused it (%s)", error if error in ERRORS else "unknown error"
        )
        return self._back(way, "unavailable")

    def _back(self, way: Way, code: str) -> Response:
        return self._answers.back(way, Notice("sign_in", code))


def _query(request: Request) -> dict[str, str]:
    """The parameters; none where there are too many, one is given twice, or they cannot be read."""
    written: bytes = request.scope["query_string"]
    if len(written) > LONGEST_QUERY:
        return {}
    try:
        pairs = parse_qsl(written.decode("ascii"), max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        return {}
    repeated = any(times > 1 for times in Counter(name for name, _ in pairs).values())
    return {} if repeated else dict(pairs)


def _choosing(out: str) -> str:
    """The sandbox's login page, which goes on with the sign-in at `out`."""
    parts = urlsplit(out)
    goal = urlencode({"continue": f"{parts.path}?{parts.query}"})
    return f"{parts.scheme}://{parts.netloc}{STAND_IN_LOGIN_PATH}?{goal}"
