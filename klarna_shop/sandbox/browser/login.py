"""The stand-in for the portal's login: sign in, go on, sign out, make an account.

A browser comes here from `/openid/authorize`, and goes on to the same address, now as somebody (§17).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.accounts import add_account, add_mail, find_account
from klarna_shop.sandbox.browser.authorization import (
    LOGIN_PATH,
    NO_TRACE,
    CannotAnswer,
    read_authorization,
    refusal_page,
)
from klarna_shop.sandbox.browser.form import read_form
from klarna_shop.sandbox.browser.login_page import LOGOUT_PATH, REGISTER_PATH, LoginPage
from klarna_shop.sandbox.browser.page import language_of
from klarna_shop.sandbox.browser.portal_session import PortalSessions
from klarna_shop.sandbox.demo_customers import DEMO_PASSWORD
from klarna_shop.sandbox.formats import EMAIL
from klarna_shop.sandbox.openid.paths import AUTHORIZE_PATH
from klarna_shop.sandbox.passwords import hash_password
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.sign_in import Refusal, sign_in
from klarna_shop.sandbox.tables import Account

_LIMITS = {"email": (3, 256), "password": (6, 1024), "first_name": (1, 128), "last_name": (1, 128)}
"""Fewest and most characters (§10.1)."""

_Act = Callable[[Request, LoginPage, dict[str, str]], Awaitable[Response]]


def login_routes(services: Services) -> list[Route]:
    """The routes of the login, logout and register pages."""
    login = _Login(services)
    return [
        Route(LOGIN_PATH, login.page(login.show, login.sign_in), methods=["GET", "POST"]),
        Route(LOGOUT_PATH, login.page(None, login.sign_out), methods=["POST"]),
        Route(REGISTER_PATH, login.page(login.show_register, login.register), methods=["GET", "POST"]),
    ]


class _Login:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._sessions = PortalSessions(services)

    def page(
        self, show: Callable[[Request, LoginPage], Awaitable[Response]] | None, act: _Act
    ) -> Callable[[Request], Awaitable[Response]]:
        """One address: shown with GET, acted on with a form that one of these pages made."""

        async def answer(request: Request) -> Response:
            goal = request.query_params.get("continue", "")
            try:
                page = self._page(request, goal)
            except CannotAnswer as refusal:
                return refusal_page(request, refusal)
            if request.method != "POST" and show is not None:
                response = await show(request, page)
            else:
                form = await read_form(request)
                if self._sessions.is_own_form(request, form):
                    return await act(request, page, form)
                account = await self._sessions.account(request)
                response = page.login(account, alert=page.text("foreign"), status=403)
            self._sessions.remember_form(response, page.form_secret)
            return response

        return answer

    async def show(self, request: Request, page: LoginPage) -> Response:
        """`GET /sandbox/login`."""
        return page.login(await self._sessions.account(request))

    async def sign_in(self, request: Request, page: LoginPage, form: dict[str, str]) -> Response:
        """`POST /sandbox/login`: `email` and `password`, or `demo` with a demo customer's address."""
        email, password = form.get("email", "").strip(), form.get("password", "")
        if "demo" in form:
            email, password = form["demo"], DEMO_PASSWORD
        outcome = await sign_in(self._services.for_call(), email, password[:1024])
        if isinstance(outcome, Refusal):
            account = await self._sessions.account(request)
            return page.login(account, alert=page.refused(outcome), typed=email, status=400)
        return await self._go_on(request, page, outcome)

    async def sign_out(self, request: Request, page: LoginPage, _form: dict[str, str]) -> Response:
        """`POST /sandbox/logout`."""
        response = RedirectResponse(page.address(LOGIN_PATH), 303, NO_TRACE)
        await self._sessions.end(request, response)
        return response

    async def show_register(self, _request: Request, page: LoginPage) -> Response:
        """`GET /sandbox/register`."""
        return page.register()

    async def register(self, request: Request, page: LoginPage, form: dict[str, str]) -> Response:
        """`POST /sandbox/register`: `email`, `password`, `first_name`, `last_name`."""
        values = {name: form.get(name, "") for name in _LIMITS}
        values |= {name: value.strip() for name, value in values.items() if name != "password"}
        fits = all(least <= len(values[name]) <= most for name, (least, most) in _LIMITS.items())
        if not fits or not EMAIL.accepts(values["email"]):
            return page.register(alert=page.text("invalid"), typed=values, status=400)
        account = await self._new_account(values)
        if account is None:
            return page.register(alert=page.text("taken"), typed=values, status=400)
        return await self._go_on(request, page, account)

    async def _new_account(self, values: dict[str, str]) -> Account | None:
        """The account; nothing where the address is taken."""
        password_hash = await asyncio.to_thread(hash_password, values["password"])

        def add(session: Session) -> Account | None:
            if find_account(session, email=values["email"]) is not None:
                return None
            account = add_account(
                session,
                self._services,
                values["email"],
                password_hash=password_hash,
                first_name=values["first_name"],
                last_name=values["last_name"],
                account_origin=self._services.settings.title_code,
            )
            add_mail(session, self._services, "account_created", account)
            return account

        return await self._services.database.write(add)

    async def _go_on(self, request: Request, page: LoginPage, account: Account) -> Response:
        response = RedirectResponse(page.goal or LOGIN_PATH, 303, NO_TRACE)
        await self._sessions.begin(request, response, account)
        return response

    def _page(self, request: Request, goal: str) -> LoginPage:
        """The page for this browser and goal.

        Raises:
            CannotAnswer: the goal is not `/openid/authorize` with a client and way back of ours.
        """
        wish = None
        if goal:
            path, _, query = goal.partition("?")
            if path != AUTHORIZE_PATH:
                raise CannotAnswer("malformed")
            wish = read_authorization(self._services.settings, query, self._services.for_call().readings)
        return LoginPage(
            language=language_of(request.headers.get("accept-language")),
            newspaper=self._services.catalogue.title.name,
            goal=goal,
            wish=wish,
            form_secret=self._sessions.form_secret(request),
        )
