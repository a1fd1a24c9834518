"""No token, secret, e-mail address or personal number in any text that may end in a log."""

from __future__ import annotations

import logging
from dataclasses import replace

import httpx
import pytest

from klarna_shop.payway import (
    Account,
    AccountRequest,
    Address,
    CustomerInfo,
    KlarnaSession,
    PaywayClient,
    PaywayCredentials,
    PaywayError,
    PlacedOrder,
    SessionRequest,
)
from tests.payway.stand_in import ORDER, SECRET, StandIn, identity, ok, refused

EMAIL, NUMBER = "astrid@exempel.example", "19800610-1234"
PRIVATE = (
    *(EMAIL, NUMBER, SECRET, "customer-token", "refresh-1", "token-1", "authorization-token-1"),
    *("klarna-session-1", "203.0.113.7", "Astrid", "Storgatan", "hemligt lösenord", "client-token"),
    *("purchase=capability", "r?token", "+46700000000"),
)
CUSTOMER = CustomerInfo(EMAIL, "Astrid", "Lundmark")
ACCOUNT = Account.read(
    {
        "id": "a",
        "email": EMAIL,
        "first_name": "Astrid",
        "social_security_number": NUMBER,
        "mobile_phone_number": "+46700000000",
        "address": {"street": "Storgatan"},
    }
)


def told(error: BaseException | None) -> str:
    """What a traceback would say of an error and of those behind it."""
    text = ""
    while error is not None:
        text += f"{error} {error!r} {error.__notes__ if hasattr(error, '__notes__') else ''}\n"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return text


def assert_private(text: str) -> None:
    assert [secret for secret in PRIVATE if secret in text] == []


@pytest.mark.parametrize(
    "value",
    [
        PaywayCredentials("http://payway.example", "the-client", SECRET, "demo"),
        identity(),
        identity().tokens,
        replace(ORDER, customer_info=CUSTOMER),
        CUSTOMER,
        AccountRequest(EMAIL, "hemligt lösenord", "Astrid"),
        SessionRequest("digital", "https://shop.example/confirmation?purchase=capability"),
        KlarnaSession("klarna-session-1", "client-token"),
        PlacedOrder("DEMO-1", "https://klarna.example/r?token"),
        ACCOUNT,
        Address(first_name="Astrid", street="Storgatan"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_requests_and_answers_keep_private_things_to_themselves(value: object) -> None:
    assert_private(repr(value) + str(value))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 422, 429, 500])
@pytest.mark.parametrize(
    "echo", [EMAIL, NUMBER, "customer-token", f"{EMAIL} is taken", "customer-token " * 9]
)
async def test_no_error_repeats_what_payway_echoes(
    status: int, echo: str, client: PaywayClient, stand_in: StandIn
) -> None:
    body = {"code": f"bad {echo}", "field": f"<{echo}>", "message": echo, "item": [echo]}
    answer = httpx.Response(status, json=body, headers={"x-request-id": f"id {echo}"})
    stand_in.on("POST /v1/klarna_payments/place_order", *[answer] * (2 if status == 401 else 1))
    stand_in.token_answers = [ok({"access_token": "token-1", "expires_in": 3600})] * (status == 401)
    with pytest.raises(PaywayError) as raised:
        await client.klarna_payments.place_order(ORDER, identity())
    assert_private(told(raised.value))


@pytest.mark.parametrize("echo", [EMAIL, NUMBER])
async def test_a_value_in_place_of_a_name_is_dropped(
    echo: str, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on("PUT /v1/me/cancel_product", refused(400, echo, echo))
    with pytest.raises(PaywayError) as raised:
        await client.me.cancel_product(identity(), "up")
    assert (raised.value.code, raised.value.field) == (None, None)
    assert_private(told(raised.value))


@pytest.mark.parametrize("status", [200, 400, 401, 500])
async def test_no_error_of_signing_in_repeats_the_form(
    status: int, client: PaywayClient, stand_in: StandIn
) -> None:
    body = {"error": f"bad {SECRET}", "error_description": f"{EMAIL}: hemligt lösenord"}
    stand_in.token_answers = [httpx.Response(status, json=body)]
    with pytest.raises(PaywayError) as raised:
        await client.sign_in(EMAIL, "hemligt lösenord")
    assert_private(told(raised.value))


async def test_no_log_line_has_private_things(
    client: PaywayClient, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    attempts = "GET /v1/accounts/get_authentication_attempts"
    stand_in.on(attempts, httpx.Response(503), ok({"item": {}}))
    stand_in.on("POST /v1/klarna_payments/place_order", refused(403, "forbidden"))
    await client.accounts.authentication_attempts(EMAIL)
    with pytest.raises(PaywayError):
        await client.klarna_payments.place_order(ORDER, identity())
    assert "get_authentication_attempts" in caplog.text
    assert_private(caplog.text + caplog.text.replace("%40", "@"))
