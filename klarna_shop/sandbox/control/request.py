"""Who may use the control, and what a request to it says."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.errors import ApiError
from klarna_shop.sandbox.parameters import OneOf, Parameter, read_parameters
from klarna_shop.sandbox.settings import SandboxSettings

LARGEST_BODY = 64 * 1024


def check_authorization(settings: SandboxSettings, header: str | None) -> None:
    """HTTP Basic with the API user's id and secret.

    Raises:
        ApiError: 401.
    """
    scheme, _, encoded = (header or "").partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        given = b""
    wanted = f"{settings.client_id}:{settings.client_secret}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, wanted):
        raise ApiError(401, "unauthorized", "HTTP Basic with the API user's id and secret is required")


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object. Its type must be named, which no form of another site can do.

    Raises:
        ApiError: 400.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(400, "invalid_content_type_error", "Content-Type must be application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ApiError(400, "json_parser_error", "The body is too large")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "json_parser_error", "The body is not JSON") from None
    if not isinstance(value, dict):
        raise ApiError(400, "json_parser_error", "The body is not a JSON object")
    return value


async def json_values(
    request: Request, parameters: Sequence[Parameter], exclusive: Sequence[OneOf] = ()
) -> dict[str, Any]:
    """The values of the request's body, checked as the API checks its own.

    Raises:
        ApiError: 400.
    """
    return read_parameters(await json_body(request), parameters, exclusive, typed=True)
