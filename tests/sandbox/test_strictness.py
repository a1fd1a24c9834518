from __future__ import annotations

import json
from typing import Any

import pytest

from klarna_shop.sandbox.api import ENDPOINTS

SESSION = "/v2/klarna_payments/create_session"
GOOD = {
    "code": "digital",
    "period_type": "recurring",
    "confirmation_url": "https://shop.example/confirmation",
}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"code": None}, "code", "Parameter is required"),
        ({"code": ""}, "code", "Parameter is required"),
        ({"code": "no spaces"}, "code", "Parameter must match format (/^[a-zA-Z-_+0-9]+$/)"),
        ({"code": 7}, "code", "Parameter must be a string"),
        ({"code": "digital\n"}, "code", "Parameter must match format (/^[a-zA-Z-_+0-9]+$/)"),
        ({"period_id": "7"}, "period_id", r"Parameter must match format (/^[a-f\d]{24}$/i)"),
        ({"period_type": "single"}, "period_type", "Parameter must be within [limited, recurring]"),
        ({"period_type": "limited"}, "period_type", "The code has no enabled period of this type"),
        ({"confirmation_url": "/confirmation"}, "confirmation_url", "Parameter must be an absolute URL"),
        (
            {"confirmation_url": "javascript:alert(1)"},
            "confirmation_url",
            "Parameter must be an absolute URL",
        ),
        ({"start_date": "10/3 2026"}, "start_date", r"Parameter must match format (/^\d{4}-\d{2}-\d{2}$/)"),
        ({"start_date": "2026-02-30"}, "start_date", "Parameter must be a date"),
        ({"start_date": "2026-03-09"}, "start_date", "Parameter must be today or later"),
        (
            {"disable_account_info_overwrite": "true"},
            "disable_account_info_overwrite",
            "Parameter must be a boolean",
        ),
        ({"code": "digital-summer-2025"}, "code", "Package or campaign is not on sale"),
    ],
)
async def test_a_wrong_parameter_is_named(
    caller: Any, changes: dict[str, Any], field: str, message: str
) -> None:
    answer = await caller.post(SESSION, **(GOOD | changes))
    assert answer.status_code == 400
    assert answer.json() == {"code": "invalid_parameter", "field": field, "message": message}


async def test_unknown_parameters_are_all_named(caller: Any) -> None:
    answer = await caller.post(SESSION, **GOOD, foo=1, bar=2)
    assert answer.json() == {"code": "unknown_parameter", "message": "Unknown parameters: foo,bar"}
    query = await caller.get("/v2/products", product_code="digital", foo=1)
    assert query.json()["code"] == "unknown_parameter"
    nested = await caller.place(None, "x", customer_info={"email": "a@b.example", "shoe_size": 41})
    assert nested.json()["message"] == "Unknown parameters: customer_info.shoe_size"


async def test_members_of_an_object_are_named_with_it(caller: Any) -> None:
    answer = await caller.place(None, "x", customer_info={"email": "not an address"})
    assert answer.json()["field"] == "customer_info.email"
    assert (await caller.place(None, "x", customer_info="astrid")).json()["field"] == "customer_info"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("klarna_authorization_token", "x" * 1025),
        ("browser_ip", "999.1.1.1"),
        ("browser_language", "på svenska"),
        ("browser_user_agent", None),
        ("traffic_source", "x" * 129),
        ("raise_on_account_update_error", "yes"),
    ],
)
async def test_place_order_checks_its_parameters_first(caller: Any, name: str, value: Any) -> None:
    answer = await caller.place(None, "x", **{name: value})
    assert (answer.status_code, answer.json()["field"]) == (400, name)


async def test_place_order_takes_ipv6(caller: Any) -> None:
    assert (await caller.buy(None, browser_ip="2001:db8::7")).status_code == 200


async def test_a_period_must_be_an_enabled_klarna_period_of_the_code(caller: Any) -> None:
    periods = (await caller.get("/v1/products/payment_periods", product_code="digital")).json()["items"]
    disabled = next(period for period in periods if not period["enabled"])
    card = next(period for period in periods if period["payment_method"] == "adyen")
    foreign = await caller.period("digital-plus")
    for period_id in (disabled["id"], card["id"], foreign, "0" * 24):
        answer = await caller.post(SESSION, **GOOD, period_id=period_id)
        assert (answer.status_code, answer.json()["field"]) == (400, "period_id")
    yearly = await caller.period("digital", "year")
    mismatch = await caller.post(SESSION, **(GOOD | {"period_type": "limited"}), period_id=yearly)
    assert mismatch.json()["field"] == "period_type"
    only_period = {name: value for name, value in GOOD.items() if name != "period_type"}
    assert (await caller.post(SESSION, **only_period, period_id=yearly.upper())).status_code == 200
    neither = await caller.post(SESSION, **only_period)
    assert neither.json()["field"] == "period_type"


async def test_an_unknown_code_is_404(caller: Any) -> None:
    assert (await caller.post(SESSION, **(GOOD | {"code": "weekend"}))).status_code == 404
    assert (await caller.get("/v1/klarna_payments/payment_periods", code="weekend")).status_code == 404
    assert (await caller.get("/v2/products", product_code="weekend")).status_code == 404


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (b"{}", "text/plain", "invalid_content_type_error"),
        (b"", None, "invalid_content_type_error"),
        (b"{", "application/json", "json_parser_error"),
        (b"", "application/json", "json_parser_error"),
        (b"[]", "application/json", "json_parser_error"),
        (b"\xff\xfe", "application/json; charset=utf-8", "json_parser_error"),
        (b"[" * 100_000, "application/json", "json_parser_error"),
        (b'{"code":"' + b"x" * 300_000 + b'"}', "application/json", "json_parser_error"),
        (json.dumps({**GOOD, "code": "\ud800"}).encode(), "application/json", "invalid_parameter"),
    ],
)
async def test_a_body_must_be_a_json_object(
    caller: Any, content: bytes, content_type: str | None, code: str
) -> None:
    headers = await caller.bearer(None) | ({"Content-Type": content_type} if content_type else {})
    answer = await caller.http.post(f"/external/api{SESSION}", headers=headers, content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_get_takes_its_parameters_as_json_too(caller: Any) -> None:
    answer = await caller.send("GET", "/v2/products", product_code="digital")
    assert answer.json()["item"]["product_code"] == "digital"


async def test_documented_spellings_are_all_taken(caller: Any) -> None:
    item = (await caller.get("/v4/products", product_code="digital")).json()["item"]
    for name in ("id", "product_id"):
        assert (await caller.get("/v3/products", **{name: item["id"]})).json()["item"] == item
        periods = await caller.get("/v1/products/payment_periods", **{name: item["id"]})
        assert len(periods.json()["items"]) == 4
    for path in ("/v1/titles", "/v1/titles/"):
        assert (await caller.get(path)).json()["items"][0]["code"] == "DEMO"
    for path in ("/v1/me", "/v1/me/", "/v3/me/"):
        assert (await caller.get(path, "astrid.lundmark")).status_code == 200
    adult = {"package_code": "digital", "date_of_birth": "1980-06-10"}
    assert (await caller.get("/v2/order_validation", **adult)).json()["item"]["purchase_allowed"] is True


async def test_either_or_parameters_are_exclusive_and_one_is_required(caller: Any) -> None:
    none = (await caller.get("/v1/accounts/status")).json()
    assert none["message"] == "One of parameters [id, email] is required"
    both = (await caller.get("/v1/accounts/status", id="a" * 24, email="a@demo.example")).json()
    assert both["message"] == "Only one of [id, email] is allowed"


async def test_an_unknown_path_or_method_is_json(caller: Any) -> None:
    assert (await caller.get("/v9/klarna_payments/place_order")).json()["code"] == "not_found"
    wrong = await caller.get(SESSION)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
async def test_every_endpoint_wants_a_token_and_no_garbage(caller: Any, endpoint: Any) -> None:
    path = endpoint.path.replace("{account_id}", "0" * 24)
    unsigned = await caller.http.request(endpoint.method, f"/external/api{path}")
    assert unsigned.status_code == 401
    who = "astrid.lundmark" if endpoint.identity else None
    headers = await caller.bearer(who)
    url = f"/external/api{path}"
    if endpoint.method == "GET":
        answer = await caller.http.get(url, headers=headers, params={"no_such_parameter": "1"})
    else:
        answer = await caller.http.request(
            endpoint.method, url, headers=headers, json={"no_such_parameter": 1}
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


async def test_a_fault_of_the_sandbox_is_500_and_json(caller: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await caller.bearer("astrid.lundmark")
    await caller.sandbox.close()  # memory is gone with its connection, and the token with it
    assert (await caller.http.get("/external/api/v1/me", headers=headers)).status_code == 401

    def broken(*_arguments: Any) -> None:
        raise RuntimeError("broken")

    caller.forget_tokens()
    monkeypatch.setattr("klarna_shop.sandbox.api.me._described", broken)
    answer = await caller.get("/v1/me", "astrid.lundmark")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_server_error")
