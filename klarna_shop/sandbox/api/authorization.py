"""The token endpoint (§3.2): form-encoded, with errors in OAuth's shape."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.faults import Place, target_of
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tokens import TokenError, grant_token

PATH = "/api/authorization/access_token"
LARGEST_FORM = 64 * 1024
_PLACES: dict[str, tuple[Place, ...]] = {"password": ("password",), "refresh_token": ("refresh",)}
_NO_STORE = {"Cache-Control": "no-store"}


def token_route(services: Services) -> Route:
    """The route of the token endpoint."""

    async def answer(request: Request) -> Response:
        for_call = services.for_call()
        try:
            form = await read_token_form(request)
            places = _PLACES.get(form.get("grant_type", ""), ())
            forced = await services.faults.claim_error(target_of(request.scope), places)
            granted = await grant_token(replace(for_call, forced=forced), form)
            return JSONResponse(granted, headers=_NO_STORE)
        except TokenError as error:
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, error.status, _NO_STORE)

    return Route(PATH, answer, methods=["POST"])


async def read_token_form(request: Request) -> dict[str, str]:
    """Return the fields of a token request.

    Raises:
        TokenError: the body is no form, or too large a one.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise TokenError(400, "invalid_request", "The body must be application/x-www-form-urlencoded")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise TokenError(400, "invalid_request", "The body is too large")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=40, errors="strict"))
    except ValueError:
        raise TokenError(400, "invalid_request", "The body is not a form") from None
