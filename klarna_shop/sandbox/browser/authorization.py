"""The address at which a sign-in by redirect begins: `GET /oauth2/auth` (§3.3).

What comes back with the browser is inferred; it follows RFC 6749 §4.1. A wrong client or redirect address
is told to the reader and never redirected to.
"""

from __future__ import annotations

import hmac
from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.browser.page import Language, language_of, page
from klarna_shop.sandbox.browser.portal_session import PortalSessions
from klarna_shop.sandbox.formats import TITLE_CODE
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.settings import SandboxSettings
from klarna_shop.sandbox.tokens import issue_one_time_secret

PATH = "/oauth2/auth"
LOGIN_PATH = "/sandbox/login"
LONGEST_QUERY = 8 * 1024
MOST_PARAMETERS = 30
NO_TRACE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_TEXTS: dict[Language, dict[str, str]] = {
    "sv": {
        "label": "Demo – i stället för Payways inloggning",
        "title": "Den här inloggningen går inte att börja",
        "text": "Adressen hit är felaktig. Gå tillbaka till tidningen och försök igen därifrån.",
        "client_id": "Tidningens klient är okänd här.",
        "redirect_uri": "Återvägen till tidningen är inte registrerad för dess klient.",
        "malformed": "Adressen går inte att läsa.",
    },
    "en": {
        "label": "Demo – stands in for Payway's sign-in",
        "title": "This sign-in cannot begin",
        "text": "The address that led here is wrong. Go back to the newspaper and try again from there.",
        "client_id": "The newspaper's client is not known here.",
        "redirect_uri": "The way back to the newspaper is not registered for its client.",
        "malformed": "The address cannot be read.",
    },
}


class CannotAnswer(Exception):
    """Nobody may be sent back; `fault` is `malformed`, or the parameter that is wrong."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class AuthorizationRequest:
    """A wish to sign in, of a known client with its registered address.

    Attributes:
        redirect_uri: where the answer goes.
        state: what the client wants back with it; None where it sent nothing.
        error: OAuth's name of what else is wrong; empty where all is well.
        account_origin: title code for an account that is made on the way.
    """

    redirect_uri: str
    state: str | None
    error: str
    account_origin: str | None

    def answer(self, **parameters: str) -> str:
        """The address back, with these parameters and the state."""
        if self.state is not None:
            parameters["state"] = self.state
        separator = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{separator}{urlencode(parameters)}"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the way back."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def read_authorization(settings: SandboxSettings, query: str) -> AuthorizationRequest:
    """Check a query, as the browser sent it.

    Raises:
        CannotAnswer: it does not come from the sandbox's client, or names no registered way back.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise CannotAnswer("malformed") from None
    if len(query) > LONGEST_QUERY:
        raise CannotAnswer("malformed")
    given, times = dict(pairs), Counter(name for name, _ in pairs)
    for name, right in (
        ("client_id", settings.client_id),
        ("redirect_uri", settings.registered_redirect_uri),
    ):
        if times[name] != 1 or not hmac.compare_digest(given[name].encode(), right.encode()):
            raise CannotAnswer(name)
    return AuthorizationRequest(
        redirect_uri=given["redirect_uri"],
        state=given.get("state") if times["state"] == 1 else None,
        error=_error(settings, given, times),
        account_origin=given.get("accountOrigin"),
    )


def _error(settings: SandboxSettings, given: dict[str, str], times: Counter[str]) -> str:
    known = ("state", "response_type", "oid", "accountOrigin")
    if any(times[name] > 1 for name in known) or not given.get("response_type"):
        return "invalid_request"
    if given["response_type"] != "code":
        return "unsupported_response_type"
    origin = given.get("accountOrigin")
    if given.get("oid") != settings.organisation or (origin is not None and not TITLE_CODE.accepts(origin)):
        return "invalid_request"
    return ""


def authorization_route(services: Services) -> Route:
    """The route."""
    sessions = PortalSessions(services)

    async def authorize(request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        try:
            wish = read_authorization(services.settings, query)
        except CannotAnswer as refusal:
            return refusal_page(request, refusal)
        if wish.error:
            return RedirectResponse(wish.answer(error=wish.error), 303, NO_TRACE)
        account = await sessions.account(request)
        if account is None:
            login = f"{LOGIN_PATH}?{urlencode({'continue': f'{PATH}?{query}'})}"
            return RedirectResponse(login, 303, NO_TRACE)
        code = await issue_one_time_secret(services, account.id, "code", wish.redirect_uri)
        return RedirectResponse(wish.answer(code=code), 303, NO_TRACE)

    return Route(PATH, authorize)


def refusal_page(request: Request, refusal: CannotAnswer) -> Response:
    """What a reader sees who cannot be sent back."""
    language = language_of(request.headers.get("accept-language"))
    texts = _TEXTS[language]
    body = f'<p role="alert">{texts[refusal.fault]}</p><p>{texts["text"]}</p>'
    return page(language, texts["title"], body, status=400, label=texts["label"])
