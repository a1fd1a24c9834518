from __future__ import annotations

from datetime import timedelta
from typing import Any

from klarna_shop.sandbox import Clock


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
