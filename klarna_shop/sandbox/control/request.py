"""Who may use the control, and what a request to it says."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.errors import ApiError
from klarna_shop.sandbox.json_body import check_content_type, parsed, read_body
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
    """The request's JSON object.

    Raises:
        ApiError: 400.
    """
    check_content_type(request)
    return parsed(await read_body(request, LARGEST_BODY))


async def json_values(
    request: Request, parameters: Sequence[Parameter], exclusive: Sequence[OneOf] = ()
) -> dict[str, Any]:
    """The values of the request's body, checked as the API checks its own.

    Raises:
        ApiError: 400.
    """
    return read_parameters(await json_body(request), parameters, exclusive, typed=True)
