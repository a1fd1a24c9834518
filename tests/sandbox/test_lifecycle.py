from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.sandbox import Clock, demo_catalogue


def move(caller: Any, clock: Clock, **by: int) -> None:
    clock.move(timedelta(**by))
    caller.forget_tokens()


async def products(caller: Any, who: str) -> list[dict[str, Any]]:
    item = (await caller.get("/v1/me", who)).json()["item"]
    return list(item["user_products"])


async def orders(caller: Any, who: str) -> list[dict[str, Any]]:
    account_id = (await caller.get("/v1/me", who)).json()["item"]["id"]
    return list((await caller.get("/v1/order", account_id=account_id)).json()["items"])


async def test_a_monthly_subscription_is_charged_every_month(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark")
    move(caller, clock, days=92)
    subscription = (await products(caller, "astrid.lundmark"))[0]
    assert subscription["state"] == "activated"
    # Bought on 10 March 2026; three renewals later.
    assert subscription["valid_to"].startswith("2026-07-10")
    [order] = await orders(caller, "astrid.lundmark")
    assert [(p["payment_type"], p["amount"]) for p in order["payments"]] == [
        ("normal", 129),
        ("autopay", 129),
        ("autopay", 129),
        ("autopay", 129),
    ]
    history = await caller.get("/v1/me/get_purchase_history", "astrid.lundmark")
    assert [item["price"] for item in history.json()["items"]] == ["129.0"] * 4


async def test_reading_twice_charges_once(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark")
    move(caller, clock, days=32)
    first, second = await caller.sandbox.books(), await caller.sandbox.books()
    assert len(first.payments) == len(second.payments)


async def test_a_trial_becomes_its_package_and_brings_klarnas_details(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark", "digital-trial")
    assert await caller.active("astrid.lundmark") == ["digital-trial", "digital", "news"]
    me = (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]
    assert me["address"] is None
    assert me["user_products"][0]["campaign_end_date"].startswith("2026-04-10")
    next_price = await caller.get("/v1/subscription/get_by_account", account_id=me["id"])
    assert next_price.json()["items"][0]["subscription_next_price"] == 129.0

    move(caller, clock, days=31)
    assert await caller.active("astrid.lundmark") == ["digital", "news"]
    trial, package = await products(caller, "astrid.lundmark")
    assert (trial["state"], package["state"]) == ("deactivated", "activated")
    me = (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]
    assert me["address"]["city"]
    assert me["social_security_number"]
    first, second = await orders(caller, "astrid.lundmark")
    assert first["child_order_ids"] == [second["order_id"]]
    assert second["parent_order_id"] == first["order_id"]
    assert [p["amount"] for p in first["payments"] + second["payments"]] == [0, 129]


async def test_a_long_sleep_leads_through_every_change_in_order(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark", "digital-intro")
    move(caller, clock, days=100)
    books = await caller.sandbox.books()
    codes = {order.product_code: order.order_id for order in books.orders[-2:]}
    amounts = [p.amount for p in books.payments if p.order_id in codes.values()]
    assert amounts == [4_900, 12_900, 12_900, 12_900]


async def test_a_cancelled_subscription_opens_until_its_period_ends(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark")
    product = (await products(caller, "astrid.lundmark"))[0]
    reasons = (await caller.get("/v1/cancellation_reasons")).json()["items"]
    body = {"id": product["id"], "cancellation_reason_id": reasons[0]["id"]}
    answer = await caller.send("PUT", "/v1/me/cancel_product", "astrid.lundmark", **body)
    assert answer.json() == {"id": product["id"]}
    again = await caller.send("PUT", "/v1/me/cancel_product", "astrid.lundmark", **body)
    assert again.status_code == 409
    assert "news" in await caller.active("astrid.lundmark")
    move(caller, clock, days=32)
    assert await caller.active("astrid.lundmark") == []
    assert (await products(caller, "astrid.lundmark"))[0]["state"] == "deactivated"
    late = await caller.send("PUT", "/v1/me/reactivate_product", "astrid.lundmark", id=product["id"])
    assert late.status_code == 409


async def test_a_cancellation_can_be_taken_back(caller: Any, clock: Clock) -> None:
    product = (await products(caller, "nils.sandstrom"))[0]
    assert product["state"] == "cancelled"
    assert (
        await caller.send("PUT", "/v1/me/reactivate_product", "nils.sandstrom", id=product["id"])
    ).status_code == 200
    move(caller, clock, days=366)
    assert "digital" in await caller.active("nils.sandstrom")


async def test_nobody_cancels_for_somebody_else(caller: Any) -> None:
    theirs = (await products(caller, "karin.oberg"))[0]
    answer = await caller.send("PUT", "/v1/me/cancel_product", "astrid.lundmark", id=theirs["id"])
    assert answer.status_code == 404
    assert (await products(caller, "karin.oberg"))[0]["state"] == "activated"


async def test_a_server_may_cancel_for_an_account(caller: Any) -> None:
    item = (await caller.get("/v1/me", "karin.oberg")).json()["item"]
    body = {"account_id": item["id"], "user_product_id": item["user_products"][0]["id"]}
    path = "/v1/subscription_system/cancel_payway_provisioned_subscription"
    assert (await caller.send("PUT", path, **body)).status_code == 200
    twin = {"id": body["account_id"], "user_product_id": body["user_product_id"]}
    assert (await caller.send("PUT", "/v1/accounts/cancel_product", **twin)).status_code == 409


async def test_a_limited_package_ends_by_itself_and_cannot_be_cancelled(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark", "digital-30")
    product = (await products(caller, "astrid.lundmark"))[0]
    assert product["subscription_type"] == "limited"
    refused = await caller.send("PUT", "/v1/me/cancel_product", "astrid.lundmark", id=product["id"])
    assert refused.status_code == 409
    move(caller, clock, days=29)
    assert "news" in await caller.active("astrid.lundmark")
    move(caller, clock, days=1)
    assert await caller.active("astrid.lundmark") == []


async def test_a_renewal_that_fails_ends_the_subscription(caller: Any, clock: Clock) -> None:
    await caller.sandbox.set_debt("karin.oberg@demo.example", True)
    move(caller, clock, days=60)
    assert await caller.active("karin.oberg") == []
    history = (await caller.get("/v1/me/get_purchase_history", "karin.oberg")).json()["items"]
    assert [item["state"] for item in history] == ["failed", "closed"]


async def test_a_trial_whose_first_charge_fails_opens_nothing(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark", "digital-trial")
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", True)
    move(caller, clock, days=31)
    assert await caller.active("astrid.lundmark") == []
    assert [order["state"] for order in await orders(caller, "astrid.lundmark")] == ["closed", "failed"]


async def test_other_servers_see_the_same_subscription(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark")
    move(caller, clock, days=31)
    account_id = (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]["id"]
    [long] = (await caller.get("/v1/subscription/get_by_account", account_id=account_id)).json()["items"]
    [short] = (await caller.get(f"/v1/userproducts/{account_id}")).json()["items"]
    assert short == {name: long[name] for name in short}
    assert long["subscription_number"].startswith("DEM1")
    active = await caller.get("/v1/accounts/active_products", account_id=account_id)
    assert active.json()["item"] == {"id": account_id, "active_products": ["digital", "news"]}


async def _owing(caller: Any, clock: Clock, who: str = "astrid.lundmark") -> str:
    """A subscription with seven days of grace whose first renewal could not be charged; its account id."""
    await caller.buy(who, "digital-plus")
    await caller.sandbox.set_debt(f"{who}@demo.example", True)
    move(caller, clock, days=31)
    return str((await caller.get("/v1/me", who)).json()["item"]["id"])


async def test_during_grace_a_charge_is_tried_once_a_day_and_access_goes_on(
    caller: Any, clock: Clock
) -> None:
    await _owing(caller, clock)
    move(caller, clock, days=3)
    [subscription] = await products(caller, "astrid.lundmark")
    assert subscription["state"] == "activated"
    assert subscription["grace_period_to"].startswith("2026-04-17")
    assert "plus" in await caller.active("astrid.lundmark")
    [order] = await orders(caller, "astrid.lundmark")
    states = [(payment["payment_type"], payment["state"]) for payment in order["payments"]]
    assert states == [("normal", "closed"), *[("autopay", "failed")] * 4]


async def test_a_retry_that_succeeds_leaves_the_renewal_dates_as_they_were(caller: Any, clock: Clock) -> None:
    await _owing(caller, clock)
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", False)
    move(caller, clock, days=2)
    [subscription] = await products(caller, "astrid.lundmark")
    assert subscription["state"] == "activated"
    assert subscription["grace_period_to"] is None
    assert subscription["valid_to"].startswith("2026-05-10"), "a month after 10 April, not after the retry"
    move(caller, clock, days=30)
    [subscription] = await products(caller, "astrid.lundmark")
    assert subscription["valid_to"].startswith("2026-06-10")


async def test_when_grace_has_passed_access_ends(caller: Any, clock: Clock) -> None:
    account_id = await _owing(caller, clock)
    move(caller, clock, days=6)
    assert "plus" in await caller.active("astrid.lundmark")
    move(caller, clock, days=1)
    assert await caller.active("astrid.lundmark") == []
    [subscription] = (await caller.get("/v1/userproducts/" + account_id)).json()["items"]
    assert subscription["state"] == "deactivated"
    assert subscription["updated"].startswith("2026-04-17")
    move(caller, clock, days=400)
    [order] = await orders(caller, "astrid.lundmark")
    assert len(order["payments"]) == 1 + 7, "tried on the day and on the six days after it, and never again"


async def test_whoever_cancels_during_grace_is_not_charged_again(caller: Any, clock: Clock) -> None:
    await _owing(caller, clock)
    [subscription] = await products(caller, "astrid.lundmark")
    body = {"id": subscription["id"]}
    await caller.send("PUT", "/v1/me/cancel_product", "astrid.lundmark", **body)
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", False)
    move(caller, clock, days=3)
    assert await caller.active("astrid.lundmark") == []
    assert (await products(caller, "astrid.lundmark"))[0]["state"] == "deactivated"


async def test_a_trial_into_a_package_with_grace_waits_for_its_first_charge(
    make_caller: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = tuple(replace(offer, grace_days=5) for offer in demo_catalogue._OFFERS)
    monkeypatch.setattr(demo_catalogue, "_OFFERS", patient)
    caller = make_caller()
    await caller.buy("astrid.lundmark", "digital-trial")
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", True)
    move(caller, clock, days=32)
    assert "news" in await caller.active("astrid.lundmark")
    assert [order["state"] for order in await orders(caller, "astrid.lundmark")] == ["closed", "created"]
    assert (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]["address"] is None
    await caller.sandbox.set_debt("astrid.lundmark@demo.example", False)
    move(caller, clock, days=1)
    assert [order["state"] for order in await orders(caller, "astrid.lundmark")] == ["closed", "closed"]
    assert (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]["address"]["city"]
    package = (await products(caller, "astrid.lundmark"))[1]
    assert package["valid_to"].startswith("2026-05-10")


@pytest.mark.parametrize("code", ["digital", "digital-trial"])
async def test_the_early_form_for_new_customers_works_as_v2_does(caller: Any, code: str) -> None:
    period = await caller.period(code)
    session = await caller.post(
        "/v1/klarna_payments/create_session_without_account",
        code=code,
        period_type="recurring",
        period_id=period,
        confirmation_url="https://shop.example/confirmation",
    )
    order = {
        "klarna_payments_session_id": session.json()["item"]["klarna_payments_session_id"],
        "klarna_authorization_token": str(uuid.uuid4()),
        "browser_ip": "192.0.2.7",
        "browser_language": "sv-SE",
        "browser_user_agent": "Mozilla/5.0",
    }
    action = "place_trial_order" if code == "digital-trial" else "place_order"
    path = f"/v1/klarna_payments/{action}_without_account"
    unsaid = await caller.post(path, **order)
    assert unsaid.json()["field"] == "customer_info"
    who = {"email": "ny.lasare@demo.example", "first_name": "Ny", "last_name": "Läsare"}
    placed = await caller.post(path, **order, customer_info=who)
    assert placed.json()["item"]["order_id"]
    assert (await caller.get("/v1/accounts/status", email=who["email"])).status_code == 200


async def test_a_subscription_of_the_31st_keeps_its_day_and_its_hour(caller: Any, clock: Clock) -> None:
    clock.stop(datetime(2026, 1, 31, 11, 30, tzinfo=UTC))
    await caller.buy("astrid.lundmark")
    ends = []
    for _ in range(3):
        [subscription] = await products(caller, "astrid.lundmark")
        ends.append(subscription["valid_to"])
        clock.stop(datetime.fromisoformat(subscription["valid_to"]))
        caller.forget_tokens()
    # 12.30 in Sweden all the year round, summer time or not.
    assert ends == ["2026-02-28T12:30:00+01:00", "2026-03-31T12:30:00+02:00", "2026-04-30T12:30:00+02:00"]


async def test_ten_years_are_walked_through_and_going_back_undoes_nothing(caller: Any, clock: Clock) -> None:
    await caller.buy("astrid.lundmark")
    start = clock.now()
    move(caller, clock, days=3652)
    [order] = await orders(caller, "astrid.lundmark")
    assert len(order["payments"]) == 1 + 119
    clock.stop(start)
    caller.forget_tokens()
    [same] = await orders(caller, "astrid.lundmark")
    assert len(same["payments"]) == 1 + 119


async def test_a_start_in_the_future_opens_on_the_day_in_sweden(caller: Any, clock: Clock) -> None:
    session = await caller.session("astrid.lundmark", start_date="2026-03-20")
    await caller.place("astrid.lundmark", session)
    assert await caller.active("astrid.lundmark") == []
    clock.stop(datetime(2026, 3, 19, 22, 59, tzinfo=UTC))
    caller.forget_tokens()
    assert await caller.active("astrid.lundmark") == []
    clock.stop(datetime(2026, 3, 19, 23, 0, tzinfo=UTC))
    caller.forget_tokens()
    assert "news" in await caller.active("astrid.lundmark")


async def test_sessions_authorizations_and_tokens_end_when_they_should(caller: Any, clock: Clock) -> None:
    session, authorization = await caller.session(None), str(uuid.uuid4())
    clock.move(timedelta(hours=47, minutes=59))
    caller.forget_tokens()
    refused = await caller.place(
        None, session, email="skuld+debt@demo.example", klarna_authorization_token=authorization
    )
    assert refused.status_code == 403, "the session is good, Klarna is not"
    clock.move(timedelta(minutes=1))
    late = await caller.place(None, session)
    assert late.json()["field"] == "klarna_payments_session_id"

    session = await caller.session(None)
    await caller.place(None, session, email="a+debt@demo.example", klarna_authorization_token=authorization)
    clock.move(timedelta(minutes=60))
    caller.forget_tokens()
    late = await caller.place(None, session, klarna_authorization_token=authorization)
    assert late.json()["field"] == "klarna_authorization_token"

    headers = await caller.bearer("karin.oberg")
    clock.move(timedelta(seconds=3599))
    assert (await caller.http.get("/external/api/v1/me", headers=headers)).status_code == 200
    clock.move(timedelta(seconds=1))
    assert (await caller.http.get("/external/api/v1/me", headers=headers)).status_code == 401
