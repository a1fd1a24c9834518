from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from klarna_shop.sandbox import Clock, Readings, demo_customers

ME = "/external/api/v1/me"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_without_identity_names_its_scopes_and_lifetime(caller: Any) -> None:
    answer = await caller.token(grant_type="none", scope="/external/product/r /external/title/r")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["expires_in"], body["token_type"]) == (3600, "bearer")
    assert body["scope"] == "/external/product/r /external/title/r"
    assert "refresh_token" not in body
    assert answer.headers["cache-control"] == "no-store"


async def test_every_demo_customer_but_the_frozen_one_can_sign_in(caller: Any) -> None:
    for customer in demo_customers():
        answer = await caller.sign_in(customer.email, customer.password)
        assert answer.status_code == (400 if customer.purpose_key == "frozen" else 200), customer.email


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "none", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "none", "client_id": "åäö"}, 401, "invalid_client"),
        ({"grant_type": "none", "scope": ""}, 400, "invalid_scope"),
        ({"grant_type": "none", "scope": "/external/everything/w"}, 400, "invalid_scope"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "guess"}, 400, "invalid_grant"),
        ({"grant_type": "ticket", "ticket": "guess"}, 400, "invalid_grant"),
    ],
)
async def test_token_requests_are_refused_in_oauths_words(
    caller: Any, form: dict[str, str], status: int, error: str
) -> None:
    answer = await caller.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("demo^astrid.lundmark@demo.example", "wrong"),
        ("demo^nobody@demo.example", "demo1234"),
        ("other^astrid.lundmark@demo.example", "demo1234"),
        ("astrid.lundmark@demo.example", "demo1234"),
    ],
)
async def test_all_wrong_credentials_look_the_same(caller: Any, username: str, password: str) -> None:
    answer = await caller.token(grant_type="password", username=username, password=password)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Username/password do not match",
    }


async def test_the_token_endpoint_takes_forms_only(caller: Any) -> None:
    answer = await caller.http.post("/api/authorization/access_token", json={"grant_type": "none"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_an_access_token_lives_an_hour_and_is_renewed(caller: Any, clock: Clock) -> None:
    granted = (await caller.sign_in("astrid.lundmark@demo.example")).json()
    assert (await caller.http.get(ME, headers=bearer(granted["access_token"]))).status_code == 200
    clock.move(timedelta(hours=1))
    late = await caller.http.get(ME, headers=bearer(granted["access_token"]))
    assert (late.status_code, late.json()["code"]) == (401, "unauthorized")
    for _ in range(2):  # a lost answer can be asked for again
        renewed = await caller.token(grant_type="refresh_token", refresh_token=granted["refresh_token"])
        assert renewed.status_code == 200
        answer = await caller.http.get(ME, headers=bearer(renewed.json()["access_token"]))
        assert answer.json()["item"]["email"] == "astrid.lundmark@demo.example"


async def test_a_refresh_token_is_no_access_token(caller: Any) -> None:
    granted = (await caller.sign_in("astrid.lundmark@demo.example")).json()
    assert (await caller.http.get(ME, headers=bearer(granted["refresh_token"]))).status_code == 401


async def test_a_ticket_signs_in_once(caller: Any) -> None:
    ticket = await caller.sandbox.issue_ticket("astrid.lundmark@demo.example")
    first, second = [await caller.token(grant_type="ticket", ticket=ticket) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 400)


async def test_a_ticket_of_nobody_is_not_given(caller: Any) -> None:
    with pytest.raises(LookupError):
        await caller.sandbox.issue_ticket("nobody@demo.example")


async def test_the_apis_own_token_endpoint_takes_no_codes(caller: Any) -> None:
    answer = await caller.token(grant_type="authorization_code", code="x", redirect_uri="https://x.example/")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer guess", "Basic abc"])
async def test_a_call_without_a_good_token_is_401(caller: Any, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await caller.http.get(ME, headers=headers)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}


async def test_a_token_without_the_scope_is_403(caller: Any) -> None:
    token = (await caller.token(grant_type="none", scope="/external/title/r")).json()["access_token"]
    answer = await caller.http.get("/external/api/v2/products?product_code=digital", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_token_without_identity_has_no_account(caller: Any, make_caller: Any) -> None:
    assert (await caller.get("/v1/me")).json() == {"code": "not_found", "message": "Account not found"}
    strict = make_caller(readings=Readings(identity_missing_status=403))
    assert (await strict.get("/v1/me")).status_code == 403


async def test_five_reported_failures_freeze_the_account_for_a_while(caller: Any, clock: Clock) -> None:
    email = "astrid.lundmark@demo.example"

    async def report(successful: bool) -> dict[str, Any]:
        path = "/v1/accounts/create_authentication_attempt"
        answer = await caller.post(path, email=email, login_successful=successful, user_agent="Mozilla/5.0")
        item: dict[str, Any] = answer.json()["item"]
        return item

    assert (await report(False))["remaining_authentication_attempts"] == 4
    assert (await report(True))["remaining_authentication_attempts"] == 5
    for left in (4, 3, 2, 1, 0):
        assert (await report(False))["remaining_authentication_attempts"] == left
    attempts = await caller.get("/v1/accounts/get_authentication_attempts", email=email)
    assert attempts.json()["item"] == {
        "account_frozen": True,
        "remaining_authentication_attempts": 0,
        "frozen_until": "2026-03-10T11:00:00+01:00",
    }
    assert (await caller.sign_in(email)).json()["error_description"] == "Account is frozen"
    clock.move(timedelta(minutes=30))
    caller.forget_tokens()
    assert (await caller.sign_in(email)).status_code == 200
    assert (await report(False))["remaining_authentication_attempts"] == 4


async def test_an_unreported_failure_counts_for_nothing(caller: Any) -> None:
    email = "astrid.lundmark@demo.example"
    for _ in range(6):
        await caller.sign_in(email, "wrong")
    assert (await caller.sign_in(email)).status_code == 200


async def test_the_frozen_demo_customer_stays_frozen(caller: Any, clock: Clock) -> None:
    clock.move(timedelta(days=400))
    email = "linnea.nyberg@demo.example"
    item = (await caller.get("/v1/accounts/get_authentication_attempts", email=email)).json()["item"]
    assert item["account_frozen"] is True
    assert item["frozen_until"] > "2027"
