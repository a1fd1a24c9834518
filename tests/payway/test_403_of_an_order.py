"""A 403 from place_order in every reading of the sandbox: the shop's own fault, or Klarna's refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import httpx
import pytest

from klarna_shop.payway import AccessDenied, NotUnderstood, PaymentMethodFailed, PaywayError
from klarna_shop.payway.answers import refusal_of
from klarna_shop.sandbox.errors import ApiError, forbidden
from klarna_shop.sandbox.readings import Readings

SCOPE_MISSING = "The token lacks the scope /external/klarna_payments/w"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def _alternatives(name: str) -> list[object]:
    [choice] = [choice for choice in Readings.choices() if choice.name == name]
    return [alternative.value for alternative in choice.alternatives]


def _read(error: ApiError) -> PaywayError:
    body = error.body()
    answer = httpx.Response(error.status) if body is None else httpx.Response(error.status, json=body)
    return refusal_of("POST /v2/klarna_payments/place_order", answer, NOW, places_order=True)


@pytest.mark.parametrize(
    ("code", "body"), list(product(_alternatives("forbidden_code"), _alternatives("forbidden_body")))
)
@pytest.mark.parametrize("message", [SCOPE_MISSING, "The token has no account"])
def test_a_missing_scope_is_never_told_as_klarnas_refusal(code: str, body: str, message: str) -> None:
    readings = Readings(forbidden_code=code, forbidden_body=body)  # type: ignore[arg-type]
    error = _read(forbidden(readings, message))
    # An answer without a body says nothing: whether there is an order has to be found out.
    assert type(error) is (NotUnderstood if body == "empty" else AccessDenied)
    assert error.outcome_unknown is (body == "empty")


@pytest.mark.parametrize("code", _alternatives("refusal_code"))
def test_klarnas_refusal_is_known_by_any_of_its_codes_and_by_its_message(code: str | None) -> None:
    assert type(_read(ApiError(403, code, "Payment method failed"))) is PaymentMethodFailed
