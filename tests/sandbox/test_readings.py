"""Every reading does something: each of its alternatives can be told from the others by an answer."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from klarna_shop.sandbox import Readings
from klarna_shop.sandbox.openid.codes import CodeRequest
from klarna_shop.sandbox.readings import EXCLUDED, Choice, ReadingError
from klarna_shop.sandbox.scopes import OPENID

Probe = Callable[[Any], Awaitable[Any]]
KLARNA = "/v2/klarna_payments"
SESSION = {"code": "digital", "period_type": "recurring", "confirmation_url": "https://shop.example/"}
CREATE_ATTEMPT = "/v1/accounts/create_authentication_attempt"
ATTEMPTS = "/v1/accounts/get_authentication_attempts"
ASTRID = "astrid.lundmark@demo.example"


async def _stale(caller: Any) -> Any:
    return await caller.http.get("/external/api/v1/me", headers={"Authorization": "Bearer guess"})


async def _forbidden(caller: Any) -> Any:
    token = (await caller.token(grant_type="none", scope="/external/title/r")).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return await caller.http.get("/external/api/v2/products?product_code=digital", headers=headers)


async def _session(caller: Any, who: str | None = None, **body: Any) -> Any:
    return await caller.post(
        f"/{'v1' if who else 'v2'}/klarna_payments/create_session", who, **SESSION, **body
    )


async def _refused(caller: Any, **body: Any) -> Any:
    await caller.sandbox.set_debt(ASTRID, True)
    return await caller.buy("astrid.lundmark", **body)


async def _taken_number(caller: Any) -> Any:
    return await caller.buy("eva.wiklund", "digital-plus")


async def _used_session(caller: Any) -> Any:
    session = await caller.session(None)
    await caller.place(None, session)
    return await caller.place(None, session)


async def _used_authorization(caller: Any) -> Any:
    token = str(uuid.uuid4())
    await caller.buy(None, klarna_authorization_token=token)
    return await caller.buy(None, klarna_authorization_token=token)


async def _sent_twice_at_once(caller: Any) -> list[int]:
    session, token = await caller.session(None), {"klarna_authorization_token": str(uuid.uuid4())}
    answers = await asyncio.gather(*(caller.place(None, session, **token) for _ in range(2)))
    return sorted(answer.status_code for answer in answers)


async def _new_account(caller: Any, email: str = "ny@demo.example") -> Any:
    return await caller.post("/v2/accounts", email=email, password="demo1234")


async def _attempt(caller: Any, successful: bool = False) -> Any:
    return await caller.post(CREATE_ATTEMPT, email=ASTRID, login_successful=successful)


async def _subscriptions(caller: Any, who: str) -> list[dict[str, Any]]:
    return list((await caller.get("/v1/me", who)).json()["item"]["user_products"])


async def _cancelled_twice(caller: Any) -> Any:
    user_product = (await _subscriptions(caller, "nils.sandstrom"))[0]["id"]
    return await caller.send("PUT", "/v1/me/cancel_product", "nils.sandstrom", id=user_product)


async def _order(caller: Any) -> dict[str, Any]:
    number = (await _subscriptions(caller, "karin.oberg"))[0]["order_id"]
    return dict((await caller.get("/v1/order", order_id=number)).json()["item"])


async def _renewal(caller: Any) -> str:
    await caller.bearer("karin.oberg")  # the seed is older than what follows
    caller.sandbox.clock.move(timedelta(days=31))
    caller.forget_tokens()
    history = (await caller.get("/v1/me/get_purchase_history", "karin.oberg")).json()["items"]
    return str(history[0]["payment_type"])


async def _campaign(caller: Any) -> dict[str, Any]:
    return dict((await caller.get("/v4/products", product_code="digital-intro")).json()["item"])


async def _start_dates(caller: Any, of: str | None = None) -> list[str]:
    query = {"product_code": "digital"}
    if of:
        query["account_id"] = (await caller.get("/v3/me", of)).json()["item"]["id"]
    answer = await caller.get("/v1/order/get_possible_start_dates", **query)
    return list(answer.json()["item"]["subscription_start_dates"])


async def _status_of_unverified(caller: Any) -> str:
    email = "ny@demo.example"
    await caller.post("/v2/accounts", email=email, password="demo1234", require_verification=True)
    return str((await caller.get("/v1/accounts/status", email=email)).json()["item"]["status"])


async def _rotated(caller: Any) -> list[int]:
    refresh_token = (await caller.sign_in(ASTRID)).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return [(await caller.token(**form)).status_code for _ in range(2)]


async def _failures_until_frozen(caller: Any) -> int:
    for failures in range(20):
        if (await caller.get(ATTEMPTS, email=ASTRID)).json()["item"]["account_frozen"]:
            return failures
        await _attempt(caller)
    raise AssertionError("never frozen")


async def _frozen_until(caller: Any) -> str:
    await _failures_until_frozen(caller)
    return str((await caller.get(ATTEMPTS, email=ASTRID)).json()["item"]["frozen_until"])


async def _ineligible(caller: Any) -> int:
    return int((await _session(caller, "karin.oberg")).status_code)


async def _reason(caller: Any) -> str:
    path = "/v1/me/order/pre_validate_purchase"
    answer = await caller.get(path, "karin.oberg", product_code="digital-intro")
    return str(answer.json()["item"]["reason"])


async def _wrong_client(caller: Any) -> int:
    return int((await caller.token(grant_type="none", client_secret="wrong")).status_code)


async def _discovered(caller: Any) -> dict[str, Any]:
    return dict((await caller.http.get("/.well-known/openid-configuration")).json())


async def _sent_back(caller: Any) -> str:
    """The path to which a browser is sent that asks for refresh tokens."""
    query = {
        "client_id": "sandbox-client",
        "redirect_uri": caller.sandbox.settings.registered_redirect_uri,
        "response_type": "code",
        "scope": "openid offline_access",
    }
    answer = await caller.http.get("/openid/authorize", params=query)
    return str(answer.headers["location"].partition("?")[0])


async def _id_token(caller: Any) -> dict[str, Any]:
    """Header and claims of an ID token, together."""
    home = caller.sandbox.settings.registered_redirect_uri
    code = await caller.sandbox.issue_authorization_code(ASTRID, CodeRequest(home, [OPENID]))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": home}
    answer = await caller.http.post("/openid/token", data=form, auth=("sandbox-client", "sandbox-secret"))
    header, claims, _ = answer.json()["id_token"].split(".")
    parts = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims))
    return {name: value for part in parts for name, value in part.items()}


PROBES: dict[str, Probe] = {
    "stale_token_status": lambda caller: _status(_stale(caller)),
    "unauthorized_code": lambda caller: _field(_stale(caller), "code"),
    "unauthorized_body": lambda caller: _fields(_stale(caller)),
    "forbidden_code": lambda caller: _field(_forbidden(caller), "code"),
    "forbidden_body": lambda caller: _fields(_forbidden(caller)),
    "identity_missing_status": lambda caller: _status(caller.get("/v1/me")),
    "wrong_client_status": _wrong_client,
    "wrong_password_status": lambda caller: _status(caller.sign_in(ASTRID, "wrong")),
    "wrong_password_error": lambda caller: _field(caller.sign_in(ASTRID, "wrong"), "error"),
    "frozen_account_error": lambda caller: _field(caller.sign_in("linnea.nyberg@demo.example"), "error"),
    "void_grant_status": lambda caller: _status(caller.token(grant_type="ticket", ticket="guess")),
    "grants_refresh_token": lambda caller: _fields(caller.sign_in(ASTRID)),
    "rotates_refresh_token": _rotated,
    "token_type": lambda caller: _field(caller.sign_in(ASTRID), "token_type"),
    "scope_in_token_answer": lambda caller: _fields(caller.token(grant_type="none")),
    "token_lifetime": lambda caller: _field(caller.token(grant_type="none"), "expires_in"),
    "openid_offline_scope": lambda caller: _value(_discovered(caller), "scopes_supported"),
    "openid_offline_refusal": lambda caller: _sent_back(caller),
    "openid_client_authentication": lambda caller: _keyed(
        _discovered(caller), "token_endpoint_auth_methods_supported"
    ),
    "openid_algorithm": lambda caller: _value(_id_token(caller), "alg"),
    "openid_names_key": lambda caller: _keys(_id_token(caller)),
    "openid_audience": lambda caller: _value(_id_token(caller), "aud"),
    "openid_names_issuer": lambda caller: _keys(_discovered(caller)),
    "openid_signing_key": lambda caller: _value(_id_token(caller), "kid"),
    "openid_clock": lambda caller: _value(_id_token(caller), "iat"),
    "wrap_klarna_answers": lambda caller: _fields(_session(caller)),
    "post_status": lambda caller: _status(_session(caller)),
    "session_id_form": lambda caller: _length_of_session_id(caller),
    "categories_form": lambda caller: _categories(caller),
    "categories": lambda caller: _categories(caller),
    "direct_debit_for_trials": lambda caller: _status(_trial_order(caller)),
    "differing_personal_number": lambda caller: _changed_number(caller),
    "unknown_code_status": lambda caller: _status(
        caller.post(f"{KLARNA}/create_session", **(SESSION | {"code": "nothing"}))
    ),
    "unusable_period_status": lambda caller: _status(_session(caller, period_id="0" * 24)),
    "refuse_ineligible_sessions": _ineligible,
    "ineligible_session_status": _ineligible,
    "redirect_field": lambda caller: _item_fields(caller.buy(None)),
    "order_id_in_answer": lambda caller: _item_fields(caller.buy(None)),
    "refusal_code": lambda caller: _field(_refused(caller), "code"),
    "synchronisation_codes": lambda caller: _field(_taken_number(caller), "code"),
    "synchronisation_status": lambda caller: _status(_taken_number(caller)),
    "void_session_answer": lambda caller: _status(_used_session(caller)),
    "used_authorization_answer": lambda caller: _status(_used_authorization(caller)),
    "simultaneous_orders": _sent_twice_at_once,
    "known_email_without_identity": lambda caller: _status(caller.buy(None, email=ASTRID)),
    "base_package_reference": lambda caller: _keys(_campaign(caller)),
    "price_periods_in_product": lambda caller: _keys(_campaign(caller)),
    "product_list_field": lambda caller: _fields(caller.get("/v1/products")),
    "pre_validation": _reason,
    "order_eligibility": lambda caller: _status(caller.buy("karin.oberg")),
    "timestamps": lambda caller: _length_of_time(caller),
    "account_creation_answer": lambda caller: _fields(_new_account(caller)),
    "taken_email_status": lambda caller: _status(_new_account(caller, ASTRID)),
    "attempt_answer": lambda caller: _fields(_attempt(caller, successful=True)),
    "attempts_before_freeze": _failures_until_frozen,
    "freeze_minutes": _frozen_until,
    "conflict_codes": lambda caller: _field(_cancelled_twice(caller), "code"),
    "possible_start_dates": lambda caller: _start_dates(caller),
    "start_dates_of_subscriber": lambda caller: _start_dates(caller, of="karin.oberg"),
    "other_start_dates": lambda caller: _status(_session(caller, start_date="2026-12-24")),
    "verification": _status_of_unverified,
    "renewal_payment_type": _renewal,
}
"""For each reading a way to see it, by name; a new reading without one fails here."""

PRECONDITIONS: dict[str, dict[str, Any]] = {
    "openid_offline_refusal": {"grants_refresh_token": False},
    "categories": {"categories_form": "objects"},
    "direct_debit_for_trials": {"categories": ("klarna",)},
    "ineligible_session_status": {"refuse_ineligible_sessions": True},
}
"""Readings that show only together with another one."""


async def _status(answer: Awaitable[Any]) -> int:
    return int((await answer).status_code)


async def _field(answer: Awaitable[Any], name: str) -> Any:
    return (await answer).json().get(name)


async def _fields(answer: Awaitable[Any]) -> list[str] | None:
    got = await answer
    return sorted(got.json()) if got.content else None


async def _item_fields(answer: Awaitable[Any]) -> list[str]:
    return sorted((await answer).json()["item"])


async def _keys(described: Awaitable[dict[str, Any]]) -> list[str]:
    return sorted(await described)


async def _value(described: Awaitable[dict[str, Any]], name: str) -> Any:
    return (await described)[name]


async def _keyed(described: Awaitable[dict[str, Any]], name: str) -> Any:
    return (await described).get(name)


async def _categories(caller: Any) -> Any:
    return (await _session(caller)).json()["item"].get("payment_method_categories")


async def _trial_order(caller: Any) -> Any:
    return await caller.place(None, await caller.session(None, "digital-trial"), trial=True)


async def _changed_number(caller: Any) -> bool:
    async def number() -> str:
        return str((await caller.get("/v1/me", "erik.wiklund")).json()["item"]["social_security_number"])

    before = await number()
    await caller.buy("erik.wiklund")
    return await number() != before


async def _length_of_session_id(caller: Any) -> int:
    return len((await _session(caller)).json()["item"]["klarna_payments_session_id"])


async def _length_of_time(caller: Any) -> int:
    return len((await _subscriptions(caller, "karin.oberg"))[0]["created"])


@pytest.mark.parametrize("choice", Readings.choices(), ids=lambda choice: choice.name)
async def test_each_alternative_of_a_reading_changes_an_answer(choice: Choice, make_caller: Any) -> None:
    seen = []
    for alternative in choice.alternatives:
        caller = make_caller()
        values = PRECONDITIONS.get(choice.name, {}) | {choice.name: alternative.value}
        caller.sandbox.readings = Readings().changed(values)
        seen.append(await PROBES[choice.name](caller))
    for one, other in itertools.combinations(seen, 2):
        assert one != other


@pytest.mark.parametrize("choice", Readings.choices(), ids=lambda choice: choice.name)
def test_each_reading_says_what_it_is(choice: Choice) -> None:
    assert choice.section[0].isdigit()
    assert choice.meaning
    assert len(choice.alternatives) > 1
    assert choice.drawn, "uncertainty mode has to draw something"
    assert choice.default in choice.drawn
    assert all(alternative.meaning for alternative in choice.alternatives)
    assert Readings().values()[choice.name] == choice.default


def test_a_value_that_is_no_alternative_is_refused_by_name() -> None:
    with pytest.raises(
        ReadingError, match=r"post_status: Reading must be within \[200, 201, 202\], and not 204"
    ):
        Readings(post_status=204)
    with pytest.raises(ReadingError, match="order_id_in_answer"):
        Readings(order_id_in_answer=1)  # type: ignore[arg-type]
    with pytest.raises(ReadingError, match="no such reading"):
        Readings().changed({"post_stattus": 201})


def test_every_drawable_alternative_is_drawn_and_no_other() -> None:
    random = Random(1)
    drawn = [Readings.drawn(random).values() for _ in range(400)]
    for choice in Readings.choices():
        assert {values[choice.name] for values in drawn} == set(choice.drawn)


def test_what_no_client_could_tell_apart_is_never_drawn_together() -> None:
    random = Random(2)
    for _ in range(400):
        values = Readings.drawn(random).values()
        for excluded in EXCLUDED:
            assert not all(values[name] in refused for name, refused in excluded.values.items())


def test_readings_read_back_from_their_own_json() -> None:
    drawn = Readings.drawn(Random(3))
    as_json = {
        name: list(value) if isinstance(value, tuple) else value for name, value in drawn.values().items()
    }
    assert Readings().changed(as_json) == drawn
