"""Forms that this shop's own pages post: whether a request is one, and what stands in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from klarna_shop.settings import Settings
from klarna_shop.shop.previews.service import QUERY
from klarna_shop.web.failure_page import POSTED

LARGEST_FORM = 16 * 1024
"""Bytes. A sign-in form has a few hundred."""
MOST_FIELDS = 20
_NO_STORE = {"Cache-Control": "no-store"}

FOREIGN = (
    "Det här formuläret skickades inte från den här webbplatsen. Gå till inloggningssidan och försök igen.\n"
    "This form was not sent from this site. Open the sign-in page and try again.\n"
)
PREVIEW = (
    "Det här är en förhandsvisning. Här loggar ingen in eller ut.\n"
    "This is a preview. Nobody signs in or out here.\n"
)
UNREADABLE = (
    "Formuläret gick inte att läsa. Gå tillbaka och försök igen.\n"
    "The form could not be read. Go back and try again.\n"
)


class _BadForm(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(status)
        self.status = status
        self.text = text


def own_forms_only(
    settings: Settings, act: Callable[[Request, dict[str, str]], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that lets only readable forms of this shop's own pages through to `act`."""

    async def answer(request: Request) -> Response:
        if not is_own_form(request.headers, settings):
            return PlainTextResponse(FOREIGN, 403, _NO_STORE)
        if is_from_preview(request.headers):
            return PlainTextResponse(PREVIEW, 403, _NO_STORE)
        try:
            form = await _form(request)
        except _BadForm as fault:
            return PlainTextResponse(fault.text, fault.status, _NO_STORE)
        except ClientDisconnect:
            return PlainTextResponse(UNREADABLE, 400, _NO_STORE)
        request.scope[POSTED] = form
        return await act(request, form)

    return answer


def is_own_form(headers: Headers, settings: Settings) -> bool:
    """Whether a browser says that one of this shop's own pages sent the form.

    `Sec-Fetch-Site` cannot be set by a page; browsers that lack it send `Origin` with every POST.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") in settings.own_origins


def is_from_preview(headers: Headers) -> bool:
    """Whether the page that sent the form was a preview, whose reader is made up.

    Its own script keeps the form from being sent; this is for where that has not run yet.
    """
    query = headers.get("referer", "").partition("?")[2].partition("#")[0]
    return any(name == QUERY for name, _ in parse_qsl(query[:LARGEST_FORM], keep_blank_values=True))


async def _form(request: Request) -> dict[str, str]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise _BadForm(415, UNREADABLE)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise _BadForm(413, UNREADABLE)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise _BadForm(400, UNREADABLE) from None
    return dict(pairs)
