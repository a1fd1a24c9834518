"""A 403 from place_order in every reading of the sandbox: the shop's own fault, or Klarna's refusal."""

from __future__ import annotations

import logging
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


def _said(body: dict[str, object]) -> PaywayError:
    answer = httpx.Response(403, json=body)
    return refusal_of("POST /v2/klarna_payments/place_order", answer, NOW, places_order=True)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Insufficient privileges: /external/klarna_payments/w"},
        {"message": "Denied (/external/klarna_payments/w)"},
        {"code": "not_allowed", "message": "Klarna Payments is not enabled for this organisation"},
        {"code": "not_allowed", "message": "Payment failed"},
        {"message": "Klarna Payments refused"},
        {"message": "klarna-payments: request denied"},
        {"code": "klarna_payments_disabled", "message": "No"},
        {"message": "Insufficient rights to create purchase"},
        {"message": "Failed to create purchase: insufficient rights"},
        {"message": "Purchase denied: missing role"},
        {"message": "Payment methods of this merchant were rejected"},
        {"message": "Purchases of this product cannot be created with this API user"},
        {"message": "Behörighet saknas: köp nekades"},
        {"type": "payment", "message": "Request failed"},
        {"error": {"path": "/v2/klarna_payments/place_order", "reason": "Denied"}},
    ],
)
def test_a_403_that_only_names_the_scope_or_the_product_is_the_operators(
    body: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    assert type(_said(body)) is AccessDenied
    assert not caplog.records


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Klarna payment declined"},
        {"message": "The purchase was denied by Klarna"},
        {"message": "Declined by Klarna"},
        {"message": "Klarna Payments: the payment was refused"},
        {"code": "klarna_payments_purchase_rejected", "message": "No"},
        {"message": "Betalningen nekades"},
        {"message": "The customer owes Klarna"},
        {"message": "The customer fails Klarna's risk policy"},
    ],
)
def test_a_403_that_says_the_payment_was_refused_is_klarnas_and_the_guess_is_logged(
    body: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert type(_said(body)) is PaymentMethodFailed
    assert caplog.text.count("taken for Klarna's refusal by its text alone") == 1
    assert str(body["message"]) not in caplog.text, "it may name the customer"


@pytest.mark.parametrize("code", ["payment_method_failed", "payment_declined_error", "klarna_payment_failed"])
def test_a_code_that_says_so_is_no_guess(code: str, caplog: pytest.LogCaptureFixture) -> None:
    assert type(_said({"code": code, "message": "Not allowed"})) is PaymentMethodFailed
    assert not caplog.records
