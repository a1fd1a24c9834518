from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.operations.conformance.shape import ANOTHER_TEXT, Shape, message_form, shape_of

SECRET = "Astrid Lundmark, 19800610-2392, astrid@demo.example"
KEYS = st.sampled_from(["name", "email", "id", "state", "type", "code", "items", "item", "message"])
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.just(SECRET), st.just(SECRET[:15]))
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)


def of(body: Any, status: int = 200) -> Shape:
    return shape_of(httpx.Response(status, json=body))


@given(JSON, st.sampled_from([200, 400]))
def test_no_value_of_anybodys_survives(body: Any, status: int) -> None:
    assert "Astrid" not in repr(of(body, status))


@given(st.lists(st.fixed_dictionaries({"id": st.integers(), "price": st.integers() | st.floats(0, 9)})))
def test_lists_are_merged_to_one_place(entries: list[Any]) -> None:
    places = of({"items": entries}).places
    assert set(places) == {"", "items"} | (
        {"items[]", "items[].id", "items[].price"} if entries else set[str]()
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("0123456789abcdef01234567", "entity id"),
        ("DEMO-1001", "order number"),
        ("ADE10001", "subscription number"),
        ("2026-03-10T10:30:00+01:00", "time"),
        ("2026-03-10T10:30:00.000+01:00", "time with milliseconds"),
        ("2026-03-10T09:30:00Z", "time in UTC"),
        ("2026-03-10T10:30:00", "time without offset"),
        ("2026-03-10", "date"),
        ("100.0", "decimal text"),
        ("9900", "digits"),
        (210, "number"),
        (99.0, "number"),
        (True, "boolean"),
        (None, "null"),
        ("", "empty text"),
        ("https://x.example/?token=1", "address"),
        ("Digital Plus", "text"),
        ("kq3Vw8rYtZ0aLxN5bGd7uPcEoJf2HsMiKvTRyQXhB-7", "text"),
    ],
)
def test_formats_of_the_reference_are_recognised(value: object, kind: str) -> None:
    assert of({"value": value}).places["value"] == {kind}


def test_words_of_closed_vocabularies_stay() -> None:
    places = of({"items": [{"state": "closed"}, {"state": "failed"}]}).places
    assert places["items[].state"] == {"“closed”", "“failed”"}


def test_keys_that_look_like_data_are_blanked() -> None:
    assert "astrid@demo.example" not in repr(of({"item": {"astrid@demo.example": 1}}))


@pytest.mark.parametrize(
    ("message", "form"),
    [
        (r"Parameter must match format (/^[a-f\d]{24}$/)", "Parameter must match format (…)"),
        ("Unknown parameters: foo,bar", "Unknown parameters: …"),
        ("Only one of [id, email] is allowed", "Only one of […] is allowed"),
        ("One of parameters [id, email] is required", "One of parameters […] is required"),
        ("Parameter is required", "Parameter is required"),
        (f"{SECRET} is wrong", ANOTHER_TEXT),
        (17, ANOTHER_TEXT),
    ],
)
def test_messages_keep_their_form_alone(message: object, form: str) -> None:
    assert message_form(message) == form


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(404, json={"code": "not_found", "message": "x"}), {"code": "not_found"}),
        (httpx.Response(400, json={"code": "invalid_parameter", "field": "a.b"}), {"field": "a.b"}),
        (httpx.Response(500, text="<html>Oops</html>"), {"message": ANOTHER_TEXT}),
        (httpx.Response(400, json=["no object"]), {"message": ANOTHER_TEXT}),
        (httpx.Response(400, json={"code": SECRET, "field": SECRET}), {"code": ANOTHER_TEXT, "field": "…"}),
    ],
)
def test_a_refusal_keeps_its_code_and_field(response: httpx.Response, words: dict[str, str]) -> None:
    assert words.items() <= shape_of(response).refusal.items()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("status", [200, 400])
def test_what_is_no_json_has_a_shape_too(content: bytes, status: int) -> None:
    assert shape_of(httpx.Response(status, content=content)).status == status


def test_an_empty_answer_has_no_content_type() -> None:
    assert shape_of(httpx.Response(401, headers={"content-type": "application/json"})).media_type == ""
