"""The document's JSON Schema and its model say the same."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from klarna_shop.shop.paywalls.document import PaywallDesign, document_schema
from klarna_shop.shop.paywalls.standard import standard_design


def test_the_schema_is_one_of_draft_2020_12_and_admits_the_standard_design() -> None:
    schema = document_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(standard_design().as_data())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_field_says_what_it_is() -> None:
    schema = document_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, field in part.get("properties", {}).items():
            named = schema["$defs"].get(field.get("$ref", "").removeprefix("#/$defs/"), {})
            assert field.get("title", named.get("title")), name
            assert field.get("description", named.get("description")), name


def test_a_document_is_the_same_after_being_written_and_read() -> None:
    design = standard_design()
    assert PaywallDesign.model_validate_json(design.as_json()) == design
    assert "register" in json.loads(design.as_json())["copy"]["sv"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"schema_version": 2},
        {"name": ""},
        {"theme": {"light": {"brand": "red", "accent": "#000000"}}},
        {"copy": {"sv": {"title": "one\ntwo"}}},
        {"copy": {"Swedish": {}}},
        {"targeting": {"starts_at": "2026-01-01T00:00:00"}},
    ],
)
def test_what_the_schema_does_not_know_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PaywallDesign.model_validate({"name": "x", **wrong})
