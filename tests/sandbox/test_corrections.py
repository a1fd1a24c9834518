"""The reference's corrections of 2026-11-30 (payway-api.md §17), a test for each fact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from klarna_shop.sandbox import Readings, Sandbox, SandboxSettings
from klarna_shop.sandbox.formats import CODE, INTEGRATION_CODE, ORDER_NUMBER, TAGS, TITLE_CODE

KLARNA_SAMPLE = "b4bd3423-24e3"
"""An authorization token of Klarna's own documentation, step 3."""
NEW = {"email": "ny.lasare@demo.example", "password": "demo1234"}


async def _item(caller: Any, path: str, who: str | None = None, **query: Any) -> dict[str, Any]:
    answer = await caller.get(path, who, **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["item"])


async def _own(caller: Any, who: str) -> list[dict[str, Any]]:
    return list((await _item(caller, "/v3/me", who))["user_products"])


async def test_a_klarna_order_is_paid_by_klarna_payments(caller: Any) -> None:
    number = (await caller.buy("astrid.lundmark")).json()["item"]["order_id"]
    order = await _item(caller, "/v1/order", order_id=number)
    assert order["payment_option"] == "klarna_payments"


async def test_an_allowed_order_has_neither_reason_nor_message(caller: Any) -> None:
    verdict = await _item(caller, "/v2/order_validation", product_code="digital", date_of_birth="1980-06-10")
    assert verdict == {
        "purchase_allowed": True,
        "reason": None,
        "message": None,
        "fallback_package_code": None,
    }


@pytest.mark.parametrize("path", ["/v1/me", "/v3/me"])
async def test_the_century_holds_the_whole_personal_number(caller: Any, path: str) -> None:
    account = await _item(caller, path, "karin.oberg")
    whole = account["social_security_number_century"]
    assert (len(whole), whole.isdigit()) == (12, True)
    assert account["social_security_number"] == f"{whole[2:8]}-{whole[8:]}"
    assert account["gender"] == ("F" if int(whole[-2]) % 2 == 0 else "M")


async def test_the_servers_twin_lists_articles_where_it_is_asked(caller: Any) -> None:
    account = (await _item(caller, "/v3/me", "karin.oberg"))["id"]
    path = "/v1/accounts/active_products"
    assert "active_articles" not in await _item(caller, path, account_id=account)
    assert (await _item(caller, path, account_id=account, include_articles="true"))["active_articles"] == []


@pytest.mark.parametrize(
    ("found", "value", "is_one"),
    [
        (CODE, "digital+", True),
        (CODE, "A-b_1+2", True),
        (CODE, "a b", False),
        (CODE, "å", False),
        (TITLE_CODE, "DEMO+", False),
        (INTEGRATION_CODE, "Läs+ÅÄÖåäö_1-2", True),
        (INTEGRATION_CODE, "é", False),
        (ORDER_NUMBER, "ADEPRIMO-1222", True),
        (ORDER_NUMBER, "2SA-1", True),
        (ORDER_NUMBER, "demo-1", False),
        (ORDER_NUMBER, "DE_MO-1", False),
        (ORDER_NUMBER, "DE-MO-1", False),
        (TAGS, "digital", True),
        (TAGS, "digital,popular", True),
        (TAGS, "digital, popular,", True),
        (TAGS, "digital popular ", True),
        (TAGS, "a-b", False),
        (TAGS, ",a", False),
        (TAGS, "a,,b", False),
        (TAGS, "a ,b", False),
    ],
)
def test_formats(found: Any, value: str, is_one: bool) -> None:
    assert found.accepts(value) is is_one


def test_a_long_text_that_is_no_tag_is_told_at_once() -> None:
    """The documented pattern itself would try for longer than anyone waits."""
    assert not TAGS.accepts("a" * 10_000 + "-")


@pytest.mark.parametrize("organisation", ["my-paper", "nt_group", "Örebro"])
async def test_order_numbers_are_capitals_and_digits_for_any_organisation(organisation: str) -> None:
    settings = SandboxSettings(organisation=organisation)
    assert ORDER_NUMBER.accepts(f"{settings.order_prefix}-1001")


async def test_a_package_whose_code_has_a_plus_sign_is_sold(make_caller: Any) -> None:
    caller = make_caller()
    catalogue = caller.sandbox._services.catalogue
    plus = replace(catalogue.offer("digital"), code="digital+")
    changed = replace(catalogue, offers=(*catalogue.offers, plus))
    object.__setattr__(caller.sandbox._services, "catalogue", changed)
    assert (await _item(caller, "/v4/products", product_code="digital+"))["product_code"] == "digital+"
    assert (await caller.buy("astrid.lundmark", "digital+")).status_code == 200
    assert "digital+" in await caller.active("astrid.lundmark")


async def test_a_product_is_found_by_its_code_in_another_system(caller: Any) -> None:
    found = await _item(caller, "/v4/products", integration_code="Läs+digitalt")
    assert (found["product_code"], found["integration_code"]) == ("digital", "Läs+digitalt")
    for query in ({"integration_code": "x" * 51}, {"integration_code": "a", "product_code": "digital"}):
        assert (await caller.get("/v4/products", **query)).status_code == 400
    answer = await caller.get("/v3/products", integration_code="Läs+digitalt")
    assert answer.json()["code"] == "unknown_parameter"


async def test_a_new_account_takes_long_names_and_an_object_as_its_source(caller: Any) -> None:
    body = {
        **NEW,
        "first_name": "F" * 1024,
        "last_name": "L" * 1024,
        "account_origin": "origin with spaces " * 50,
        "created_from_source": {"application": "Klarna Shop", "campaign": 7},
    }
    assert (await caller.post("/v2/accounts", **body)).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "F" * 1025),
        ("account_origin", "o" * 1025),
        ("created_from_source", "a text"),
        ("created_from_source", {}),
        ("created_from_source", {"a": "b" * 1024}),
    ],
)
async def test_what_is_too_long_or_no_object_is_refused(caller: Any, field: str, value: Any) -> None:
    answer = await caller.post("/v2/accounts", **NEW, **{field: value})
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_a_long_email_is_taken_by_v2_alone(caller: Any) -> None:
    email = f"{'a' * 1000}@demo.example"
    assert (await caller.post("/v1/accounts", email=email, password="demo1234")).status_code == 400
    assert (await caller.post("/v2/accounts", email=email, password="demo1234")).status_code == 200


async def test_verification_is_ignored_where_the_rules_have_it_off(make_caller: Any) -> None:
    caller = make_caller(readings=Readings(verification="ignored"))
    await caller.post("/v2/accounts", **NEW, require_verification=True)
    assert (await _item(caller, "/v1/accounts/status", email=NEW["email"]))["status"] == "active"


@pytest.mark.parametrize("token", [KLARNA_SAMPLE, KLARNA_SAMPLE.upper(), "x" * 1024, "opaque/+=~token"])
async def test_authorization_tokens_are_opaque(caller: Any, token: str) -> None:
    assert (await caller.buy(None, klarna_authorization_token=token)).status_code == 200


async def test_a_token_that_klarna_never_gave_buys_nothing(caller: Any) -> None:
    answer = await caller.buy(None, klarna_authorization_token="not-given-by-klarna")
    assert answer.status_code == 400
    assert "authorization" in answer.text.lower()


async def test_two_tokens_that_differ_in_capitals_are_two(caller: Any) -> None:
    for token in ("token-a", "TOKEN-A"):
        answer = await caller.buy(None, klarna_authorization_token=token, email=f"{token}@demo.example")
        assert answer.status_code == 200, answer.text


async def test_place_order_may_refuse_what_pre_validation_allows(make_caller: Any) -> None:
    readings = Readings(pre_validation="allows", order_eligibility="checked")
    caller = make_caller(readings=readings)
    path = "/v1/me/order/pre_validate_purchase"
    assert (await _item(caller, path, "karin.oberg", product_code="digital"))["can_purchase"] is True
    answer = await caller.buy("karin.oberg")
    assert (answer.status_code, answer.json()["code"]) == (400, "package_already_active")
    assert (await caller.buy("astrid.lundmark")).status_code == 200


async def test_place_order_may_allow_what_pre_validation_refuses(caller: Any) -> None:
    path = "/v1/me/order/pre_validate_purchase"
    assert (await _item(caller, path, "karin.oberg", product_code="digital"))["can_purchase"] is False
    assert (await caller.buy("karin.oberg")).status_code == 200


async def test_the_base_package_reason_is_the_documented_one(caller: Any) -> None:
    path = "/v1/me/order/pre_validate_purchase"
    verdict = await _item(caller, path, "karin.oberg", product_code="digital-intro")
    assert verdict["reason"] == "base_package_already_active"


async def test_campaigns_are_searched_in_v3_too(caller: Any) -> None:
    found = [
        (await caller.get(f"/{version}/products/campaign/search", title_code="DEMO")).json()
        for version in ("v2", "v3")
    ]
    assert found[0] == found[1]
    assert found[0]["items"]


@pytest.mark.parametrize(("tags", "status"), [("popular", 200), ("a, popular", 200), ("a-b", 400)])
async def test_tags_have_a_format(caller: Any, tags: str, status: int) -> None:
    answer = await caller.get("/v2/products/package/search", title_code="DEMO", tags=tags)
    assert answer.status_code == status
    if status == 200:
        assert [item["product_code"] for item in answer.json()["items"]] == ["digital"]


async def test_a_cancellation_without_a_reason_takes_the_default_one(caller: Any) -> None:
    held = next(one for one in await _own(caller, "karin.oberg") if one["state"] == "activated")
    answer = await caller.send("PUT", "/v1/me/cancel_product", "karin.oberg", id=held["id"])
    assert answer.status_code == 200
    (noted,) = [
        one.cancellation_reason_id
        for one in (await caller.sandbox.books()).subscriptions
        if one.id == held["id"]
    ]
    reasons = (await caller.get("/v1/cancellation_reasons")).json()["items"]
    assert [reason["code"] for reason in reasons if reason["id"] == noted] == ["other"]


async def test_a_subscription_system_takes_a_cancellation_back(caller: Any) -> None:
    account = await _item(caller, "/v3/me", "karin.oberg")
    held = next(one for one in account["user_products"] if one["state"] == "activated")
    body = {"account_id": account["id"], "user_product_id": held["id"]}
    system = "/v1/subscription_system"
    path = f"{system}/reactivate_payway_provisioned_subscription"
    assert (await caller.send("PUT", path, **body)).status_code == 409
    await caller.send("PUT", f"{system}/cancel_payway_provisioned_subscription", **body)
    assert (await caller.send("PUT", path, **body)).json() == {"id": held["id"]}
    assert {one["state"] for one in await _own(caller, "karin.oberg") if one["id"] == held["id"]} == {
        "activated"
    }


def test_readings_of_facts_that_are_documented_now_are_gone() -> None:
    assert {"order_payment_option", "base_package_reason"}.isdisjoint(Readings().values())
    assert Sandbox(SandboxSettings()).readings == Readings()
