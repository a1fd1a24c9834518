"""What an HTTP answer says: its JSON, or the error it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from klarna_shop.payway import reading
from klarna_shop.payway.errors import (
    AccessDenied,
    NotUnderstood,
    PaywayError,
    RateLimited,
    ServerFault,
    WrongCredentials,
    refusal,
)

T = TypeVar("T")

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id")
"""None is documented; whichever comes is worth having in the log."""
LONGEST_NAMED_WAIT = timedelta(days=1)
"""A `Retry-After` beyond this is taken as this."""
_USER_GRANTS = frozenset({"password", "ticket", "authorization_code"})
_USER_FAULTS = frozenset({"invalid_grant", "access_denied", "account_frozen"})
"""`error` of a refusal that is about the customer and not about the API user (§2.3, §3.5)."""
_NOTHING_DONE = frozenset({401, 404, 405, 413, 414, 415, 429, 431})
"""Whoever says this, the request was not looked at."""
_STALE_TOKEN_CODES = frozenset({"unauthorized", "invalid_token", "token_expired"})


def json_of(operation: str, response: httpx.Response) -> Any:
    """The JSON of a 2xx answer; None where it has no body, which some calls may answer with.

    Raises:
        NotUnderstood: the body is something else, or broken off.
    """
    if not response.content:
        return None
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise NotUnderstood(operation, status=response.status_code) from None


def refuses_token(response: httpx.Response) -> bool:
    """Whether a new token may help: with which status a stale one is answered is not documented (§2.2)."""
    if response.status_code == 403:
        answer = _object(response)
        return (reading.text(answer, "code", "error") or "") in _STALE_TOKEN_CODES
    return response.status_code == 401


def refusal_of(
    operation: str, response: httpx.Response, now: datetime, *, places_order: bool = False
) -> PaywayError:
    """The error that an answer other than 2xx stands for.

    A 4xx that is not Payway's JSON comes from a machine in between, and says nothing about an order; but for
    those by which no order can have been made.
    """
    if response.status_code < 400 or (places_order and _is_foreign(response)):
        return NotUnderstood(operation, status=response.status_code, request_id=_request_id(response))
    return refusal(
        operation,
        response.status_code,
        _object(response),
        places_order=places_order,
        request_id=_request_id(response),
        retry_after=retry_after(response.headers.get("retry-after", ""), now),
    )


def token_refusal_of(operation: str, response: httpx.Response, grant: str, now: datetime) -> PaywayError:
    """The error that a refusal by the token endpoint stands for, which speaks OAuth (payway-api.md §2.3).

    The status of each is not documented; all but the customer's own fault is `AccessDenied`.
    """
    error = refusal_of(operation, response, now)
    if isinstance(error, NotUnderstood | RateLimited | ServerFault):
        return error
    answer = _object(response)
    kind = WrongCredentials if grant in _USER_GRANTS and _is_wrong_user(response, answer) else AccessDenied
    code = answer.get("error")
    return kind(
        operation,
        status=response.status_code,
        code=code if isinstance(code, str) else error.code,
        request_id=error.request_id,
        message=error.message,
    )


def retry_after(value: str, now: datetime) -> timedelta | None:
    """A `Retry-After` header, seconds or a date; None where it is neither."""
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST_NAMED_WAIT)
    try:
        return min(max(parsedate_to_datetime(value) - now, timedelta()), LONGEST_NAMED_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def understood(operation: str, read: Callable[[Any], T], body: Any) -> T:
    """`read` applied to an answer.

    Raises:
        NotUnderstood: it lacks what the reference says it has.
    """
    try:
        return read(body)
    except reading.Unreadable:
        raise NotUnderstood(operation) from None


def _is_wrong_user(response: httpx.Response, answer: Mapping[str, Any]) -> bool:
    if response.status_code not in {400, 401, 403}:
        return False
    described = str(answer.get("error_description", "")).lower()
    return (reading.text(answer, "error") or "") in _USER_FAULTS or "do not match" in described


def _is_foreign(response: httpx.Response) -> bool:
    if response.status_code in _NOTHING_DONE or response.status_code >= 500:
        return False
    return not _object(response)


def _object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, Mapping) else {}


def _request_id(response: httpx.Response) -> str | None:
    return next((response.headers[name] for name in REQUEST_ID_HEADERS if name in response.headers), None)
