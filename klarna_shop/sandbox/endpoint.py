"""Endpoints as data: path, scope, identity and parameters, and the one way every call is handled."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.errors import ApiError, conflict, forbidden, not_found, unauthorized
from klarna_shop.sandbox.faults import Place, target_of
from klarna_shop.sandbox.json_body import check_content_type, parsed, read_body
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import OneOf, Parameter, read_parameters
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.refusals import Refusal, common_refusals
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Token
from klarna_shop.sandbox.tokens import bearer

PREFIX = "/external/api"
ARRIVED = "klarna_shop.sandbox.arrived"
"""The key of an ASGI scope at which stands when the call arrived (an aware datetime)."""
LARGEST_BODY = 256 * 1024
_logger = logging.getLogger("klarna_shop.sandbox")


@dataclass(frozen=True)
class Call:
    """One request that passed every check: its parameters and, on identity endpoints, its account."""

    services: Services
    values: dict[str, Any]
    account_id: str | None

    @property
    def identity(self) -> str:
        """The account of an endpoint that requires one."""
        assert self.account_id is not None
        return self.account_id


Handler = Callable[[Call], Awaitable[dict[str, Any] | None]]
"""Answers with JSON, or with nothing."""
Facts = dict[str, Any]
"""What several endpoints declare alike."""


@dataclass(frozen=True)
class Endpoint:
    """One method and path of the API, as documented in `section` of the reference.

    Attributes:
        answer: model of the answer's JSON; describes it, and does not take part in answering.
        refusals: what this endpoint refuses beyond what every endpoint does.
        provenance: how well it is known that the endpoint exists.
        access_provenance: how well scope and identity are known, where less well than the endpoint.
        slash: whether the documentation also writes the path with a slash at its end (§15.2).
    """

    method: str
    path: str
    scope: str
    section: str
    handler: Handler
    answer: type[BaseModel]
    provenance: Provenance
    access_provenance: Provenance | None = None
    refusals: tuple[Refusal, ...] = ()
    identity: bool = False
    parameters: tuple[Parameter, ...] = ()
    exclusive: tuple[OneOf, ...] = ()
    slash: bool = False

    @property
    def all_refusals(self) -> tuple[Refusal, ...]:
        """What it may refuse, with what every endpoint does."""
        return common_refusals(identity=self.identity, parameters=bool(self.parameters)) + self.refusals

    def routes(self, services: Services) -> list[Route]:
        """The routes that serve this endpoint."""

        async def answer(request: Request) -> Response:
            return await _answer(self, services, request)

        paths = [self.path, f"{self.path}/"] if self.slash else [self.path]
        return [Route(PREFIX + path, answer, methods=[self.method]) for path in paths]


@dataclass
class Endpoints:
    """The endpoints of one area; its decorators collect them."""

    all: list[Endpoint] = field(default_factory=list)

    def get(self, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Declare an endpoint that reads."""
        return self._declare("GET", path, facts)

    def post(self, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Declare an endpoint that makes something."""
        return self._declare("POST", path, facts)

    def put(self, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Declare an endpoint that changes something."""
        return self._declare("PUT", path, facts)

    def _declare(self, method: str, path: str, facts: dict[str, Any]) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.all.append(Endpoint(method, path, handler=handler, **facts))
            return handler

        return declare


async def _answer(endpoint: Endpoint, services: Services, request: Request) -> Response:
    services = services.for_call(request.scope.get(ARRIVED))
    try:
        token = await bearer(services, request.headers.get("authorization"))
        account_id = _account(endpoint, services, token)
        values = await _values(endpoint, request)
        if account_id is not None:
            await advance(services, account_id)
        services = await _with_orders(endpoint, services, request)
        body = await endpoint.handler(Call(services, values, account_id))
    except ApiError as error:
        return error_answer(error)
    except Exception:
        _logger.exception("%s %s failed", endpoint.method, endpoint.path)
        return error_answer(ApiError(500, "internal_server_error", "Internal server error"))
    return _json_answer(body, services.readings.post_status if endpoint.method == "POST" else 200)


async def _with_orders(endpoint: Endpoint, services: Services, request: Request) -> Services:
    """The services for a call that passed every check, with what was ordered to happen in it."""
    target, places = target_of(request.scope), _places(endpoint.path)
    forced = await services.faults.claim_error(target, places)
    match forced:
        case "not_found":
            raise not_found("What was asked for")
        case "conflict":
            raise conflict(services.readings, "conflict", "The state of things does not allow this")
        case "forbidden":
            raise forbidden(services.readings, f"The token lacks the scope {endpoint.scope}")
    widget = await services.faults.claim_widget(target) if "session" in places else None
    return replace(services, forced=forced, widget=widget)


def _places(path: str) -> tuple[Place, ...]:
    action = path.rpartition("/")[2]
    if action.startswith("place_"):
        return ("call", "order")
    if action.startswith("create_session"):
        return ("call", "session")
    return ("call", "eligibility") if action == "pre_validate_purchase" else ("call",)


def error_answer(error: ApiError) -> Response:
    """The answer for a refusal."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return _json_answer(error.body(), error.status, headers)


def _json_answer(body: dict[str, Any] | None, status: int, headers: dict[str, str] | None = None) -> Response:
    if body is None:
        return Response(b"", status, headers, "application/json")
    return JSONResponse(body, status, headers)


def _account(endpoint: Endpoint, services: Services, token: Token) -> str | None:
    if endpoint.scope not in token.scopes:
        raise forbidden(services.readings, f"The token lacks the scope {endpoint.scope}")
    if not endpoint.identity:
        return None
    if token.account_id is None:
        match services.readings.identity_missing_status:
            case 403:
                raise forbidden(services.readings, "The token has no account")
            case 401:
                raise unauthorized(services.readings, 401)
            case _:
                raise not_found("Account")
    return token.account_id


async def _values(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    body = await read_body(request, LARGEST_BODY)
    is_read = endpoint.method == "GET"
    if body or not is_read:
        check_content_type(request)
    given: dict[str, Any] = dict(request.path_params)
    typed = not is_read
    if is_read:
        given |= dict(request.query_params)
        if body:  # some documented examples send their parameters as JSON on GET (§15.2)
            given |= parsed(body)
            typed = not request.query_params
    else:
        given |= parsed(body)
    return read_parameters(given, endpoint.parameters, endpoint.exclusive, typed=typed)
