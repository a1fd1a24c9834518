"""Who is signed in at Payway's own page in this browser, and the guard of that page's forms.

Two cookies of the sandbox's own, sent to its own paths alone: an embedded sandbox shares the shop's host.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from klarna_shop.sandbox.identifiers import fingerprint, unguessable
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account, Token

SESSION_COOKIE = "payway_sandbox_session"
FORM_COOKIE = "payway_sandbox_form"
LIFETIME = timedelta(hours=12)
_SESSION_PATHS = ("/openid", "/sandbox")
_FORM_PATH = "/sandbox"


class PortalSessions:
    """Begins, recognises and ends sessions; a session is a token of kind `portal`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._secure = services.settings.public_url.startswith("https:")

    async def account(self, request: Request) -> Account | None:
        """The account that is signed in in this browser."""
        secret = request.cookies.get(SESSION_COOKIE)
        if not secret:
            return None

        def signed_in(session: Session) -> Account | None:
            token = session.get(Token, fingerprint(secret))
            if token is None or token.kind != "portal":
                return None
            if token.expires is None or token.expires <= self._services.clock.now():
                return None
            return session.get(Account, token.account_id)

        return await self._services.database.read(signed_in)

    async def begin(self, request: Request, response: Response, account: Account) -> None:
        """Sign an account in, with a secret that nobody could have planted before."""
        secret = unguessable()
        token = Token(
            fingerprint=fingerprint(secret),
            kind="portal",
            account_id=account.id,
            scopes=[],
            expires=self._services.clock.now() + LIFETIME,
        )

        def replace(session: Session) -> None:
            _forget(session, request)
            session.add(token)

        await self._services.database.write(replace)
        self._set_session(response, secret, int(LIFETIME.total_seconds()))

    async def end(self, request: Request, response: Response) -> None:
        """Sign out."""
        await self._services.database.write(lambda session: _forget(session, request))
        self._set_session(response, "", 0)

    def form_secret(self, request: Request) -> str:
        """What a form of this browser carries in a hidden field and in a cookie."""
        return request.cookies.get(FORM_COOKIE) or unguessable()

    def remember_form(self, response: Response, secret: str) -> None:
        """Set the cookie that belongs to the hidden field."""
        response.set_cookie(
            FORM_COOKIE, secret, path=_FORM_PATH, httponly=True, samesite="strict", secure=self._secure
        )

    def is_own_form(self, request: Request, form: dict[str, str]) -> bool:
        """Whether a form was made by a page shown in this very browser.

        The pages send no referrer, and with that browsers say `Origin: null`; so the cookie counts.
        """
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        expected, given = request.cookies.get(FORM_COOKIE, ""), form.get("form", "")
        return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())

    def _set_session(self, response: Response, secret: str, seconds: int) -> None:
        for path in _SESSION_PATHS:
            response.set_cookie(
                SESSION_COOKIE,
                secret,
                max_age=seconds,
                path=path,
                httponly=True,
                samesite="lax",
                secure=self._secure,
            )


def _forget(session: Session, request: Request) -> None:
    token = session.get(Token, fingerprint(request.cookies.get(SESSION_COOKIE, "")))
    if token is not None and token.kind == "portal":
        session.delete(token)
