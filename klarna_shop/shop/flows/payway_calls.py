"""A call to Payway as it is kept: what was sent and what came, redacted and no longer than it may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx

from klarna_shop.payway import ObservedCall
from klarna_shop.shop.flows.redaction import Redaction

LARGEST_READ = 64_000
"""Bytes of a body that is looked into; of a larger one only its size is kept."""
LONGEST_KEPT = 16_000
"""Characters of a redacted request or response."""

_BARE_IN_TOKEN_REQUESTS = frozenset({"code", "state"})
"""In a request for a token `code` is not an offer's."""
_TOKEN_SECTION = "3.2"  # noqa: S105 - of the reference


def kept_call(call: ObservedCall, redaction: Redaction) -> tuple[str, str, str]:
    """Request and response as JSON, and the error: Payway's code, or the name of what failed below HTTP."""
    request, response = call.request, call.response
    asked: dict[str, Any] = {"headers": dict(request.headers)}
    if request.url.query:
        asked["query"] = dict(request.url.params)
    asked |= _body(request.content, request.headers.get("content-type", ""))
    answered: dict[str, Any] = {}
    if response is not None:
        answered = {"headers": dict(response.headers)}
        answered |= _body(response.content, response.headers.get("content-type", ""))
    bare = _BARE_IN_TOKEN_REQUESTS if call.section == _TOKEN_SECTION else ()
    shown_request, shown_response = redaction.redacted(asked, answered, bare=bare)
    return (
        written(shown_request),
        written(shown_response) if response is not None else "",
        call.error or _code(response, shown_response),
    )


def written(part: Mapping[str, Any] | None) -> str:
    """Redacted JSON as it goes into the database; empty for nothing."""
    if not part:
        return ""
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= LONGEST_KEPT:
        return text
    # Cut inside the body alone, so that the headers stay and the whole is JSON still.
    body = json.dumps(part.get("body"), ensure_ascii=False)
    return json.dumps({**part, "body": body[: LONGEST_KEPT // 2], "cut": len(body)}, ensure_ascii=False)


def _body(content: bytes, content_type: str) -> dict[str, Any]:
    if not content:
        return {}
    size = {"bytes": len(content)}
    if len(content) > LARGEST_READ:
        return size
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            return {**size, "body": dict(parse_qsl(content.decode(), keep_blank_values=True))}
        return {**size, "body": json.loads(content)}
    except (ValueError, RecursionError):
        # A page of HTML, say: whatever it holds, nobody has named its fields.
        return size


def _code(response: httpx.Response | None, shown: Mapping[str, Any]) -> str:
    """Payway's code out of the redacted body, so that nothing else can come this way."""
    if response is None or response.is_success:
        return ""
    body = shown.get("body")
    code = body.get("code") or body.get("error") if isinstance(body, Mapping) else None
    return code[:80] if isinstance(code, str) and not code.startswith("$") else f"HTTP {response.status_code}"
