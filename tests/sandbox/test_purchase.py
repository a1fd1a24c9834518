from __future__ import annotations

import asyncio
import base64
import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from klarna_shop.sandbox import Clock, Fault, Readings
from klarna_shop.sandbox.klarna_categories import ACCOUNTS, CATEGORIES

SESSION = "klarna_payments_session_id"
TOKEN = "klarna_authorization_token"


async def test_a_purchase_makes_order_payment_and_subscription_that_add_up(caller: Any) -> None:
    answer = await caller.buy("astrid.lundmark")
    assert answer.status_code == 200
    item = answer.json()["item"]
    assert item["order_id"] == "DEMO-1001"
    assert item["redirect_url"].startswith("http://shop.example/sandbox/klarna/redirect?token=")
    books = await caller.sandbox.books()
    order = next(order for order in books.orders if order.order_id == "DEMO-1001")
    payments = [payment for payment in books.payments if payment.order_id == "DEMO-1001"]
    subscriptions = [row for row in books.subscriptions if row.order_id == "DEMO-1001"]
    assert (order.state, order.price, order.merchant_reference) == ("closed", 12_900, "purchase-1")
    assert [(payment.amount, payment.kind, payment.state) for payment in payments] == [
        (12_900, "normal", "closed")
    ]
    assert [row.state for row in subscriptions] == ["activated"]
    assert await caller.active("astrid.lundmark") == ["digital", "news"]


async def test_every_closed_order_has_its_price_paid_exactly_once(caller: Any) -> None:
    for code in ("digital-intro", "digital-plus", "digital-30"):
        assert (await caller.buy("astrid.lundmark", code)).status_code == 200
    await caller.buy(None, "digital-trial")
    await caller.buy("oskar.falk")
    books = await caller.sandbox.books()
    for order in books.orders:
        paid = [p.amount for p in books.payments if p.order_id == order.order_id and p.state == "closed"]
        assert paid == ([order.price] if order.state == "closed" else [])


@pytest.mark.parametrize("in_file", [False, True])
async def test_ten_orders_at_once_on_one_session_give_one(
    make_caller: Any, tmp_path: Path, in_file: bool
) -> None:
    caller = make_caller(database=tmp_path / "sandbox.sqlite3" if in_file else None)
    session = await caller.session("astrid.lundmark")
    token = str(uuid.uuid4())
    tokens = [token] * 5 + [str(uuid.uuid4()) for _ in range(5)]
    answers = await asyncio.gather(
        *(caller.place("astrid.lundmark", session, klarna_authorization_token=token) for token in tokens)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    assert {a.json()["field"] for a in answers if a.status_code == 400} == {SESSION}
    books = await caller.sandbox.books()
    assert len([order for order in books.orders if order.session_id == session]) == 1


async def test_two_processes_on_one_file_give_one_order(make_caller: Any, tmp_path: Path) -> None:
    # Two engines on one file meet in SQLite exactly as two processes do.
    one, other = (make_caller(database=tmp_path / "sandbox.sqlite3") for _ in range(2))
    session = await one.session("astrid.lundmark")
    answers = await asyncio.gather(
        *(caller.place("astrid.lundmark", session) for caller in (one, other) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


async def test_with_the_other_reading_the_same_call_twice_at_once_gives_two_orders(
    caller: Any, clock: Clock
) -> None:
    caller.sandbox.readings = Readings(simultaneous_orders="each")
    session = await caller.session("astrid.lundmark")
    token = {"klarna_authorization_token": str(uuid.uuid4())}
    both = await asyncio.gather(*(caller.place("astrid.lundmark", session, **token) for _ in range(2)))
    assert [answer.status_code for answer in both] == [200, 200]
    assert both[0].json()["item"]["order_id"] != both[1].json()["item"]["order_id"]
    clock.move(timedelta(seconds=1))
    later = await caller.place("astrid.lundmark", session, **token)
    assert (later.status_code, later.json()["field"]) == (400, SESSION), "it comes when the first is done"


async def test_a_session_is_good_for_48_hours(caller: Any, clock: Clock) -> None:
    early, late = await caller.session("astrid.lundmark"), await caller.session("astrid.lundmark")
    clock.move(timedelta(hours=47, minutes=59))
    caller.forget_tokens()
    assert (await caller.place("astrid.lundmark", early)).status_code == 200
    clock.move(timedelta(minutes=1))
    answer = await caller.place("astrid.lundmark", late)
    assert (answer.status_code, answer.json()["field"]) == (400, SESSION)


async def test_an_authorization_is_good_for_60_minutes_and_one_order(caller: Any, clock: Clock) -> None:
    token = str(uuid.uuid4())
    refused = await caller.session("eva.wiklund")
    first = await caller.place("eva.wiklund", refused, klarna_authorization_token=token)
    assert first.json()["code"] == "ssn_already_taken"
    clock.move(timedelta(minutes=60))
    caller.forget_tokens()
    late = await caller.place("eva.wiklund", refused, klarna_authorization_token=token)
    assert (late.status_code, late.json()["field"]) == (400, TOKEN)

    used = str(uuid.uuid4())
    await caller.buy("astrid.lundmark", klarna_authorization_token=used)
    again = await caller.buy("astrid.lundmark", "digital-plus", klarna_authorization_token=used)
    assert (again.status_code, again.json()["field"]) == (400, TOKEN)


async def test_a_session_belongs_to_whoever_made_it(caller: Any) -> None:
    mine, nobodys = await caller.session("astrid.lundmark"), await caller.session(None)
    for answer in (
        await caller.place("karin.oberg", mine),
        await caller.place(None, mine),
        await caller.place("astrid.lundmark", nobodys),
        await caller.place("astrid.lundmark", str(uuid.uuid4())),
    ):
        assert (answer.status_code, answer.json()["field"]) == (400, SESSION)
    assert (await caller.place("astrid.lundmark", mine)).status_code == 200


@pytest.mark.parametrize("trial", [False, True])
async def test_a_customer_in_debt_is_refused_and_gets_no_access(caller: Any, trial: bool) -> None:
    session = await caller.session("oskar.falk", "digital-trial" if trial else "digital")
    answer = await caller.place("oskar.falk", session, trial=trial)
    assert (answer.status_code, answer.json()["code"]) == (403, "payment_method_failed")
    assert await caller.active("oskar.falk") == []
    books = await caller.sandbox.books()
    order = next(order for order in books.orders if order.session_id == session)
    assert order.state == "failed"
    ended = next(row for row in books.subscriptions if row.order_id == order.order_id)
    assert ended.state == "deactivated"
    # Only success voids a session: repeating gives the same refusal, never a hint that it succeeded.
    assert (await caller.place("oskar.falk", session, trial=trial)).status_code == 403


async def test_a_new_customer_gets_an_account_and_a_mail_to_set_a_password(caller: Any) -> None:
    assert (await caller.buy(None, email="Ny.Lasare@demo.example")).status_code == 200
    books = await caller.sandbox.books()
    account = next(row for row in books.accounts if row.email == "ny.lasare@demo.example")
    assert [(m.kind, m.recipient) for m in books.mails] == [
        ("account_created_with_password_reset", account.email)
    ]
    assert books.orders[-1].account_id == account.id
    assert account.password_hash == ""
    assert (await caller.sign_in(account.email, "")).status_code == 400


async def test_a_known_email_gets_the_order_on_its_account(caller: Any) -> None:
    assert (await caller.buy(None, email="astrid.lundmark@demo.example")).status_code == 200
    assert "news" in await caller.active("astrid.lundmark")
    books = await caller.sandbox.books()
    assert books.mails == []


async def test_a_new_customer_in_debt_is_refused(caller: Any) -> None:
    answer = await caller.buy(None, email="ny+debt@demo.example")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("email", "flag", "code"),
    [
        ("ny+account-error", "raise_on_account_update_error", "account_update_error"),
        ("ny+delivery-error", "raise_on_delivery_address_error", "delivery_address_error"),
        ("ny+ssn-taken", "raise_on_ssn_already_taken_error", "ssn_already_taken"),
    ],
)
async def test_a_failed_synchronisation_aborts_only_where_its_flag_says_so(
    caller: Any, email: str, flag: str, code: str
) -> None:
    before = await caller.sandbox.books()
    session = await caller.session(None)
    options = {"email": f"{email}@demo.example"}
    refused = await caller.place(None, session, **options, **{flag: True})
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    after = await caller.sandbox.books()
    assert (len(after.orders), len(after.accounts)) == (len(before.orders), len(before.accounts))
    assert (await caller.place(None, session, **options, **{flag: False})).status_code == 200


async def test_the_demo_customers_with_personal_numbers_do_what_they_are_for(caller: Any) -> None:
    assert (await caller.buy("eva.wiklund")).json()["code"] == "ssn_already_taken"
    refused = await caller.buy("erik.wiklund", raise_on_ssn_already_set_error=True)
    assert refused.json()["code"] == "ssn_already_set"


@pytest.mark.parametrize("reading", ["replaced", "kept"])
async def test_klarnas_data_win_and_a_personal_number_that_is_set_by_reading(
    make_caller: Any, reading: Literal["replaced", "kept"]
) -> None:
    caller = make_caller(readings=Readings(differing_personal_number=reading))
    before = (await caller.get("/v1/me", "erik.wiklund")).json()["item"]
    assert (before["first_name"], before["last_name"]) == ("Erik", "Wiklund")
    assert (await caller.buy("erik.wiklund")).status_code == 200
    after = (await caller.get("/v1/me", "erik.wiklund")).json()["item"]
    assert (after["first_name"], after["last_name"]) == ("Erik Kim", "Wiklund Ek")
    changed = after["social_security_number"] != before["social_security_number"]
    assert changed is (reading == "replaced")


async def test_what_the_account_has_is_kept_where_the_session_says_so(caller: Any) -> None:
    before = (await caller.get("/v1/me", "erik.wiklund")).json()["item"]
    session = await caller.session("erik.wiklund", disable_account_info_overwrite=True)
    assert (await caller.place("erik.wiklund", session)).status_code == 200
    after = (await caller.get("/v1/me", "erik.wiklund")).json()["item"]
    for name in ("first_name", "last_name", "social_security_number"):
        assert after[name] == before[name]


async def test_a_new_customer_may_have_another_name_at_klarna(caller: Any) -> None:
    assert (await caller.buy(None, email="ny+other-name@demo.example")).status_code == 200
    [account] = [one for one in (await caller.sandbox.books()).accounts if "+other-name" in one.email]
    assert account.first_name.endswith(" Kim")
    assert account.last_name.endswith(" Ek")


def _claims(client_token: str) -> dict[str, Any]:
    payload = client_token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


APPROVED_BY = {
    name: f"01234567-89ab-8cde-8f01-2345678901{place:02x}" for place, name in enumerate(CATEGORIES)
}


@pytest.mark.parametrize("category", CATEGORIES)
async def test_a_trial_takes_an_approval_by_direct_debit_alone(caller: Any, category: str) -> None:
    session = await caller.session(None, "digital-trial")
    token = APPROVED_BY[category]
    answer = await caller.place(None, session, trial=True, klarna_authorization_token=token)
    by_debit = category == "direct_debit"
    assert answer.status_code == (200 if by_debit else 403)
    orders = [order.state for order in (await caller.sandbox.books()).orders if order.session_id == session]
    assert orders == ["closed" if by_debit else "failed"]


@pytest.mark.parametrize("category", CATEGORIES)
async def test_a_paid_order_takes_an_approval_by_any_category(caller: Any, category: str) -> None:
    token = APPROVED_BY[category]
    answer = await caller.place(None, await caller.session(None), klarna_authorization_token=token)
    assert answer.status_code == 200


async def test_without_direct_debit_no_trial_is_ordered_whatever_the_token_says(make_caller: Any) -> None:
    caller = make_caller(readings=Readings(categories=("klarna",)))
    session = await caller.session(None, "digital-trial")
    assert (await caller.place(None, session, trial=True)).status_code == 403


@pytest.mark.parametrize("form", ["absent", "names", "objects"])
@pytest.mark.parametrize("categories", [("klarna",), ("pay_now", "direct_debit"), ()])
async def test_the_stub_knows_the_accounts_categories_whether_or_not_they_are_listed(
    make_caller: Any, form: Literal["absent", "names", "objects"], categories: tuple[str, ...]
) -> None:
    caller = make_caller(readings=Readings(categories_form=form, categories=categories))
    body = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}
    item = (await caller.post("/v2/klarna_payments/create_session", **body)).json()["item"]
    claims = _claims(item["klarna_client_token"])
    assert claims["x-demo"]["payment_method_categories"] == list(categories)
    listed = item.get("payment_method_categories")
    if form == "absent":
        assert listed is None
    else:
        names = [entry["identifier"] if form == "objects" else entry for entry in listed]
        assert names == list(categories)


@pytest.mark.parametrize(("name", "categories"), ACCOUNTS.items())
async def test_one_session_can_be_given_an_account_of_its_own(
    caller: Any, name: str, categories: tuple[str, ...]
) -> None:
    await caller.sandbox.faults.add(Fault(kind="klarna", klarna=name, path="*/create_session*"))
    body = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}
    item = (await caller.post("/v2/klarna_payments/create_session", **body)).json()["item"]
    claims = _claims(item["klarna_client_token"])
    assert claims["x-demo"]["payment_method_categories"] == list(categories)
    assert "scenario" not in claims["x-demo"]
    assert ("payment_method_categories" in item) is (name == "categories_klarna_listed")


async def test_klarna_details_reach_the_account_with_a_paid_order(caller: Any) -> None:
    before = (await caller.get("/v3/me", "astrid.lundmark")).json()["item"]
    assert before["address"] is before["birth_date"] is before["mobile_phone_number"] is None
    await caller.buy("astrid.lundmark")
    after = (await caller.get("/v3/me", "astrid.lundmark")).json()["item"]
    assert after["address"]["country_code"] == after["delivery_address"]["country_code"] == "SE"
    assert after["social_security_number"]
    assert after["age"] > 18


async def test_existing_details_stay_where_overwriting_is_disabled(caller: Any) -> None:
    created = {"email": "kalle@demo.example", "password": "demo1234", "first_name": "Kalle-Kula"}
    await caller.post("/v1/accounts", **created, mobile_phone_number="0701740699")
    session = await caller.session("kalle", disable_account_info_overwrite=True)
    assert (await caller.place("kalle", session)).status_code == 200
    me = (await caller.get("/v1/me", "kalle")).json()["item"]
    assert (me["first_name"], me["mobile_phone_number"]) == ("Kalle-Kula", "0701740699")
    assert me["address"]["city"]


async def test_a_later_start_gives_a_pending_subscription(caller: Any, clock: Clock) -> None:
    session = await caller.session("astrid.lundmark", start_date="2026-03-20")
    assert (await caller.place("astrid.lundmark", session)).status_code == 200
    assert await caller.active("astrid.lundmark") == []
    me = (await caller.get("/v1/me", "astrid.lundmark")).json()["item"]
    assert me["user_products"][0]["state"] == "pending"
    assert me["user_products"][0]["valid_from"] == "2026-03-20T00:00:00+01:00"
    clock.move(timedelta(days=10))
    caller.forget_tokens()
    assert "news" in await caller.active("astrid.lundmark")


async def test_a_trial_takes_its_own_order_call_and_a_period(caller: Any) -> None:
    trial, paid = await caller.session(None, "digital-trial"), await caller.session(None)
    assert (await caller.place(None, trial)).json()["field"] == SESSION
    assert (await caller.place(None, paid, trial=True)).json()["field"] == SESSION
    without = await caller.post(
        "/v2/klarna_payments/create_session",
        code="digital-trial",
        period_type="recurring",
        confirmation_url="https://shop.example/",
    )
    assert (without.status_code, without.json()["field"]) == (400, "period_id")
    assert (await caller.place(None, trial, trial=True)).status_code == 200


async def test_the_readings_change_what_is_not_documented(make_caller: Any) -> None:
    readings = Readings(
        wrap_klarna_answers=False,
        post_status=201,
        redirect_field="redirect_uri",
        order_id_in_answer=False,
        categories_form="objects",
    )
    caller = make_caller(readings=readings)
    body = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}
    session = await caller.post("/v2/klarna_payments/create_session", **body)
    assert session.status_code == 201
    assert [c["identifier"] for c in session.json()["payment_method_categories"]] == [
        "pay_now",
        "direct_debit",
    ]
    order = await caller.place(None, session.json()["klarna_payments_session_id"])
    assert order.status_code == 201
    assert list(order.json()) == ["redirect_uri"]


async def test_klarnas_page_sends_the_buyer_on_to_the_confirmation(caller: Any) -> None:
    address = (await caller.buy("astrid.lundmark")).json()["item"]["redirect_url"]
    page = await caller.http.get(address.removeprefix("http://shop.example"))
    assert page.status_code == 200
    assert '<html lang="sv">' in page.text
    assert 'content="0;url=https://shop.example/confirmation?purchase=1"' in page.text
    assert "demo" in page.text.lower()
    guessed = await caller.http.get("/sandbox/klarna/redirect?token=guess")
    assert guessed.status_code == 404
    assert "http-equiv" not in guessed.text


async def test_a_confirmation_address_cannot_break_out_of_klarnas_page(caller: Any) -> None:
    session = await caller.session(
        None, confirmation_url='https://shop.example/?a="><script>alert(1)</script>'
    )
    order = await caller.place(None, session, browser_language="en-GB")
    page = await caller.http.get(order.json()["item"]["redirect_url"].removeprefix("http://shop.example"))
    assert "<script" not in page.text
    assert '<html lang="en">' in page.text
