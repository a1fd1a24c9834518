"""The answer of a plain HTTP route that failed: a page in the reader's language, the form once more, an id.

It needs neither database nor socket nor script. What was typed stands in the form, but for the password. What
asks for no page, such as a feed reader, gets the sentence as plain text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.addresses import DEFAULT_LANGUAGE, address
from klarna_shop.shop.database_faults import DatabaseUnavailable, fault_of
from klarna_shop.shop.guarded import log_unexpected

POSTED = "klarna_shop.posted_form"
"""Key of an ASGI scope: the fields of the form that is being handled."""
FIELDS = {
    "email": ("sign_in.email", "email", "username"),
    "password": ("sign_in.password", "password", "current-password"),
    "first_name": ("register.first_name", "text", "given-name"),
    "last_name": ("register.last_name", "text", "family-name"),
}
"""Fields that a person fills in: label, kind of input, what a browser may fill in. Others are hidden."""
SHEETS = ("tokens", "base", "components", "frame", "account")
THEME = (
    'let theme;try{theme=localStorage.getItem("theme")}catch{}'
    'if(theme==="dark"||theme!=="light"&&matchMedia("(prefers-color-scheme:dark)").matches)'
    'document.documentElement.classList.add("dark")'
)
"""The one script of the page: the theme that the reader has chosen, or their system's."""
_THEME_HASH = base64.b64encode(hashlib.sha256(THEME.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Retry-After": "10",
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'sha256-{_THEME_HASH}'; style-src 'self'; font-src 'self';"
        " img-src 'self'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
}
LONGEST_SHOWN = 254
_PREFIX = re.compile(r"/([a-z]{2})(?:/|$)")

Words = Callable[..., str]
"""Returns the text of a key in a language: `words(language, key, **values)`."""


@dataclass(frozen=True)
class FailurePages:
    """ASGI layer inside Starlette: catches what a route raises before it has begun to answer."""

    app: ASGIApp
    words: Words
    languages: Collection[str]
    seller_email: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; answer in the place of a route that fails."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if begun:
                raise
            await self._answer(Request(scope), error)(scope, receive, send)

    def _answer(self, request: Request, error: Exception) -> Response:
        if isinstance(error, DatabaseUnavailable):
            status, key, incident = 503, "failure.database", error.incident
        else:
            known = fault_of(error) is not None
            status, key = (503, "failure.database") if known else (500, "failure.unexpected")
            # Not by its path, which may hold a secret.
            route = getattr(request.scope.get("endpoint"), "__qualname__", "no route")
            incident = log_unexpected(f"{request.method} {route}")
        form: Mapping[str, str] = request.scope.get(POSTED, {})
        language = self._language(request, form)
        sentence = self.words(language, key)
        quote = self.words(language, "failure.incident", email=self.seller_email, incident=incident)
        if not _asks_for_page(request.headers):
            return PlainTextResponse(f"{sentence} {quote}\n", status, _without_policy())
        return HTMLResponse(self._page(request, language, sentence, quote, form), status, HEADERS)

    def _page(
        self, request: Request, language: str, sentence: str, quote: str, form: Mapping[str, str]
    ) -> str:
        def said(key: str) -> str:
            return escape(self.words(language, key))

        sheets = "".join(f'<link rel="stylesheet" href="/styles/{name}.css">' for name in SHEETS)
        next_step = said("failure.form_again" if POSTED in request.scope else "failure.later")
        again = self._form(request, language, form) if POSTED in request.scope else ""
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="robots" content="noindex"><title>{said("failure.title")}</title>'
            f"<script>{THEME}</script>{sheets}</head>"
            '<body><div class="sheet"><main class="sheet__content sheet__inner" id="content">'
            f'<div class="page page--form stack"><h1 class="page__title">{said("failure.title")}</h1>'
            '<div class="notice notice--error" role="alert" data-testid="login-error">'
            f"<p>{escape(sentence)}</p><p>{next_step}</p><p>{escape(quote)}</p></div>{again}"
            f'<p><a class="link" href="{address(language, "/")}">{said("purchase.to_front_page")}</a></p>'
            "</div></main></div></body></html>"
        )

    def _form(self, request: Request, language: str, form: Mapping[str, str]) -> str:
        inputs = "".join(self._input(language, name, value) for name, value in form.items())
        return (
            f'<form class="card stack" action="{escape(request.scope["path"])}" method="post">{inputs}'
            '<button class="button button--primary button--wide" data-testid="login-submit" type="submit">'
            f"{escape(self.words(language, 'failure.again'))}</button></form>"
        )

    def _input(self, language: str, name: str, value: str) -> str:
        shown = escape(value[:LONGEST_SHOWN])
        if name not in FIELDS:
            return f'<input type="hidden" name="{escape(name)}" value="{shown}">'
        key, kind, filled = FIELDS[name]
        written = "" if name == "password" else f' value="{shown}"'
        return (
            f'<div class="field"><label class="field__label" for="again-{name}">'
            f"{escape(self.words(language, key))}</label>"
            f'<input class="field__input" id="again-{name}" name="{name}" type="{kind}"{written}'
            f' autocomplete="{filled}" data-testid="login-{name.replace("_", "-")}" required></div>'
        )

    def _language(self, request: Request, form: Mapping[str, str]) -> str:
        """The language of the form, of the address, or of the page that led here."""
        query = parse_qs(request.scope.get("query_string", b"").decode("latin-1")[:2000])
        wanted = [form.get("language", ""), *query.get("language", [])]
        try:
            paths = [request.scope["path"], urlsplit(request.headers.get("referer", "")).path]
        except ValueError:
            paths = [request.scope["path"]]
        wanted += [found[1] for path in paths if (found := _PREFIX.match(path))]
        return next((one for one in wanted if one in self.languages), DEFAULT_LANGUAGE)


def _asks_for_page(headers: Headers) -> bool:
    destination = headers.get("sec-fetch-dest")
    if destination is not None:
        return destination in {"document", "iframe"}
    return "text/html" in headers.get("accept", "")


def _without_policy() -> dict[str, str]:
    return {name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"}
