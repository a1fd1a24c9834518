"""What the sandbox declares of its answers, held against what it answered."""

from __future__ import annotations

import re

import httpx

from klarna_shop.sandbox import Readings
from klarna_shop.sandbox.answers.authorization import Token
from klarna_shop.sandbox.answers.refusals import Refused, TokenRefused
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.api.authorization import PATH, REFUSALS
from klarna_shop.sandbox.endpoint import PREFIX, Endpoint


def _pattern(endpoint: Endpoint) -> re.Pattern[str]:
    path = re.sub(r"\{\w+\}", "[^/]+", PREFIX + endpoint.path)
    return re.compile(path + ("/?" if endpoint.slash else ""))


_PATTERNS = [(endpoint.method, _pattern(endpoint), endpoint) for endpoint in ENDPOINTS]


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

    Models take no field they do not know. Raises `ValidationError` or `AssertionError`.
    """
    if response.request.url.path == PATH:
        _assert_token_declared(response, readings)
    elif (endpoint := endpoint_of(response.request)) is not None:
        _assert_endpoint_declared(endpoint, response, readings)


def _assert_endpoint_declared(endpoint: Endpoint, response: httpx.Response, readings: Readings) -> None:
    if response.is_success:
        expected = readings.post_status if endpoint.method == "POST" else 200
        assert response.status_code == expected, endpoint.path
        endpoint.answer.model_validate_json(response.content)
        return
    body = Refused.model_validate_json(response.content)
    if readings == Readings():
        declared = {(refusal.status, refusal.code) for refusal in endpoint.all_refusals}
        assert (response.status_code, body.code) in declared, (endpoint.path, body)


def _assert_token_declared(response: httpx.Response, readings: Readings) -> None:
    if response.is_success:
        Token.model_validate_json(response.content)
        return
    body = TokenRefused.model_validate_json(response.content)
    if readings == Readings():
        declared = {(refusal.status, refusal.code) for refusal in REFUSALS}
        assert (response.status_code, body.error) in declared, body
