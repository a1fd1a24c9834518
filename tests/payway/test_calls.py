"""Each call as the reference writes it: verb, path, parameters, scope, identity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from klarna_shop.payway import AccountRequest, CustomerInfo, Identity, PaywayClient, SessionRequest
from tests.payway.stand_in import ORDER, StandIn, identity, ok, sent

CUSTOMER = CustomerInfo("ny@exempel.example", "Ny", "Läsare")
PRODUCT = {"item": {"product_code": "digital", "name": "Digital"}}
SESSION = {"item": {"klarna_payments_session_id": "s", "klarna_client_token": "c"}}
PLACED = {"item": {"order_id": "DEMO-1", "redirect_url": "https://klarna.example/r"}}
ALLOWED = {"item": {"can_purchase": True, "reason": "purchase_allowed"}}
NOBODY: dict[str, Any] = {"items": []}
ID = "a" * 24
WANTED = SessionRequest(
    code="digital",
    confirmation_url="https://shop.example/confirmation",
    period_type="recurring",
    period_id="a" * 24,
    start_date=date(2026, 4, 1),
)
WANTED_BODY = {
    "code": "digital",
    "confirmation_url": "https://shop.example/confirmation",
    "period_type": "recurring",
    "period_id": "a" * 24,
    "start_date": "2026-04-01",
    "disable_account_info_overwrite": False,
}
ORDER_BODY = {
    "klarna_authorization_token": "authorization-token-1",
    "klarna_payments_session_id": "klarna-session-1",
    "browser_ip": "203.0.113.7",
    "browser_language": "sv-SE",
    "browser_user_agent": "Test browser",
    "raise_on_ssn_already_taken_error": True,
    "raise_on_ssn_already_set_error": False,
    "raise_on_account_update_error": False,
    "raise_on_delivery_address_error": False,
}
NEW_ORDER = replace(ORDER, customer_info=CUSTOMER, merchant_reference="m", traffic_source="web")
NEW_ORDER_BODY = ORDER_BODY | {
    "customer_info": {"email": "ny@exempel.example", "first_name": "Ny", "last_name": "Läsare"},
    "merchant_reference": "m",
    "traffic_source": "web",
}


@dataclass
class Case:
    make: Callable[[PaywayClient, Identity], Awaitable[Any]]
    operation: str
    answer: Any
    scope: str | None
    """None: the call takes the customer's token."""
    query: dict[str, str] | None = None
    body: dict[str, Any] | None = None


CASES = {
    "periods": Case(
        lambda c, _: c.klarna_payments.payment_periods("digital"),
        "GET /v2/klarna_payments/payment_periods",
        NOBODY,
        "/external/klarna_payments/r",
        {"code": "digital"},
    ),
    "periods of v1": Case(
        lambda c, _: c.klarna_payments.payment_periods_v1("digital"),
        "GET /v1/klarna_payments/payment_periods",
        NOBODY,
        "/external/klarna_payments/r",
        {"code": "digital"},
    ),
    "session without account": Case(
        lambda c, _: c.klarna_payments.create_session_without_account(WANTED),
        "POST /v1/klarna_payments/create_session_without_account",
        SESSION,
        "/external/klarna_payments/w",
        body=WANTED_BODY,
    ),
    "order without account": Case(
        lambda c, _: c.klarna_payments.place_order_without_account(NEW_ORDER),
        "POST /v1/klarna_payments/place_order_without_account",
        PLACED,
        "/external/klarna_payments/w",
        body=NEW_ORDER_BODY,
    ),
    "trial without account": Case(
        lambda c, _: c.klarna_payments.place_trial_order_without_account(NEW_ORDER),
        "POST /v1/klarna_payments/place_trial_order_without_account",
        PLACED,
        "/external/klarna_payments/w",
        body=NEW_ORDER_BODY,
    ),
    "product by id": Case(
        lambda c, _: c.products.product(product_id=ID),
        "GET /v4/products",
        PRODUCT,
        "/external/product/r",
        {"id": ID},
    ),
    "product by its code in another system": Case(
        lambda c, _: c.products.product(integration_code="Läs+1"),
        "GET /v4/products",
        PRODUCT,
        "/external/product/r",
        {"integration_code": "Läs+1"},
    ),
    "product whose code has a plus sign": Case(
        lambda c, _: c.products.product("digital+"),
        "GET /v4/products",
        PRODUCT,
        "/external/product/r",
        {"product_code": "digital+"},
    ),
    "active products of an account with articles": Case(
        lambda c, _: c.accounts.active_products(ID, include_articles=True),
        "GET /v1/accounts/active_products",
        {"item": {"id": ID, "active_products": []}},
        "/external/account/r",
        {"account_id": ID, "include_articles": "true"},
    ),
    "reactivation as a subscription system": Case(
        lambda c, _: c.subscriptions.reactivate(ID, "b" * 24),
        "PUT /v1/subscription_system/reactivate_payway_provisioned_subscription",
        {"id": "b" * 24},
        "/external/subscription_system/w",
        body={"account_id": ID, "user_product_id": "b" * 24},
    ),
    "all products": Case(
        lambda c, _: c.products.all(product_type="campaigns", tags=("a", "b"), include_inactive=True),
        "GET /v1/products",
        NOBODY,
        "/external/product/r",
        {"product_type": "campaigns", "tags": "a,b", "include_inactive": "true"},
    ),
    "packages with a tag": Case(
        lambda c, _: c.products.search_packages("DEMO", tags=("a",)),
        "GET /v2/products/package/search",
        NOBODY,
        "/external/product/r",
        {"title_code": "DEMO", "page_size": "25", "page_number": "1", "tags": "a"},
    ),
    "periods of every method": Case(
        lambda c, _: c.products.payment_periods("digital"),
        "GET /v1/products/payment_periods",
        NOBODY,
        "/external/product/r",
        {"product_code": "digital"},
    ),
    "titles": Case(lambda c, _: c.titles.all(), "GET /v1/titles", NOBODY, "/external/title/r"),
    "start dates": Case(
        lambda c, _: c.orders.possible_start_dates("digital"),
        "GET /v1/order/get_possible_start_dates",
        {"item": {"subscription_start_dates": ["2026-04-01"]}},
        "/external/order/r",
        {"product_code": "digital"},
    ),
    "start dates for an account": Case(
        lambda c, _: c.orders.possible_start_dates("digital", account_id=ID),
        "GET /v1/order/get_possible_start_dates",
        {"item": {"subscription_start_dates": []}},
        "/external/order/r",
        {"product_code": "digital", "account_id": ID},
    ),
    "order validation": Case(
        lambda c, _: c.orders.validate("digital", date_of_birth=date(1980, 6, 10)),
        "GET /v2/order_validation",
        {"item": {"purchase_allowed": True}},
        "/external/order_validation/r",
        {"product_code": "digital", "date_of_birth": "1980-06-10"},
    ),
    "ranked group": Case(
        lambda c, _: c.orders.purchasable_product_code(ID, campaign_code="spring"),
        "GET /v1/ranked_campaign_group/get_purchasable_product_code",
        {"item": None},
        "/external/order/r",
        {"account_id": ID, "campaign_code": "spring"},
    ),
    "account of v3": Case(lambda c, who: c.me.account_v3(who), "GET /v3/me", {"item": {"id": ID}}, None),
    "active products with articles": Case(
        lambda c, who: c.me.active_products(who, include_articles=True),
        "GET /v1/me/active_products",
        {"item": {"id": ID, "active_products": []}},
        None,
        {"include_articles": "true"},
    ),
    "user products": Case(
        lambda c, _: c.subscriptions.user_products(ID),
        f"GET /v1/userproducts/{ID}",
        NOBODY,
        "/external/userproduct/w",
    ),
    "cancel for an account": Case(
        lambda c, _: c.accounts.cancel_product(ID, "b" * 24, "c" * 24),
        "PUT /v1/accounts/cancel_product",
        {"id": "b" * 24},
        "/external/account/w",
        body={"id": ID, "user_product_id": "b" * 24, "cancellation_reason_id": "c" * 24},
    ),
    "cancel as a subscription system": Case(
        lambda c, _: c.subscriptions.cancel(ID, "b" * 24, credit_invoice_if_sent=True),
        "PUT /v1/subscription_system/cancel_payway_provisioned_subscription",
        {"id": "b" * 24},
        "/external/subscription_system/w",
        body={"account_id": ID, "user_product_id": "b" * 24, "credit_invoice_if_sent": True},
    ),
    "internal reasons": Case(
        lambda c, _: c.cancellation_reasons(include_internal=True, visible_to_end_customer=False),
        "GET /v1/cancellation_reasons",
        NOBODY,
        "/external/cancellation_reason/r",
        {"include_internal": "true", "visible_to_end_customer": "false"},
    ),
    "session": Case(
        lambda c, who: c.klarna_payments.create_session(WANTED, who),
        "POST /v1/klarna_payments/create_session",
        SESSION,
        None,
        body=WANTED_BODY,
    ),
    "session of a new customer": Case(
        lambda c, _: c.klarna_payments.create_session(WANTED, None),
        "POST /v2/klarna_payments/create_session",
        SESSION,
        "/external/klarna_payments/w",
        body=WANTED_BODY,
    ),
    "order": Case(
        lambda c, who: c.klarna_payments.place_order(ORDER, who),
        "POST /v1/klarna_payments/place_order",
        PLACED,
        None,
        body=ORDER_BODY,
    ),
    "order of a new customer": Case(
        lambda c, _: c.klarna_payments.place_order(NEW_ORDER, None),
        "POST /v2/klarna_payments/place_order",
        PLACED,
        "/external/klarna_payments/w",
        body=NEW_ORDER_BODY,
    ),
    "trial": Case(
        lambda c, who: c.klarna_payments.place_trial_order(ORDER, who),
        "POST /v1/klarna_payments/place_trial_order",
        PLACED,
        None,
        body=ORDER_BODY,
    ),
    "trial of a new customer": Case(
        lambda c, _: c.klarna_payments.place_trial_order(NEW_ORDER, None),
        "POST /v2/klarna_payments/place_trial_order",
        PLACED,
        "/external/klarna_payments/w",
        body=NEW_ORDER_BODY,
    ),
    "product": Case(
        lambda c, _: c.products.product("digital"),
        "GET /v4/products",
        PRODUCT,
        "/external/product/r",
        {"product_code": "digital"},
    ),
    "packages": Case(
        lambda c, _: c.products.search_packages("DEMO"),
        "GET /v2/products/package/search",
        NOBODY,
        "/external/product/r",
        {"title_code": "DEMO", "page_size": "25", "page_number": "1"},
    ),
    "campaigns": Case(
        lambda c, _: c.products.search_campaigns("DEMO"),
        "GET /v2/products/campaign/search",
        NOBODY,
        "/external/product/r",
        {"title_code": "DEMO", "page_size": "25", "page_number": "1"},
    ),
    "title": Case(
        lambda c, _: c.titles.find_one("DEMO"),
        "GET /v1/titles/find_one",
        {"item": {"code": "DEMO", "name": "Demo"}},
        "/external/title/r",
        {"title_code": "DEMO"},
    ),
    "account": Case(lambda c, who: c.me.account(who), "GET /v1/me", {"item": {"id": "a"}}, None),
    "active products": Case(
        lambda c, who: c.me.active_products(who),
        "GET /v1/me/active_products",
        {"item": {"id": "a", "active_products": []}},
        None,
    ),
    "eligibility": Case(
        lambda c, who: c.me.pre_validate_purchase(who, "digital"),
        "GET /v1/me/order/pre_validate_purchase",
        ALLOWED,
        None,
        {"product_code": "digital"},
    ),
    "campaign's eligibility": Case(
        lambda c, who: c.me.eligible_for_campaign(who, "spring"),
        "GET /v1/me/eligible_for_campaign",
        {"item": {"eligible": True}},
        None,
        {"campaign_code": "spring"},
    ),
    "history": Case(
        lambda c, who: c.me.purchase_history(who), "GET /v1/me/get_purchase_history", NOBODY, None
    ),
    "cancel": Case(
        lambda c, who: c.me.cancel_product(who, "up", "reason"),
        "PUT /v1/me/cancel_product",
        {"id": "up"},
        None,
        body={"id": "up", "cancellation_reason_id": "reason"},
    ),
    "reactivate": Case(
        lambda c, who: c.me.reactivate_product(who, "up"),
        "PUT /v1/me/reactivate_product",
        {"id": "up"},
        None,
        body={"id": "up"},
    ),
    "stranger's eligibility": Case(
        lambda c, _: c.accounts.pre_validate_purchase("digital", "å+b@exempel.example"),
        "GET /v4/accounts/pre_validate_purchase",
        ALLOWED,
        "/external/account/r",
        {"product_code": "digital", "contact_email": "å+b@exempel.example"},
    ),
    "an account's products": Case(
        lambda c, _: c.accounts.active_products("a"),
        "GET /v1/accounts/active_products",
        {"item": {"id": "a", "active_products": []}},
        "/external/account/r",
        {"account_id": "a"},
    ),
    "status by e-mail": Case(
        lambda c, _: c.accounts.status(email="a@b.example"),
        "GET /v1/accounts/status",
        {"item": {"status": "active"}},
        "/external/account/r",
        {"email": "a@b.example"},
    ),
    "status by id": Case(
        lambda c, _: c.accounts.status(account_id="a"),
        "GET /v1/accounts/status",
        {"item": {"status": "active"}},
        "/external/account/r",
        {"id": "a"},
    ),
    "new account": Case(
        lambda c, _: c.accounts.create(AccountRequest("a@b.example", "password", first_name="A")),
        "POST /v2/accounts",
        {"item": {"id": "a"}},
        "/external/account/w",
        body={"email": "a@b.example", "password": "password", "first_name": "A"},
    ),
    "attempts": Case(
        lambda c, _: c.accounts.authentication_attempts("a@b.example"),
        "GET /v1/accounts/get_authentication_attempts",
        {"item": {"account_frozen": False, "remaining_authentication_attempts": 5, "frozen_until": None}},
        "/external/account/r",
        {"email": "a@b.example"},
    ),
    "report of an attempt": Case(
        lambda c, _: c.accounts.report_authentication_attempt("a@b.example", False, "Browser"),
        "POST /v1/accounts/create_authentication_attempt",
        {},
        "/external/account/w",
        body={
            "email": "a@b.example",
            "login_successful": False,
            "user_agent": "Browser",
            "persist": True,
        },
    ),
    "order by number": Case(
        lambda c, _: c.orders.by_id("DEMO-1"),
        "GET /v1/order",
        {"item": {"order_id": "DEMO-1"}},
        "/external/order/r",
        {"order_id": "DEMO-1"},
    ),
    "orders of an account": Case(
        lambda c, _: c.orders.by_account("a"),
        "GET /v1/order",
        NOBODY,
        "/external/order/r",
        {"account_id": "a"},
    ),
    "subscriptions": Case(
        lambda c, _: c.subscriptions.by_account("a"),
        "GET /v1/subscription/get_by_account",
        NOBODY,
        "/external/subscription/r",
        {"account_id": "a"},
    ),
    "reasons": Case(
        lambda c, _: c.cancellation_reasons(),
        "GET /v1/cancellation_reasons",
        NOBODY,
        "/external/cancellation_reason/r",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_call_is_made_as_documented(case: Case, client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(case.operation, ok(case.answer))
    await case.make(client, identity())
    (request,) = stand_in.requests
    assert dict(request.url.params) == (case.query or {})
    assert sent(request) == case.body
    assert request.headers["accept"] == request.headers["content-type"] == "application/json"
    if case.scope is None:
        assert (stand_in.bearers, stand_in.forms) == (["customer-token"], [])
    else:
        assert stand_in.forms == [{"grant_type": "none", "scope": case.scope}]
        assert stand_in.bearers == ["token-1"]


@pytest.mark.parametrize(
    ("sign_in", "form"),
    [
        (
            lambda c: c.sign_in("a@b.example", "p ö&="),
            {"grant_type": "password", "username": "demo^a@b.example", "password": "p ö&="},
        ),
        (lambda c: c.exchange_ticket("ticket"), {"grant_type": "ticket", "ticket": "ticket"}),
    ],
)
async def test_a_customer_signs_in_with_the_scopes_of_a_storefront(
    sign_in: Callable[[PaywayClient], Awaitable[Any]],
    form: dict[str, str],
    client: PaywayClient,
    stand_in: StandIn,
) -> None:
    await sign_in(client)
    scope = "/external/klarna_payments/w /external/me/w /external/me/r /external/me/order/w"
    assert stand_in.forms == [form | {"scope": scope}]


async def test_a_search_reads_every_page(client: PaywayClient, stand_in: StandIn) -> None:
    pages = [
        {"items": [{"product_code": code}], "page_info": {"more_results_available": more}}
        for code, more in [("one", True), ("two", True), ("three", False)]
    ]
    stand_in.on("GET /v2/products/package/search", *map(ok, pages))
    found = await client.products.search_packages("DEMO")
    assert [product.product_code for product in found] == ["one", "two", "three"]
    assert [request.url.params["page_number"] for request in stand_in.requests] == ["1", "2", "3"]


async def test_a_search_ends_at_an_empty_page_whatever_it_promises(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(
        "GET /v2/products/campaign/search", ok({"items": [], "page_info": {"more_results_available": True}})
    )
    assert await client.products.search_campaigns("DEMO") == []


async def test_internal_reasons_for_cancelling_are_left_out(client: PaywayClient, stand_in: StandIn) -> None:
    reasons = [{"id": "1", "name": "Price"}, {"id": "2", "name": "Fraud", "internal": True}]
    stand_in.on("GET /v1/cancellation_reasons", ok({"items": reasons}))
    assert [reason.name for reason in await client.cancellation_reasons()] == ["Price"]


async def test_mixing_up_new_and_known_customers_is_found_before_anything_is_sent(
    client: PaywayClient, stand_in: StandIn
) -> None:
    with pytest.raises(ValueError, match="takes customer_info"):
        await client.klarna_payments.place_order(ORDER, None)
    with pytest.raises(ValueError, match="takes no customer_info"):
        await client.klarna_payments.place_order(NEW_ORDER, identity())
    with pytest.raises(ValueError, match="either"):
        await client.accounts.status()
    assert (stand_in.requests, stand_in.forms) == ([], [])


async def test_no_cookie_of_one_customer_goes_with_anothers_call(
    client: PaywayClient, stand_in: StandIn
) -> None:
    answer = {"item": {"id": "a"}}
    stand_in.on("GET /v1/me", ok(answer, headers={"set-cookie": "session=astrid; Path=/"}), ok(answer))
    await client.me.account(identity())
    await client.me.account(identity())
    assert "cookie" not in stand_in.requests[1].headers


async def test_a_scope_can_be_tried(client: PaywayClient, stand_in: StandIn) -> None:
    await client.check_scope("/external/title/r")
    assert stand_in.forms == [{"grant_type": "none", "scope": "/external/title/r"}]


async def test_the_stand_in_refuses_what_nobody_expects(client: PaywayClient, stand_in: StandIn) -> None:
    with pytest.raises(AssertionError, match="unexpected request"):
        await client.me.account(identity())


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.products.product(),
        lambda c: c.products.product("digital", product_id=ID),
        lambda c: c.orders.validate("digital"),
        lambda c: c.orders.validate("digital", account_id=ID, ssn="800610-2399"),
        lambda c: c.orders.purchasable_product_code(ID),
        lambda c: c.subscriptions.user_products("../accounts"),
    ],
)
async def test_what_payway_would_refuse_by_its_form_is_not_even_sent(
    call: Callable[[PaywayClient], Awaitable[Any]], client: PaywayClient, stand_in: StandIn
) -> None:
    with pytest.raises(ValueError, match=r"one of|account id"):
        await call(client)
    assert stand_in.requests == []
