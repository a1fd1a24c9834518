"""What every way of signing in answers with: a 303 to a page, and the cookies that go with it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from klarna_shop.shop.addresses import DEFAULT_LANGUAGE, address
from klarna_shop.shop.current import Shop
from klarna_shop.shop.identity import NOTICE_SECONDS, SESSION_SECONDS, Notice, SignedIn, Way, mark_of, seal
from klarna_shop.shop.measurement import EventName, Happening

PAGES = {"sign_in": "/login", "register": "/register"}
"""Page by the form that a notice belongs to."""
NO_TRACE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_LANGUAGE = re.compile(r"[a-z]{2}", re.ASCII)


def language_or_default(value: str | None) -> str:
    """A language that a form or an address names, where it looks like one."""
    return value if value and _LANGUAGE.fullmatch(value) else DEFAULT_LANGUAGE


class SignInAnswers:
    """Makes the answers for one shop."""

    def __init__(self, shop: Shop) -> None:
        self._encryption = shop.encryption
        self._cookies = shop.identities.cookies
        self._shop = shop

    def signed_in(self, request: Request, way: Way, signed_in: SignedIn) -> Response:
        """On to where the reader was going, with the new session's cookie."""
        self._measure(request, way)
        response = self.on(way)
        self.set(response, self._cookies.session, signed_in.cookie_token, SESSION_SECONDS)
        if self._cookies.notice in request.cookies:
            self.set(response, self._cookies.notice, "", 0)
        return response

    def _measure(self, request: Request, way: Way) -> None:
        visitor_id = self._shop.identities.visitor_id(request.headers.get("cookie"))
        if visitor_id is not None:
            self._shop.events.add(
                Happening(EventName.SIGNED_IN, self._shop.clock(), visitor_id, language=way.language)
            )

    def back(self, way: Way, notice: Notice) -> Response:
        """To the notice's page, which says what happened and keeps where the reader was going.

        Only the page at this address says it: whoever comes to the form again meets it without a word.
        """
        sealed = seal(notice, self._encryption)
        response = self.to(self._page(notice.form, way, notice=mark_of(sealed)))
        self.set(response, self._cookies.notice, sealed, NOTICE_SECONDS)
        return response

    def to_page(self, form: str, way: Way) -> Response:
        """To a form's page without a word."""
        return self.to(self._page(form, way))

    def _page(self, form: str, way: Way, **query: str) -> str:
        if way.next_path:
            query = {"next": way.next_path, **query}
        return address(way.language, PAGES[form]) + (f"?{urlencode(query)}" if query else "")

    def on(self, way: Way) -> Response:
        """To where the reader was going, or to the front page."""
        return self.to(way.next_path or address(way.language, "/"))

    def to(self, location: str) -> Response:
        """Anywhere; `location` is made by the shop and never taken from a reader unchecked."""
        return RedirectResponse(location, 303, NO_TRACE)

    def set(self, response: Response, name: str, value: str, max_age: int) -> None:
        """Add a cookie; `max_age` in seconds, 0 removes it."""
        response.headers.append("Set-Cookie", self._cookies.set_cookie(name, value, max_age))
