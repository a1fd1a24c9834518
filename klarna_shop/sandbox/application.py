"""The sandbox put together: its two ASGI apps, and its Python side for tests and tools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.api.authorization import token_route
from klarna_shop.sandbox.books import Books, read_books
from klarna_shop.sandbox.browser.routes import browser_routes
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.conduct import Conduct
from klarna_shop.sandbox.control.routes import CONTROL_PATH
from klarna_shop.sandbox.database import Database
from klarna_shop.sandbox.demo_catalogue import demo_catalogue
from klarna_shop.sandbox.endpoint import error_answer
from klarna_shop.sandbox.errors import ApiError
from klarna_shop.sandbox.fault_register import Faults
from klarna_shop.sandbox.injection import FaultInjection
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.openid.codes import CodeRequest, issue_code
from klarna_shop.sandbox.openid.routes import provider_routes, published_routes
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.seed import seed
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.settings import COMPANIONS, SandboxSettings
from klarna_shop.sandbox.tokens import issue_ticket
from klarna_shop.sandbox.webhooks import Webhooks

if TYPE_CHECKING:
    import httpx


class Sandbox:
    """A stand-in for Payway. Nothing is opened before the first request or call.

    With a database file, time, readings, uncertainty and faults are those of every process on that file.
    `uncertainty` is a seed: each call then draws its readings anew.

    Attributes:
        api: ASGI app of the API: the token endpoint, the OpenID provider and `/external/api/v{N}/…`.
        browser: ASGI app of what browsers open: `/openid/authorize` and what the provider publishes, and
            under `/sandbox/` Klarna's SDK and redirect page, the login page and a mailbox.
        app: both together.
        clock: the sandbox's time; moving it is how subscriptions renew and end.
        faults: what is to go wrong with calls.
        webhooks: what is sent where something was bought or changed.
    """

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        clock: Clock | None = None,
        readings: Readings | None = None,
        uncertainty: int | None = None,
    ) -> None:
        self.settings = settings or SandboxSettings()
        base = readings or Readings()
        files = [self.settings.beside_database(end) for end in COMPANIONS]
        clock_file, readings_file, faults_file, webhooks_file = files
        self.clock = clock or Clock(clock_file)
        self._conduct = Conduct(base, uncertainty, readings_file)
        self._database = Database(self.settings.database_path, lambda session: seed(session, self._services))
        self.faults = Faults(self._database, faults_file)
        catalogue = demo_catalogue(self.settings.title_code)
        self.webhooks = Webhooks(self.settings, self._database, catalogue, self.clock, webhooks_file)
        self._services = Services(
            settings=self.settings,
            readings=base,
            clock=self.clock,
            database=self._database,
            catalogue=catalogue,
            conduct=self._conduct,
            faults=self.faults,
            webhooks=self.webhooks,
        )
        api = [
            token_route(self._services),
            *provider_routes(self._services),
            *(route for endpoint in ENDPOINTS for route in endpoint.routes(self._services)),
        ]
        browser = browser_routes(self._services)
        self.api = FaultInjection(_application(api), self._services)
        # What the provider publishes can be read beside its sign-in page, too.
        self.browser = _application([*browser, *published_routes(self._services)])
        self.app = FaultInjection(_application(api + browser), self._services)

    def transport(self) -> httpx.AsyncBaseTransport:
        """The way here for an httpx client in this process; what is cut or silent is so there, too."""
        from klarna_shop.sandbox.transport import InProcessTransport

        return InProcessTransport(self.app)

    @property
    def readings(self) -> Readings:
        """The readings that are set. Setting others holds from the next call on."""
        return self._conduct.readings

    @readings.setter
    def readings(self, readings: Readings) -> None:
        self._conduct.set(readings.values())

    def reset_readings(self) -> None:
        """Back to the readings that the sandbox was made with, and drawn no more."""
        self._conduct.reset()
        self._conduct.be_certain()

    @property
    def uncertainty(self) -> int | None:
        """The seed from which every call's readings are drawn, if they are."""
        return self._conduct.seed

    def be_uncertain(self, seed: int) -> None:
        """Draw every reading anew for each call from now on; the same seed draws the same again."""
        self._conduct.be_uncertain(seed)

    def be_certain(self) -> None:
        """Back to the readings that are set."""
        self._conduct.be_certain()

    async def reset(self) -> None:
        """Back to the seed: demo customers as they were, no orders of the shop's, all tokens and faults gone.

        The clock and the readings stay.
        """
        await self._database.reset()

    async def close(self) -> None:
        """Give up webhooks under way, and give the database's connections back."""
        await self.webhooks.close()
        await self._database.close()

    async def books(self) -> Books:
        """Everything bought and charged, brought up to the present moment."""
        await advance(replace(self._services, readings=self.readings))
        return await self._database.read(read_books)

    async def set_debt(self, email: str, in_debt: bool) -> None:
        """Say whether Klarna refuses this customer's purchases and renewals from now on.

        Raises:
            LookupError: no account has this e-mail.
        """

        def say(session: Session) -> None:
            account = find_account(session, email=email)
            if account is None:
                raise LookupError("no account has this e-mail")
            account.in_debt = in_debt

        await self._database.write(say)

    async def issue_ticket(self, email: str) -> str:
        """A one-time ticket that signs this customer in (grant `ticket`, §3.5).

        Raises:
            LookupError: no account has this e-mail.
        """
        return await issue_ticket(self._services, await self._account_id(email))

    async def issue_authorization_code(self, email: str, request: CodeRequest) -> str:
        """A code such as the sign-in page hands to the redirect address (§17).

        Raises:
            LookupError: no account has this e-mail.
        """
        return await issue_code(self._services, await self._account_id(email), request)

    async def _account_id(self, email: str) -> str:
        account = await self._database.read(lambda session: find_account(session, email=email))
        if account is None:
            raise LookupError("no account has this e-mail")
        return account.id


def _application(routes: list[Route]) -> Starlette:
    application = Starlette(
        routes=list(routes),
        exception_handlers={404: _plain_refusal, 405: _plain_refusal},
    )
    # A path with a slash too many is unknown, not somewhere else.
    application.router.redirect_slashes = False
    return application


async def _plain_refusal(request: Request, error: Exception) -> Response:
    """404 and 405 outside any endpoint: JSON for the API, text for browsers."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = error.headers if isinstance(error, HTTPException) else None
    if request.url.path.startswith("/sandbox/") and not request.url.path.startswith(CONTROL_PATH):
        return PlainTextResponse("Not found" if status == 404 else "Method not allowed", status, headers)
    refusals = {404: ("not_found", "Not found"), 405: ("method_not_allowed", "Method not allowed")}
    answer = error_answer(ApiError(status, *refusals[status]))
    answer.headers.update(headers or {})
    return answer
