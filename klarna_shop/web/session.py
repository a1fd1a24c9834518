"""Signing in, up and out over plain HTTP, since only a response can set an HttpOnly cookie.

The pages post ordinary browser forms here. Every answer is a 303 to a page: where the reader wanted to go,
or back to the form with a short-lived encrypted notice cookie that says what happened.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.payway import calls_in_scope
from klarna_shop.settings import Settings
from klarna_shop.shop.addresses import address
from klarna_shop.shop.current import Shop
from klarna_shop.shop.guessing import Guesses, GuessRates, KnownDevices
from klarna_shop.shop.identity import (
    VISITOR_SECONDS,
    AccountFrozen,
    Cookies,
    Notice,
    PaywayUnavailable,
    RegisteredNotSignedIn,
    RegistrationRefused,
    RegistrationRequest,
    SignedIn,
    SignInRefused,
    Way,
    new_token,
    own_path,
    start_address,
)
from klarna_shop.shop.identity.cookies import DEVICE_SECONDS, MEASURING
from klarna_shop.web.client_address import client_address
from klarna_shop.web.own_form import MOST_FIELDS, own_forms_only
from klarna_shop.web.redirect_sign_in import redirect_routes
from klarna_shop.web.sign_in_answers import SignInAnswers, language_or_default

log = logging.getLogger(__name__)

_FORM_PAGE = re.compile(r"(/[a-z]{2})?/(login|register)/?")


def auth_routes(shop: Shop) -> list[Route]:
    """The routes under `/auth`, for this shop."""
    routes = _AuthRoutes(shop)
    return [
        Route("/auth/sign-in", routes.guarded(routes.sign_in), methods=["POST"]),
        Route("/auth/register", routes.guarded(routes.register), methods=["POST"]),
        Route("/auth/sign-out", routes.guarded(routes.sign_out), methods=["POST"]),
        Route("/auth/forget", routes.guarded(routes.forget), methods=["POST"]),
        *redirect_routes(shop),
    ]


class _AuthRoutes:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._identities = shop.identities
        self._cookies = shop.identities.cookies
        self._answers = SignInAnswers(shop)
        self._guesses = Guesses(GuessRates(), clock=shop.stopwatch)
        self._devices = KnownDevices(shop.encryption, "sign-in")

    def guarded(
        self, act: Callable[[Request, dict[str, str]], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let only readable forms of this shop's own pages through to `act`."""

        async def scoped(request: Request, form: dict[str, str]) -> Response:
            with calls_in_scope(self._identities.visitor_id(request.headers.get("cookie"))):
                return await act(request, form)

        return own_forms_only(self._shop.settings, scoped)

    async def sign_in(self, request: Request, form: dict[str, str]) -> Response:
        """`POST /auth/sign-in`: `email`, `password`, `next`, `language`."""
        if self._shop.settings.signs_in_by_redirect:
            return self._elsewhere(request, form)
        email, known = form.get("email", ""), self._cookies.known_device(request.headers.get("cookie"))
        device = self._devices.name(known, email)
        if wait := await self._guesses.turn(self._address(request), device):
            return self._back(request, form, self._pause(wait))
        try:
            signed_in = await self._identities.sign_in(
                email,
                form.get("password", ""),
                user_agent=_user_agent(request),
                reader=await self._identities.reader(request.headers.get("cookie")),
            )
        except SignInRefused as error:
            return self._back(request, form, Notice("sign_in", "refused", attempts_left=error.attempts_left))
        except AccountFrozen as error:
            return self._back(request, form, Notice("sign_in", "frozen", until=_written(error.until)))
        except PaywayUnavailable:
            self._guesses.succeeded(device)  # nothing was learnt
            return self._back(request, form, Notice("sign_in", "unavailable"))
        self._guesses.succeeded(device)
        return self._signed_in(request, form, signed_in, email)

    async def register(self, request: Request, form: dict[str, str]) -> Response:
        """`POST /auth/register`: `email`, `password`, `first_name`, `last_name`, `next`, `language`."""
        if self._shop.settings.signs_in_by_redirect:
            return self._elsewhere(request, form)
        if wait := self._guesses.pause(self._address(request)):
            return self._back(request, form, self._pause(wait))
        wanted = RegistrationRequest(
            email=form.get("email", ""),
            password=form.get("password", ""),
            first_name=form.get("first_name", ""),
            last_name=form.get("last_name", ""),
        )
        try:
            signed_in = await self._identities.register(
                wanted,
                user_agent=_user_agent(request),
                reader=await self._identities.reader(request.headers.get("cookie")),
            )
        except RegistrationRefused as error:
            code = "fields" if error.field_errors else "neutral"
            return self._back(request, form, Notice("register", code, faults=error.field_errors))
        except RegisteredNotSignedIn:
            return self._back(request, form, Notice("sign_in", "registered"))
        except PaywayUnavailable:
            return self._back(request, form, Notice("register", "unavailable"))
        return self._signed_in(request, form, signed_in, wanted.email)

    async def sign_out(self, request: Request, form: dict[str, str]) -> Response:
        """`POST /auth/sign-out`: `next`, `language`. Also where nobody is signed in.

        With `sign_in`, `next` is where the next customer goes on after signing in.
        """
        await self._identities.sign_out(await self._identities.reader(request.headers.get("cookie")))
        goal, language = own_path(form.get("next")) or "", _language(form)
        if goal and form.get("sign_in"):
            goal = f"{address(language, '/login')}?next={quote(goal, safe='/')}"
        response = self._answers.on(Way(goal, language))
        self._answers.set(response, self._cookies.session, "", 0)
        return response

    async def forget(self, request: Request, form: dict[str, str]) -> Response:
        """`POST /auth/forget`: `language`. Erase what is kept about the reader, and all cookies with it.

        But for the visitor's own while a purchase is under way, which its buyer must find again.
        """
        reader = await self._identities.reader(request.headers.get("cookie"))
        waits = await self._shop.personal_data.erase(reader)
        await self._identities.sign_out(reader)
        language = _language(form)
        erased = f"{address(language, '/privacy')}?erased={'later' if waits else '1'}"
        response = self._answers.on(Way(erased, language))
        known = () if waits else (self._cookies.visitor,)
        for cookie in (self._cookies.session, self._cookies.device, *known, self._cookies.notice, MEASURING):
            self._answers.set(response, cookie, "", 0)
        return response

    def _signed_in(self, request: Request, form: dict[str, str], signed_in: SignedIn, email: str) -> Response:
        """On to where the reader was going; their device is known to their account from now on."""
        response = self._answers.signed_in(request, _way(request, form), signed_in)
        known = self._cookies.known_device(request.headers.get("cookie"))
        device = self._devices.remember(known, email)
        self._answers.set(response, self._cookies.device, device, DEVICE_SECONDS)
        return response

    def _address(self, request: Request) -> str:
        return client_address(request, self._shop.settings.trusted_proxy_hops)

    def _pause(self, wait: float) -> Notice:
        """Say when to come back: too many have come, whichever accounts they were about.

        Payway counts the failures of an account (payway-api.md §10.3); a guesser who tries one password on
        many accounts is counted here.
        """
        until = self._shop.clock() + timedelta(seconds=wait)
        return Notice("sign_in", "frozen", until=_written(until))

    def _back(self, request: Request, form: dict[str, str], notice: Notice) -> Response:
        """To the form again, with what happened and what was typed, but for the password."""
        names = ("email",) if notice.form == "sign_in" else ("email", "first_name", "last_name")
        typed = {name: form[name].strip() for name in names if form.get(name)}
        filled = replace(notice, typed=typed)
        return self._answers.back(_way(request, form), filled)

    def _elsewhere(self, request: Request, form: dict[str, str]) -> Response:
        """To Payway, where it takes passwords itself; what was typed here is not looked at."""
        return self._answers.to(start_address(_way(request, form)))


def _way(request: Request, form: dict[str, str]) -> Way:
    return Way(_next(request, form) or "", _language(form))


def _language(form: dict[str, str]) -> str:
    return language_or_default(form.get("language"))


def _next(request: Request, form: dict[str, str]) -> str | None:
    """Where to go on: the form's own field, or, posted before any script ran, the page's address."""
    if form.get("next"):
        return own_path(form["next"])
    try:
        query = parse_qs(urlsplit(request.headers.get("referer", "")).query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return own_path(query.get("next", [""])[0])


def _user_agent(request: Request) -> str:
    return "".join(letter for letter in request.headers.get("user-agent", "") if letter.isprintable())


def _written(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


class VisitorCookie:
    """ASGI layer: every browser that opens a page gets a visitor cookie, needed for meter and purchase.

    Only with documents (and their 304), never with files or data. A form's notice that has been shown is
    removed with the next page that is no form.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._cookies = Cookies.of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and add `Set-Cookie` to a page where one is due."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        wanted = self._due(scope)
        if not wanted:
            await self.app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message, scope):
                headers = MutableHeaders(scope=message)
                for cookie in wanted:
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, add)

    def _due(self, scope: Scope) -> list[str]:
        header = Headers(scope=scope).get("cookie")
        due = []
        if self._cookies.visitor_token(header) is None:
            due.append(self._cookies.set_cookie(self._cookies.visitor, new_token(), VISITOR_SECONDS))
        if self._cookies.sealed_notice(header) is not None and not _FORM_PAGE.fullmatch(scope["path"]):
            due.append(self._cookies.set_cookie(self._cookies.notice, "", 0))
        return due


def _is_document(message: Message, scope: Scope) -> bool:
    if message["status"] == 304:
        request = Headers(scope=scope)
        destination = request.get("sec-fetch-dest")
        if destination is not None:
            return destination in {"document", "iframe"}
        return "text/html" in request.get("accept", "")
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
