"""The address at which a sign-in in the browser begins: `GET /openid/authorize` (§17).

The parameters are documented; what comes back with the browser follows OpenID Connect Core §3.1.2. A wrong
client or redirect address is told to the reader and never redirected to.
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
from klarna_shop.sandbox.openid.codes import CHALLENGE, CodeRequest, issue_code
from klarna_shop.sandbox.openid.paths import AUTHORIZE_PATH
from klarna_shop.sandbox.openid.scopes import understood
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.scopes import OFFLINE_ACCESS, OPENID
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.settings import SandboxSettings

LOGIN_PATH = "/sandbox/login"
LONGEST_QUERY = 8 * 1024
MOST_PARAMETERS = 30
LONGEST_NONCE = 512
_PARAMETERS = (
    "state",
    "response_type",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
)
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
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
        issuer: named in the answer (RFC 9207); empty where the readings have none named.
        code: what a code is made for.
        prompts: OpenID Connect's `prompt`, as words.
    """

    redirect_uri: str
    state: str | None
    error: str
    issuer: str
    code: CodeRequest
    prompts: frozenset[str] = frozenset()

    def answer(self, **parameters: str) -> str:
        """The address back, with these parameters and the state."""
        if self.state is not None:
            parameters["state"] = self.state
        if self.issuer:
            parameters["iss"] = self.issuer
        separator = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{separator}{urlencode(parameters)}"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the way back."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def read_authorization(
    settings: SandboxSettings, query: str, readings: Readings | None = None
) -> AuthorizationRequest:
    """Check a query, as the browser sent it.

    Raises:
        CannotAnswer: it does not come from the sandbox's client, or names no registered way back.
    """
    readings = readings or Readings()
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
    scopes = understood(given.get("scope", ""))
    return AuthorizationRequest(
        redirect_uri=given["redirect_uri"],
        state=given.get("state") if times["state"] == 1 else None,
        error=_error(readings, given, times, scopes),
        issuer=settings.public_url if readings.openid_names_issuer else "",
        code=CodeRequest(
            redirect_uri=given["redirect_uri"],
            scopes=scopes or [],
            nonce=given.get("nonce") or None,
            challenge=given.get("code_challenge") or None,
        ),
        prompts=frozenset(given.get("prompt", "").split()),
    )


def _error(readings: Readings, given: dict[str, str], times: Counter[str], scopes: list[str] | None) -> str:
    if any(times[name] > 1 for name in _PARAMETERS) or not given.get("response_type"):
        return "invalid_request"
    if given["response_type"] != "code":
        return "unsupported_response_type"
    if scopes is None or OPENID not in scopes:
        return "invalid_scope"
    is_offline_refused = readings.openid_offline_refusal == "invalid_scope"
    if OFFLINE_ACCESS in scopes and not readings.grants_refresh_token and is_offline_refused:
        return "invalid_scope"
    return "" if _is_sound(given) else "invalid_request"


def _is_sound(given: dict[str, str]) -> bool:
    """True if PKCE, nonce and prompt are as they may be; none of them has to be there."""
    challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
    if (challenge or method) and (method != "S256" or not CHALLENGE.fullmatch(challenge or "")):
        return False
    prompts = given.get("prompt", "").split()
    if not PROMPTS.issuperset(prompts) or ("none" in prompts and len(prompts) > 1):
        return False
    return len(given.get("nonce", "")) <= LONGEST_NONCE


def authorization_route(services: Services) -> Route:
    """The route."""
    sessions = PortalSessions(services)

    async def authorize(request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        try:
            wish = read_authorization(services.settings, query, services.for_call().readings)
        except CannotAnswer as refusal:
            return refusal_page(request, refusal)
        if wish.error:
            return RedirectResponse(wish.answer(error=wish.error), 303, NO_TRACE)
        account = await sessions.account(request)
        if account is None and "none" in wish.prompts:
            return RedirectResponse(wish.answer(error="login_required"), 303, NO_TRACE)
        if account is None or wish.prompts & {"login", "select_account"}:
            login = f"{LOGIN_PATH}?{urlencode({'continue': f'{AUTHORIZE_PATH}?{_without_prompt(query)}'})}"
            return RedirectResponse(login, 303, NO_TRACE)
        code = await issue_code(services, account.id, wish.code)
        return RedirectResponse(wish.answer(code=code), 303, NO_TRACE)

    return Route(AUTHORIZE_PATH, authorize)


def _without_prompt(query: str) -> str:
    """Return the query for after the page has asked: asking again would never end."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name != "prompt"])


def refusal_page(request: Request, refusal: CannotAnswer) -> Response:
    """What a reader sees who cannot be sent back."""
    language = language_of(request.headers.get("accept-language"))
    texts = _TEXTS[language]
    body = f'<p role="alert">{texts[refusal.fault]}</p><p>{texts["text"]}</p>'
    return page(language, texts["title"], body, status=400, label=texts["label"])
