"""All addresses that a browser uses: `/sandbox/…`, and `/openid/authorize`."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.browser.authorization import authorization_route
from klarna_shop.sandbox.browser.login import login_routes
from klarna_shop.sandbox.browser.mailbox import mailbox_routes
from klarna_shop.sandbox.browser.redirect import redirect_route
from klarna_shop.sandbox.control.routes import control_routes
from klarna_shop.sandbox.description.routes import description_routes
from klarna_shop.sandbox.services import Services

SDK_PATH = "/sandbox/klarna/sdk.js"
_SDK = Path(__file__).parent / "klarna_sdk.js"


def browser_routes(services: Services) -> list[Route]:
    """Klarna's SDK and redirect page, mailbox, signing in at Payway's stand-in, control and description."""
    return [
        Route(SDK_PATH, _sdk),
        redirect_route(services),
        *mailbox_routes(services),
        authorization_route(services),
        *login_routes(services),
        *control_routes(services),
        *description_routes(services.settings),
    ]


async def _sdk(_request: Request) -> Response:
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(_SDK, media_type="text/javascript", headers=headers)
