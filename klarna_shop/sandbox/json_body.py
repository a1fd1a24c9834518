"""A request's JSON, as strictly as Payway takes it (§2.2)."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from klarna_shop.sandbox.errors import ApiError


def check_content_type(request: Request) -> None:
    """The body's type must be named, which no form of another site can do.

    Raises:
        ApiError: 400.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(400, "invalid_content_type_error", "Content-Type must be application/json")


async def read_body(request: Request, largest: int) -> bytes:
    """The body, of at most `largest` bytes.

    Raises:
        ApiError: 400.
    """
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                raise ApiError(400, "json_parser_error", "The body is too large")
    except ClientDisconnect:
        # Nobody is there to read the answer; half a body does nothing.
        raise ApiError(400, "json_parser_error", "The body breaks off") from None
    return body


def parsed(body: bytes) -> dict[str, Any]:
    """The body's JSON object.

    Raises:
        ApiError: 400.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "json_parser_error", "The body is not JSON") from None
    if not isinstance(value, dict):
        raise ApiError(400, "json_parser_error", "The body is not a JSON object")
    return value
