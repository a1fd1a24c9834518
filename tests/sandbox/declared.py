"""What the sandbox declares of its answers, held against what it answered."""

from __future__ import annotations

import re

import httpx

from klarna_shop.sandbox import Readings
from klarna_shop.sandbox.answers.authorization import Token
from klarna_shop.sandbox.answers.refusals import Refused, TokenRefused
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.api.authorization import PATH
from klarna_shop.sandbox.api.grants import REFUSALS
from klarna_shop.sandbox.endpoint import PREFIX, Endpoint
from klarna_shop.sandbox.openid.declared import OPERATIONS
from klarna_shop.sandbox.refusals import Refusal


def _pattern(endpoint: Endpoint) -> re.Pattern[str]:
    path = re.sub(r"\{\w+\}", "[^/]+", PREFIX + endpoint.path)
    return re.compile(path + ("/?" if endpoint.slash else ""))


_PATTERNS = [(endpoint.method, _pattern(endpoint), endpoint) for endpoint in ENDPOINTS]


_OPENID = {(declared.method, declared.path): declared for declared in OPERATIONS}


INJECTED = (429, 502, 503, 504)
"""Statuses that no endpoint answers with: a test has ordered a fault."""


def endpoint_of(request: httpx.Request) -> Endpoint | None:
    """The endpoint that a request is for; none has it where path or method is wrong."""
    return next(
        (
            endpoint
            for method, pattern, endpoint in _PATTERNS
            if request.method == method and pattern.fullmatch(request.url.path)
        ),
        None,
    )


def assert_declared(response: httpx.Response, readings: Readings) -> None:
    """Hold an answer of the API against its model, and a refusal against the list of its endpoint.

    Models take no field they do not know. With the default readings only the default status and code will do.
    Raises `ValidationError` or `AssertionError`.
    """
    if response.status_code in INJECTED:
        return
    if response.request.url.path == PATH:
        if response.is_success:
            Token.model_validate_json(response.content)
        else:
            _assert_refusal_declared(REFUSALS, response, readings, TokenRefused)
    elif (openid := _OPENID.get((response.request.method, response.request.url.path))) is not None:
        if response.is_success and openid.answer is not None:
            openid.answer.model_validate_json(response.content)
        elif response.is_client_error and openid.answer is not None:
            body = TokenRefused if openid.speaks_oauth else Refused
            _assert_refusal_declared(openid.refusals, response, readings, body)
    elif (endpoint := endpoint_of(response.request)) is not None:
        if response.is_success:
            expected = readings.post_status if endpoint.method == "POST" else 200
            assert response.status_code == expected, endpoint.path
            endpoint.answer.model_validate_json(response.content or b"{}")
        else:
            _assert_refusal_declared(endpoint.all_refusals, response, readings, Refused)


def _assert_refusal_declared(
    refusals: tuple[Refusal, ...],
    response: httpx.Response,
    readings: Readings,
    body: type[Refused | TokenRefused],
) -> None:
    is_default = readings == Readings()
    of_status = [
        refusal
        for refusal in refusals
        if response.status_code in (refusal.statuses[:1] if is_default else refusal.statuses)
    ]
    bodies = {getattr(readings, str(refusal.reading), None) for refusal in of_status}
    if not response.content:
        assert "empty" in bodies, response
        return
    if "oauth" in bodies and "error" in response.json():
        body = TokenRefused
    found = body.model_validate_json(response.content)
    given = found.error if isinstance(found, TokenRefused) else found.model_dump().get("code")
    codes = {code for refusal in of_status for code in (refusal.codes[:1] if is_default else refusal.codes)}
    assert given in codes or (given is None and "message" in bodies), (response.url.path, response.text)
