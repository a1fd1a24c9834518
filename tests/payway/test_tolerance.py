"""Answers are read whichever way the reference leaves open, and unknown fields are ignored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from klarna_shop.payway import AccountRequest, NotUnderstood, PaywayClient, PaywayError, SessionRequest
from tests.payway.stand_in import ORDER, StandIn, identity, ok

PLACE, SESSION = "POST /v1/klarna_payments/place_order", "POST /v1/klarna_payments/create_session"
PERIODS = "GET /v2/klarna_payments/payment_periods"
WANTED = SessionRequest("digital", "https://shop.example/confirmation", period_type="recurring")
PERIOD: dict[str, Any] = {
    "id": "p",
    "payment_method": "klarna_payments",
    "type": "recurring",
    "enabled": True,
    "iteration_type": "month",
    "iteration_length": 1,
    "price": 210,
}


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("spelling", ["redirect_url", "redirect_uri", "klarna_redirect_url"])
@pytest.mark.parametrize("status", [200, 201, 202])
async def test_a_placed_order_is_read_in_every_spelling(
    wrapped: bool, spelling: str, status: int, client: PaywayClient, stand_in: StandIn
) -> None:
    order = {"order_id": "DEMO-1", spelling: "https://klarna.example/r", "fraud_status": "ACCEPTED"}
    stand_in.on(PLACE, httpx.Response(status, json={"item": order} if wrapped else order))
    placed = await client.klarna_payments.place_order(ORDER, identity())
    assert (placed.order_id, placed.redirect_url) == ("DEMO-1", "https://klarna.example/r")


@pytest.mark.parametrize(
    "body", [{"item": {}}, {}, {"item": {"order_id": None, "redirect_url": ""}}, {"order_id": 17}]
)
async def test_an_order_may_come_without_number_and_redirect(
    body: object, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(PLACE, ok(body))
    placed = await client.klarna_payments.place_order(ORDER, identity())
    assert (placed.order_id, placed.redirect_url) == (None, None)


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(
    ("listed", "categories"),
    [
        (None, []),
        ([], []),
        (["pay_now", "direct_debit"], ["pay_now", "direct_debit"]),
        ([{"identifier": "pay_now", "name": "Pay", "asset_urls": {}}, {"name": "?"}], ["pay_now"]),
        ("pay_now", []),
        ([7, None], []),
    ],
)
async def test_a_session_is_read_with_or_without_categories(
    wrapped: bool, listed: Any, categories: list[str], client: PaywayClient, stand_in: StandIn
) -> None:
    session = {"klarna_payments_session_id": "s", "klarna_client_token": "c", "new_field": {}}
    if listed is not None:
        session["payment_method_categories"] = listed
    stand_in.on(SESSION, ok({"item": session} if wrapped else session))
    found = await client.klarna_payments.create_session(WANTED, identity())
    assert (found.session_id, found.client_token) == ("s", "c")
    assert found.payment_method_categories == categories


@pytest.mark.parametrize("lacking", ["klarna_payments_session_id", "klarna_client_token"])
async def test_a_session_without_id_or_client_token_is_not_understood(
    lacking: str, client: PaywayClient, stand_in: StandIn
) -> None:
    session = {"klarna_payments_session_id": "s", "klarna_client_token": "c"} | {lacking: None}
    stand_in.on(SESSION, ok({"item": session}))
    with pytest.raises(NotUnderstood):
        await client.klarna_payments.create_session(WANTED, identity())


@pytest.mark.parametrize("body", [{"items": [PERIOD]}, {"item": [PERIOD]}, [PERIOD]])
async def test_a_list_is_read_wrapped_or_flat(body: object, client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(PERIODS, ok(body))
    (period,) = await client.klarna_payments.payment_periods("digital")
    assert (period.id, period.price_ore, period.enabled) == ("p", 21000, True)


@pytest.mark.parametrize(
    "fault",
    [{"price": None}, {"price": "free"}, {"price": -1}, {"price": 99.005}, {"id": 7}],
    ids=str,
)
async def test_a_period_whose_price_or_id_cannot_be_trusted_is_not_understood(
    fault: dict[str, Any], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(PERIODS, ok({"items": [PERIOD | fault]}))
    with pytest.raises(NotUnderstood):
        await client.klarna_payments.payment_periods("digital")


@pytest.mark.parametrize("body", [None, {}, {"items": None}, {"items": ["text"]}, {"item": {}}, "text", 7])
async def test_a_list_that_is_none_is_not_understood(
    body: object, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(PERIODS, ok(body))
    with pytest.raises(NotUnderstood):
        await client.klarna_payments.payment_periods("digital")


async def test_a_product_keeps_what_is_known_and_leaves_the_rest(
    client: PaywayClient, stand_in: StandIn
) -> None:
    answer = {
        "product_code": "trial",
        "name": "Trial",
        "vat_code": "25",
        "transform_to_campaign_package": True,
        "campaign_package": {"product_code": "digital", "name": "Digital"},
        "valid_from": "2026-03-10T10:30:00.123+01:00",
        "valid_to": "soon",
        "price_periods": [{"unknown": ["shape"]}],
    }
    stand_in.on("GET /v4/products", ok({"item": answer}))
    product = await client.products.product("trial")
    assert (product.vat_code, product.campaign_package_code) == (25, "digital")
    assert product.valid_from == datetime(2026, 3, 10, 9, 30, 0, 123000, tzinfo=UTC)
    assert product.valid_from.tzinfo is UTC
    assert (product.valid_to, product.customer_can_cancel, product.expired) == (None, None, False)


async def test_an_account_is_read_with_either_address(client: PaywayClient, stand_in: StandIn) -> None:
    account = {
        "id": "a",
        "email": "a@b.example",
        "birth_date": "1980-06-10",
        "address": {"street": "Storgatan", "drop_box": "7"},
        "delivery_address": {},
        "user_products": [{"id": "u"}],
    }
    stand_in.on("GET /v1/me", ok({"item": account}))
    found = await client.me.account(identity())
    assert (found.birth_date, found.delivery_address) == (date(1980, 6, 10), None)
    assert found.address is not None
    assert found.address.street == "Storgatan"


async def test_codes_that_are_not_text_open_nothing(client: PaywayClient, stand_in: StandIn) -> None:
    item = {"id": "a", "active_products": ["digital", None, 7, {"code": "x"}], "active_articles": [{}]}
    stand_in.on("GET /v1/me/active_products", ok({"item": item}))
    assert (await client.me.active_products(identity())).codes == {"digital"}


@pytest.mark.parametrize("body", [{"item": {"id": "a"}}, {"item": {"active_products": "digital"}}, {}])
async def test_no_list_of_active_products_is_not_an_empty_one(
    body: object, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on("GET /v1/me/active_products", ok(body))
    with pytest.raises(NotUnderstood):
        await client.me.active_products(identity())


@pytest.mark.parametrize("body", [{"item": {}}, {"item": {"can_purchase": "yes"}}, {"item": {"eligible": 1}}])
async def test_a_missing_verdict_is_neither_yes_nor_no(
    body: object, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on("GET /v1/me/order/pre_validate_purchase", ok(body))
    stand_in.on("GET /v1/me/eligible_for_campaign", ok(body))
    with pytest.raises(NotUnderstood):
        await client.me.pre_validate_purchase(identity(), "digital")
    with pytest.raises(NotUnderstood):
        await client.me.eligible_for_campaign(identity(), "spring")


async def test_where_nothing_is_read_an_empty_answer_will_do(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on("PUT /v1/me/cancel_product", httpx.Response(204))
    stand_in.on("POST /v1/accounts/create_authentication_attempt", httpx.Response(201))
    stand_in.on("POST /v2/accounts", httpx.Response(201))
    await client.me.cancel_product(identity(), "up")
    await client.accounts.report_authentication_attempt("a@b.example", True, "Browser")
    assert await client.accounts.create(AccountRequest("a@b.example", "password")) is None


async def test_a_bottomless_answer_is_an_error_like_any_other(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on("GET /v1/me", httpx.Response(200, content=b"[" * 100_000))
    with pytest.raises(PaywayError):
        await client.me.account(identity())
