"""Every failure becomes the error that says what to do about it."""

from __future__ import annotations

import httpx
import pytest

from klarna_shop import payway
from klarna_shop.payway import (
    AccessDenied,
    AccountUpdateFailed,
    AnswerLost,
    AuthorizationVoid,
    Conflict,
    DeliveryAddressFailed,
    IdentityExpired,
    InvalidParameter,
    NotFound,
    NotSent,
    NotUnderstood,
    PaymentMethodFailed,
    PaywayClient,
    PaywayError,
    RateLimited,
    Refused,
    ServerFault,
    SessionVoid,
    SsnAlreadySet,
    SsnAlreadyTaken,
    UnknownParameter,
    WrongCredentials,
)
from tests.payway.stand_in import ORDER, StandIn, identity, ok, refused

PLACE = "POST /v1/klarna_payments/place_order"
CANCEL = "PUT /v1/me/cancel_product"
HTML = httpx.Response(502, html="<h1>Bad gateway</h1>")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "invalid_parameter", "period_id"), InvalidParameter),
        (refused(400, "unknown_parameter"), UnknownParameter),
        (refused(400, "json_parser_error"), InvalidParameter),
        (refused(400), InvalidParameter),
        (refused(422), InvalidParameter),
        (refused(403, "forbidden"), AccessDenied),
        (refused(403), AccessDenied),
        (refused(404, "not_found"), NotFound),
        (httpx.Response(404, html="<h1>Not found</h1>"), NotFound),
        (refused(409, "user_product_not_tulo_provisioned"), Conflict),
        (refused(418), Refused),
        (refused(429), RateLimited),
        (refused(500, "internal_server_error"), ServerFault),
        (HTML, ServerFault),
        (httpx.Response(400, json=["a list"]), InvalidParameter),
        (httpx.Response(400, json={"code": 7, "field": ["x"]}), InvalidParameter),
        (refused(400, "invalid_parameter", "klarna_payments_session_id"), InvalidParameter),
    ],
)
async def test_a_refusal_is_named_by_what_it_means(
    answer: httpx.Response, kind: type[PaywayError], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(CANCEL, answer)
    with pytest.raises(PaywayError) as raised:
        await client.me.cancel_product(identity(), "up")
    assert type(raised.value) is kind
    assert raised.value.status == answer.status_code


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(403, json={"message": "Payment method failed"}), PaymentMethodFailed),
        (httpx.Response(403, json={"error": {"reason": "Customer has debts"}}), PaymentMethodFailed),
        (httpx.Response(403, json={"errors": [{"title": "Purchase declined"}]}), PaymentMethodFailed),
        (httpx.Response(403, json={"error": "payment_declined"}), PaymentMethodFailed),
        (refused(403, "payment_method_failed"), PaymentMethodFailed),
        (refused(403, "klarna_payment_method_failed"), PaymentMethodFailed),
        (refused(403), AccessDenied),
        (refused(403, "scope_missing"), AccessDenied),
        (refused(403, "klarna_payments_scope_missing"), AccessDenied),
        (refused(403, "client_not_allowed"), AccessDenied),
        (refused(403, "ip_blocked"), AccessDenied),
        (
            httpx.Response(403, json={"message": "The token lacks the scope /external/klarna_payments/w"}),
            AccessDenied,
        ),
        (
            httpx.Response(403, json={"message": "Forbidden: /external/api/v2/klarna_payments/place_order"}),
            AccessDenied,
        ),
        (
            httpx.Response(403, json={"error": "x", "error_description": "Payments need an identity"}),
            AccessDenied,
        ),
        (httpx.Response(403, json={}), NotUnderstood),
        (httpx.Response(403), NotUnderstood),
        (refused(403, "klarna_said_no"), PaymentMethodFailed),
        (httpx.Response(403, html="<h1>Forbidden</h1>"), NotUnderstood),
        (httpx.Response(400), NotUnderstood),
        (httpx.Response(404, html="<h1>Not found</h1>"), NotFound),
        (httpx.Response(408), NotUnderstood),
        (httpx.Response(408, json={"message": "timed out"}), ServerFault),
        (httpx.Response(499, json={"message": "closed"}), ServerFault),
        (refused(403, "forbidden"), AccessDenied),
        (refused(403, "insufficient_scope"), AccessDenied),
        (refused(403, "identity_required"), AccessDenied),
        (refused(403, "access_denied"), AccessDenied),
        (httpx.Response(403, json={"error": "insufficient_scope"}), AccessDenied),
        (refused(400, "payment_method_failed"), PaymentMethodFailed),
        (refused(400, "ssn_already_taken"), SsnAlreadyTaken),
        (refused(400, "ssn_already_taken_error"), SsnAlreadyTaken),
        (refused(400, "ssn_already_set"), SsnAlreadySet),
        (refused(400, "ssn_already_set_error"), SsnAlreadySet),
        (refused(400, "account_update_error"), AccountUpdateFailed),
        (refused(400, "account_update"), AccountUpdateFailed),
        (refused(409, "delivery_address_error"), DeliveryAddressFailed),
        (refused(400, "invalid_parameter", "klarna_payments_session_id"), SessionVoid),
        (refused(404, "not_found", "klarna_payments_session_id"), SessionVoid),
        (refused(409, "klarna_session_used"), SessionVoid),
        (refused(409, "klarna_authorization_token_void"), AuthorizationVoid),
        (refused(403, "klarna_authorization_declined"), PaymentMethodFailed),
        (refused(400, "invalid_parameter", "klarna_authorization_token"), AuthorizationVoid),
        (refused(400, "invalid_parameter", "browser_ip"), InvalidParameter),
        (refused(404, "not_found"), NotFound),
        (refused(429), RateLimited),
        (refused(500, "payment_method_failed"), ServerFault),
    ],
)
async def test_a_refused_order_says_whose_fault_it_was(
    answer: httpx.Response, kind: type[PaywayError], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(PLACE, answer)
    with pytest.raises(PaywayError) as raised:
        await client.klarna_payments.place_order(ORDER, identity())
    assert type(raised.value) is kind
    assert raised.value.outcome_unknown is (kind in {ServerFault, NotUnderstood})


@pytest.mark.parametrize(
    ("answer", "kind", "unknown"),
    [
        (httpx.ConnectError("refused"), NotSent, False),
        (httpx.ConnectTimeout("slow"), NotSent, False),
        (httpx.PoolTimeout("busy"), NotSent, False),
        (httpx.ProxyError("no way out"), NotSent, False),
        (httpx.ReadTimeout("slow"), AnswerLost, True),
        (httpx.WriteError("gone"), AnswerLost, True),
        (httpx.RemoteProtocolError("cut off"), AnswerLost, True),
        (httpx.Response(200, html="<h1>Welcome to the network</h1>"), NotUnderstood, True),
        (httpx.Response(200, content=b'{"item": {"order_'), NotUnderstood, True),
        (httpx.Response(200), NotUnderstood, True),
        (httpx.Response(200, json=[]), NotUnderstood, True),
        (httpx.Response(200, json={"item": None}), NotUnderstood, True),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), NotUnderstood, True),
        (httpx.Response(304), NotUnderstood, True),
    ],
)
async def test_a_failed_order_tells_whether_it_may_exist_and_is_sent_once(
    answer: httpx.Response | Exception,
    kind: type[PaywayError],
    unknown: bool,
    client: PaywayClient,
    stand_in: StandIn,
) -> None:
    stand_in.on(PLACE, answer)
    with pytest.raises(PaywayError) as raised:
        await client.klarna_payments.place_order(ORDER, identity())
    assert (type(raised.value), raised.value.outcome_unknown) == (kind, unknown)
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(200, html="<p>"),
        httpx.Response(400, json={"error": "invalid_scope"}),
        httpx.Response(401, json={"error": "invalid_client"}),
    ],
)
async def test_a_write_without_a_token_was_not_sent(
    fault: httpx.Response | Exception, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [fault]
    with pytest.raises(NotSent) as raised:
        await client.accounts.report_authentication_attempt("a@b.example", True, "Browser")
    assert (raised.value.outcome_unknown, stand_in.requests) == (False, [])


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "Username/password do not match"},
            WrongCredentials,
        ),
        (401, {"error": "access_denied"}, WrongCredentials),
        (403, {"error_description": "Username/password do not match"}, WrongCredentials),
        (400, {"error": "invalid_client"}, AccessDenied),
        (401, {"error": "invalid_client"}, AccessDenied),
        (400, {"error": "invalid_scope"}, AccessDenied),
        (401, {}, AccessDenied),
        (404, {}, AccessDenied),
        (429, {"error": "invalid_grant"}, RateLimited),
        (500, {"error": "invalid_grant"}, ServerFault),
        (302, {}, NotUnderstood),
    ],
)
async def test_a_refused_sign_in_tells_the_customers_fault_from_the_shops(
    status: int, body: dict[str, str], kind: type[PaywayError], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [httpx.Response(status, json=body)]
    with pytest.raises(PaywayError) as raised:
        await client.sign_in("a@b.example", "password")
    assert (type(raised.value), len(stand_in.forms)) == (kind, 1)


async def test_a_missing_scope_is_access_denied_and_names_itself(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [httpx.Response(400, json={"error": "invalid_scope"})]
    with pytest.raises(AccessDenied) as raised:
        await client.accounts.authentication_attempts("a@b.example")
    assert raised.value.code == "invalid_scope"


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 7}, []])
async def test_a_token_answer_without_a_token_is_not_understood(
    body: object, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [ok(body)]
    with pytest.raises(NotUnderstood):
        await client.sign_in("a@b.example", "password")


async def test_an_error_names_call_status_code_field_and_request(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(CANCEL, refused(400, "invalid_parameter", "id", headers={"x-request-id": "r-1"}))
    with pytest.raises(InvalidParameter) as raised:
        await client.me.cancel_product(identity(), "up")
    error = raised.value
    assert (error.operation, error.code, error.field, error.request_id) == (
        CANCEL,
        "invalid_parameter",
        "id",
        "r-1",
    )
    assert str(error) == (
        f"{CANCEL}: InvalidParameter (status 400, code invalid_parameter, field id, request r-1)"
    )


async def test_a_customer_whose_token_stays_refused_signs_in_again(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(PLACE, refused(401), refused(401))
    with pytest.raises(IdentityExpired) as raised:
        await client.klarna_payments.place_order(ORDER, identity())
    assert (raised.value.outcome_unknown, len(stand_in.requests)) == (False, 2)


def test_everything_a_caller_catches_can_be_imported_from_the_package() -> None:
    kinds = {PaywayError}
    while more := {kind for parent in kinds for kind in parent.__subclasses__()} - kinds:
        kinds |= more
    assert {kind.__name__ for kind in kinds} <= set(payway.__all__)
    assert all(hasattr(payway, name) for name in payway.__all__)


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("Parameter must match format (/^[a-f\\d]{24}$/)", "Parameter must match format (/^[a-f\\d]{24}$/)"),
        ("No account for ny.lasare@exempel.example", "No account for [e-mail]"),
        ("19800610-2399 is taken", "[number] is taken"),
        ("800610 2399 and +46 70 123 45 67", "[number] and [number]"),
        ("Token eyJhbGciOiJIUzI1NiIsInR5cCI6 is void", "Token [secret] is void"),
        ("See https://payway.example/a?ssn=8006102399", "See [address]"),
        ("two\nlines", "two lines"),
    ],
)
async def test_payways_message_is_kept_without_what_could_be_somebodys(
    message: str, left: str, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(CANCEL, httpx.Response(409, json={"code": "conflict", "message": message}))
    with pytest.raises(PaywayError) as raised:
        await client.me.cancel_product(identity(), "up")
    assert raised.value.message == left
    assert left not in str(raised.value) + repr(raised.value)


async def test_a_message_of_any_length_is_cut(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(CANCEL, httpx.Response(409, json={"message": "so long " * 10_000}))
    with pytest.raises(PaywayError) as raised:
        await client.me.cancel_product(identity(), "up")
    assert len(raised.value.message or "") == 200


async def test_a_client_that_was_closed_sends_nothing_and_says_so(
    client: PaywayClient, stand_in: StandIn
) -> None:
    await client.aclose()
    with pytest.raises(NotSent):
        await client.klarna_payments.place_order(ORDER, identity())
    with pytest.raises(NotSent):
        await client.titles.find_one("DEMO")
    assert (stand_in.requests, stand_in.forms) == ([], [])
