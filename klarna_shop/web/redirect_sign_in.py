"""Signing in by redirect: out to Payway with `/auth/start`, back with `/auth/callback` (payway-api.md §17).

OpenID Connect with authorization code and PKCE. Neither code nor state is ever logged, shown, or handed on in
an address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

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
    ApiUserRefused,
    ClocksDiffer,
    CodeRefused,
    Notice,
    PendingSignIn,
    ProviderUnavailable,
    RedirectSignInFailed,
    SignInInterrupted,
    SignInUnproven,
    StateRefused,
    Way,
    new_token,
    own_path,
)
from klarna_shop.web.sign_in_answers import NO_TRACE, SignInAnswers, language_or_default

LONGEST_QUERY = 8_192
MOST_PARAMETERS = 20
LONGEST_CODE = 4_096
CHOOSE_ACCOUNT = "select_account"
"""OpenID Connect's `prompt` by which the sandbox lets one choose another customer."""
NEEDS_READER = frozenset(
    {"login_required", "interaction_required", "account_selection_required", "consent_required"}
)
"""Errors of the provider that end when the reader signs in again (OpenID Connect Core §3.1.2.6)."""
ERRORS = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "invalid_request_uri",
        "invalid_request_object",
        "request_not_supported",
        "request_uri_not_supported",
        "registration_not_supported",
    }
)
"""Names of refusals that are not the reader's own (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6)."""
NOTICES: dict[type[RedirectSignInFailed], str] = {
    ProviderUnavailable: "provider",
    SignInInterrupted: "interrupted",
    ApiUserRefused: "unavailable",
    SignInUnproven: "unproven",
    ClocksDiffer: "clock",
}
"""Code of the notice by failure."""


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
        header = request.headers.get("cookie")
        if not chooses and await self._identities.is_still_signed_in(await self._identities.reader(header)):
            return self._answers.on(way)
        return await self._out(request, way, prompt=CHOOSE_ACCOUNT if chooses else None)

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
            pending = await self._identities.come_back(query.get("state", ""), reader)
        except StateRefused as refusal:
            way = Way(refusal.next_path, refusal.language)
            if refusal.reason == "spent" and reader.customer is not None:
                # Reloaded, or come upon with the Back button: the sign-in has long worked.
                return self._answers.on(way)
            return self._back(way, "expired" if refusal.reason == "expired" else "foreign")
        way = pending.way
        try:
            await self._identities.by_redirect.check_issuer(query.get("iss"))
            if "error" in query:
                return await self._error(request, pending, query["error"])
            code = query.get("code", "")
            if not 0 < len(code) <= LONGEST_CODE:
                return self._back(way, "code")
            signed_in = await self._identities.sign_in_with_code(code, pending, reader=reader)
        except CodeRefused:
            return self._back(way, "code")
        except RedirectSignInFailed as failure:
            return self._failed(way, failure)
        return self._answers.signed_in(request, way, signed_in)

    async def _out(
        self, request: Request, way: Way, *, prompt: str | None = None, offline_refused: bool = False
    ) -> Response:
        """To Payway's sign-in, with a visitor cookie for a browser that has none."""
        cookies = self._identities.cookies
        visitor = cookies.visitor_token(request.headers.get("cookie"))
        token = visitor or new_token()
        try:
            out = await self._identities.leave_to_sign_in(
                fingerprint(token), way, prompt=prompt, offline_refused=offline_refused
            )
        except RedirectSignInFailed as failure:
            return self._failed(way, failure)
        response = self._answers.to(out)
        if visitor is None:
            self._answers.set(response, cookies.visitor, token, VISITOR_SECONDS)
        return response

    async def _error(self, request: Request, pending: PendingSignIn, error: str) -> Response:
        if error == "access_denied":
            return self._answers.on(pending.way)
        if error in NEEDS_READER:
            return self._back(pending.way, "interaction")
        if error == "invalid_scope" and pending.asked_offline:
            # Most likely the one scope that a sign-in can do without. A browser can write this error itself.
            return await self._out(request, pending.way, offline_refused=True)
        name = error if error in ERRORS else "unknown error"
        return self._failed(pending.way, self._identities.by_redirect.refused(name))

    def _failed(self, way: Way, failure: RedirectSignInFailed) -> Response:
        return self._back(way, NOTICES[type(failure)], failure.incident)

    def _back(self, way: Way, code: str, incident: str = "") -> Response:
        return self._answers.back(way, Notice("sign_in", code, incident=incident))


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
