from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from klarna_shop.sandbox import Clock, Readings, demo_customers

NEW = {"email": "ny@demo.example", "password": "hemligt1", "first_name": "Ny", "last_name": "Läsare"}


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_new_account_can_sign_in_at_once_and_gets_a_mail(caller: Any, version: str) -> None:
    answer = await caller.post(f"/{version}/accounts", **NEW)
    assert answer.status_code == 200
    status = await caller.get("/v1/accounts/status", id=answer.json()["item"]["id"])
    assert status.json() == {"item": {"status": "active"}}
    assert (await caller.sign_in("ny@demo.example", "hemligt1")).status_code == 200
    assert [mail.kind for mail in (await caller.sandbox.books()).mails] == ["account_created"]


async def test_an_account_that_must_be_verified_waits(caller: Any) -> None:
    await caller.post("/v2/accounts", **NEW, require_verification=True)
    answer = await caller.get("/v1/accounts/status", email="NY@demo.example")
    assert answer.json()["item"]["status"] == "created"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "Astrid.Lundmark@demo.example"}, "email"),
        ({"email": "ny@"}, "email"),
        ({"password": "kort"}, "password"),
        ({"mobile_phone_number": "070-1740605"}, "mobile_phone_number"),
        ({"social_security_number": "19800610"}, "social_security_number"),
        ({"birth_date": "10 juni"}, "birth_date"),
    ],
)
async def test_a_new_account_is_checked(caller: Any, changes: dict[str, str], field: str) -> None:
    answer = await caller.post("/v1/accounts", **(NEW | changes))
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_a_personal_number_belongs_to_one_account(caller: Any) -> None:
    await caller.post("/v1/accounts", **NEW, social_security_number="800610-9819")
    other = NEW | {"email": "annan@demo.example", "social_security_number": "198006109819"}
    assert (await caller.post("/v1/accounts", **other)).json()["field"] == "social_security_number"


async def test_an_address_is_checked_and_kept(caller: Any) -> None:
    address = {"street": "Hamngatan", "zip_code": "123 45", "city": "Norrlunda"}
    refused = await caller.post("/v2/accounts", **NEW, address=address | {"country_code": "DK"})
    assert refused.json()["field"] == "address.country_code"
    assert (
        await caller.post("/v2/accounts", **NEW, address=address | {"country_code": "SE"})
    ).status_code == 200


@pytest.mark.parametrize(
    ("who", "code", "reason"),
    [
        ("astrid.lundmark", "digital", "purchase_allowed"),
        ("astrid.lundmark", "digital-trial", "purchase_allowed"),
        ("karin.oberg", "digital", "package_already_active"),
        ("karin.oberg", "digital-plus", "purchase_allowed"),
        ("nils.sandstrom", "digital", "package_already_active"),
        ("nils.sandstrom", "digital-trial", "base_package_already_active"),
        ("karin.oberg", "digital-intro", "base_package_already_active"),
        ("maja.hellgren", "digital", "purchase_allowed"),
        ("maja.hellgren", "digital-trial", "campaign_already_purchased"),
        ("maja.hellgren", "digital-intro", "campaign_purchase_rules_does_not_permit_purchase"),
    ],
)
async def test_who_may_buy_what(caller: Any, who: str, code: str, reason: str) -> None:
    own = await caller.get("/v1/me/order/pre_validate_purchase", who, product_code=code)
    allowed = reason == "purchase_allowed"
    assert own.json() == {"item": {"can_purchase": allowed, "reason": reason}}
    email = f"{who}@demo.example"
    server = await caller.get("/v4/accounts/pre_validate_purchase", product_code=code, contact_email=email)
    assert server.json()["item"]["reason"] == reason
    if code in {"digital-trial", "digital-intro"}:
        eligible = await caller.get("/v1/me/eligible_for_campaign", who, campaign_code=code)
        assert eligible.json() == {"item": {"eligible": allowed}}


async def test_an_unknown_email_may_buy_and_an_extension_may_follow(caller: Any) -> None:
    query = {"product_code": "digital", "contact_email": "ingen@demo.example"}
    answer = await caller.get("/v4/accounts/pre_validate_purchase", **query)
    assert answer.json()["item"]["can_purchase"] is True
    extension = {"product_code": "digital", "subscription_extension": "true"}
    own = await caller.get("/v1/me/order/pre_validate_purchase", "karin.oberg", **extension)
    assert own.json()["item"]["can_purchase"] is True


async def test_a_session_is_refused_to_the_ineligible_only_where_so_read(
    caller: Any, make_caller: Any
) -> None:
    assert (await caller.buy("karin.oberg")).status_code == 200
    strict = make_caller(readings=Readings(refuse_ineligible_sessions=True))
    answer = await strict.post(
        "/v1/klarna_payments/create_session",
        "karin.oberg",
        code="digital",
        period_type="recurring",
        confirmation_url="https://shop.example/",
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "package_already_active")


async def test_children_may_not_buy(caller: Any) -> None:
    query = {"product_code": "digital", "date_of_birth": "2012-01-01"}
    item = (await caller.get("/v2/order_validation", **query)).json()["item"]
    assert (item["purchase_allowed"], item["reason"]) == (False, "too_young")
    adult = {"product_code": "digital", "ssn": "800610-9819"}
    assert (await caller.get("/v2/order_validation", **adult)).json()["item"]["purchase_allowed"] is True


async def test_an_order_is_found_by_its_number_with_its_reference(caller: Any) -> None:
    number = (await caller.buy("astrid.lundmark")).json()["item"]["order_id"]
    order = (await caller.get("/v1/order", order_id=number)).json()["item"]
    assert order["merchant_reference"] == "purchase-1"
    assert order["payments"][0]["payment_result"]["amount"] == "12900"
    assert order["order_detail"]["vat_code"] == "6"
    assert (await caller.get("/v1/order", order_id="DEMO-7")).status_code == 404
    assert (await caller.get("/v1/order", account_id="0" * 24)).status_code == 404


async def test_a_reset_brings_the_seed_back(caller: Any, clock: Clock) -> None:
    before = await caller.sandbox.books()
    await caller.buy("astrid.lundmark")
    await caller.sandbox.reset()
    after = await caller.sandbox.books()
    assert [order.order_id for order in after.orders] == [order.order_id for order in before.orders]
    caller.forget_tokens()
    assert (await caller.buy("astrid.lundmark")).json()["item"]["order_id"] == "DEMO-1001"


async def test_the_seed_holds_at_any_later_time(caller: Any, clock: Clock) -> None:
    await caller.sandbox.books()
    clock.move(timedelta(days=200))
    assert "news" in await caller.active("karin.oberg")


def test_the_demo_customers_tell_their_purpose_in_both_languages() -> None:
    customers = demo_customers()
    assert len({customer.purpose_key for customer in customers}) == len(customers) == 8
    assert all(set(customer.purposes) == {"sv", "en"} for customer in customers)
    assert all(customer.email.endswith("@demo.example") for customer in customers)
    assert customers[0].first_name == "Astrid"


async def test_many_new_customers_never_share_a_personal_number(caller: Any) -> None:
    for index in range(30):
        assert (await caller.buy(None, email=f"ny{index}@demo.example")).status_code == 200
    numbers = [row.social_security_number for row in (await caller.sandbox.books()).accounts]
    given = [number for number in numbers if number is not None]
    assert len(given) == len(set(given)) >= 30
