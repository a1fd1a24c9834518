"""The routes of the control, each with its methods, and the one way they are all handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.control import clock, debts, faults, mails, readings, webhooks
from klarna_shop.sandbox.control.request import check_authorization
from klarna_shop.sandbox.errors import ApiError
from klarna_shop.sandbox.services import Services

CONTROL_PATH = "/sandbox/control/"
_NO_STORE = {"Cache-Control": "no-store"}
Action = Callable[[Services, Request], Awaitable[dict[str, Any]]]
_ACTIONS: dict[str, dict[str, Action]] = {
    "faults": {"GET": faults.listed, "POST": faults.add, "DELETE": faults.clear},
    "clock": {"GET": clock.shown, "POST": clock.move, "DELETE": clock.reset},
    "debts": {"PUT": debts.change},
    "mails": {"POST": mails.add},
    "readings": {"GET": readings.shown, "PUT": readings.change, "DELETE": readings.reset},
    "uncertainty": {
        "GET": readings.uncertainty,
        "PUT": readings.be_uncertain,
        "DELETE": readings.be_certain,
    },
    "webhooks": {"GET": webhooks.shown, "PUT": webhooks.change, "DELETE": webhooks.reset},
}


def control_routes(services: Services) -> list[Route]:
    """Return `/sandbox/control/faults` and one route for each other name in `_ACTIONS`."""
    return [_route(services, f"{CONTROL_PATH}{name}", actions) for name, actions in _ACTIONS.items()]


def _route(services: Services, path: str, actions: dict[str, Action]) -> Route:
    async def answer(request: Request) -> Response:
        action = actions["GET" if request.method == "HEAD" else request.method]
        try:
            check_authorization(services.settings, request.headers.get("authorization"))
            body, status = await action(services, request), 200
        except ApiError as error:
            body, status = error.body() or {}, error.status
        headers = _NO_STORE | ({"WWW-Authenticate": "Basic"} if status == 401 else {})
        return JSONResponse(body, status, headers)

    return Route(path, answer, methods=list(actions))
