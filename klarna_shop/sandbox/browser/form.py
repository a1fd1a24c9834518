"""Reading the small forms of the sandbox's pages."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST_FORM = 8 * 1024
"""Bytes. The largest form here has a handful of fields."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; none where it is too large or no form at all."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=10, errors="strict"))
    except ValueError:
        return {}
