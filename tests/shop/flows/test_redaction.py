"""Nothing secret and nothing personal is kept, wherever it stands."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.flows.field_names import PLACEHOLDERS
from klarna_shop.shop.flows.redaction import LONGEST_SWEPT, MOST_ITEMS, Redaction

NAMES = (
    *PLACEHOLDERS,
    *("authorizationToken", "Password", "clientSecret", "X-Api-Key", "api-key", "id_token", "sessionCookie"),
    *("full_name", "street", "zip_code", "postalCode", "city", "mobilePhoneNumber", "co_address", "e_mail"),
)
PEOPLE = ("customer", "customer_info", "delivery_address", "billingAddress", "contact_person", "account")

secrets = st.text(string.ascii_letters + string.digits + "åäö-_", min_size=8, max_size=40).filter(
    lambda text: text.lower() not in {"hidden", "personal"} and text.strip("-_")
)
harmless = st.sampled_from(["code", "message", "name", "foo", "items", "state", "url", "note", "order_id"])


def told(*parts: dict[str, Any], **options: Any) -> str:
    return json.dumps(Redaction().redacted(*parts, **options), ensure_ascii=False)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[list[str], Any]:
    """A body with secrets planted under names that say so, and repeated under names that do not."""
    planted = draw(st.lists(secrets, min_size=1, max_size=4, unique_by=str.lower))
    body: Any = {}
    for secret in planted:
        if draw(st.booleans()):
            body[draw(st.sampled_from(NAMES))] = secret
        else:
            body[draw(st.sampled_from(PEOPLE))] = {draw(harmless): secret}
    held = json.dumps(body, ensure_ascii=False)
    planted = [secret for secret in planted if secret in held]
    for _ in range(draw(st.integers(0, 4))):
        body = draw(st.sampled_from([{"item": body}, {"items": [body]}, [body], {draw(harmless): body}]))
    return planted, body


@given(bodies(), st.data())
def test_no_planted_secret_survives(planted_body: tuple[list[str], Any], data: st.DataObject) -> None:
    planted, body = planted_body
    where = st.sampled_from(["{}", "Account {} was not found", "id={};", "x{}y", "HTTP/1.1 {}"])
    echoes = [data.draw(where).format(secret) for secret in planted]
    request = {"query": {"code": echoes[0]}, "body": body}
    response = {
        "headers": {"X-Request-Id": echoes[-1], "Server": echoes[0]},
        "body": {data.draw(harmless): echo for echo in echoes} | {"message": " ".join(echoes), echoes[0]: 1},
    }
    text = told(request, response)
    assert [secret for secret in planted if secret.lower() in text.lower()] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_says_is_secret_or_personal_is_found_wherever_it_stands(name: str) -> None:
    secret = "Hemlig7Sträng"
    text = told({"body": {name: secret}}, {"body": {"message": f"{secret} is wrong", "code": f"x-{secret}"}})
    assert secret not in text


@pytest.mark.parametrize(
    "header", ["Authorization", "authorization", "Set-Cookie", "X-Sandbox-Scope", "X-New"]
)
def test_what_a_header_holds_is_found_wherever_it_stands(header: str) -> None:
    text = told(
        {"headers": {header: "Bearer hemlig7strang"}}, {"body": {"message": "hemlig7strang is wrong"}}
    )
    assert "hemlig7strang" not in text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    )
)
def test_whatever_is_sent_comes_out_as_json(body: Any) -> None:
    (shown,) = Redaction().redacted({"body": body})
    json.dumps(shown)


MARKERS = {
    "e-mail": "astrid.lundmark@exempel.example",
    "written e-mail": "astrid%40exempel.example",
    "personal number": "19800610-1234",
    "short personal number": "8006101234",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "bearer": "Bearer abc.def-123",
    "address of a computer": "203.0.113.77",
}


@pytest.mark.parametrize("field", ["message", "code", "id", "name", "field", "unheard_of", "state"])
@pytest.mark.parametrize("marker", MARKERS.values(), ids=MARKERS.keys())
def test_what_has_the_form_of_something_private_is_found_under_any_name(field: str, marker: str) -> None:
    assert marker not in told({"body": {field: marker, "items": [{field: f"see {marker} there"}]}})


@pytest.mark.parametrize(
    "text", ["+46 70 123 45 67", "0701234567", "https://shop.example/c?purchase=x", "a" * 30]
)
def test_prose_is_swept_of_phone_numbers_addresses_and_what_nobody_can_read(text: str) -> None:
    assert text not in told({"body": {"message": f"Please see {text} now"}})


def test_long_prose_is_not_cut_through_the_middle_of_something() -> None:
    email = "astrid.lundmark@exempel.example"
    text = "word " * ((LONGEST_SWEPT - 10) // 5) + email
    assert "astrid" not in told({"body": {"message": text}})
    swept_short = f"{'https://a.example/' + 'b' * ((LONGEST_SWEPT - 10) // 2 - 19)} " * 2 + email
    assert swept_short[:LONGEST_SWEPT].endswith(" astrid.lun")
    assert "astrid" not in told({"body": {"message": swept_short}})


def test_what_a_team_needs_to_see_is_shown() -> None:
    body = {
        "code": "digital",
        "period_id": "5d1f0c3a9b8e7d6c5b4a3f2e",
        "price": 12900,
        "start_date": "2026-12-01",
        "merchant_reference": "p" * 32,
        "confirmation_url": "https://shop.example/confirmation?purchase=secret",
        "payment_method_categories": ["pay_now", "direct_debit"],
        "enabled": True,
        "name": "Digital all days",
        "foo": "whatever this is",
    }
    (shown,) = Redaction().redacted({"headers": {"Content-Type": "application/json"}, "body": body})
    assert shown["headers"] == {"Content-Type": "application/json"}
    assert shown["body"] == body | {
        "confirmation_url": "https://shop.example/…",
        "foo": "[text, 16 characters]",
    }


def test_a_long_list_is_counted_and_what_it_names_is_still_swept() -> None:
    people = [{"email": f"reader{number}@exempel.example"} for number in range(MOST_ITEMS + 3)]
    text = told({"body": {"items": people, "code": f"reader{MOST_ITEMS + 2}@exempel.example"}})
    assert "… and 3 more" in text
    assert "@" not in text


def test_the_installations_own_secrets_are_swept_from_everything() -> None:
    (shown,) = Redaction(["the-client-secret"]).redacted({"body": {"code": "the-client-secret", "id": "a"}})
    assert shown == {"body": {"code": "[hidden]", "id": "a"}}


def test_a_code_in_a_request_for_a_token_is_no_offers_code() -> None:
    form = {"code": "one-time", "scope": "/external/me/w /external/me/r"}
    (shown,) = Redaction().redacted({"body": form}, bare=["code"])
    assert shown["body"] == form | {"code": "$CODE"}
