"""Designs as files: what is wrong in one is named by its field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from klarna_shop.assembly import House
from klarna_shop.shop.paywalls.document import PaywallDesign, document_schema
from klarna_shop.shop.paywalls.editing import DesignRefused
from klarna_shop.shop.paywalls.exchange import (
    LARGEST_BYTES,
    NotADesign,
    export_design,
    import_design,
    slug_for,
)
from klarna_shop.shop.paywalls.standard import standard_design
from klarna_shop.shop.paywalls.stored import Change, DesignChanged


def test_what_is_exported_is_what_the_schema_admits() -> None:
    exported = export_design(standard_design())
    Draft202012Validator(document_schema()).validate(json.loads(exported))
    assert import_design(exported.encode()) == standard_design()
    assert "Välj prenumeration" in exported


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ("nothing", [""]),
        ("[]", [""]),
        ("{}", ["name"]),
        ({"name": "x", "colour": "red"}, ["colour"]),
        ({"name": "x", "schema_version": 2}, ["schema_version"]),
        (
            {"name": "x", "copy": {"sv": {"titel": "x"}, "en": {"title": 5}}},
            ["copy.sv.titel", "copy.en.title"],
        ),
        ({"name": "x", "copy": {"Svenska": {}}}, ["copy.Svenska"]),
        ({"name": "x", "copy": {"sv": {"title": "x" * 161}}}, ["copy.sv.title"]),
        ({"name": "x", "theme": {"light": {"brand": "red"}}}, ["theme.light.brand", "theme.light.accent"]),
        ({"name": "x", "offers": {"listed": [{"code": "a"}, {"badge": {}}]}}, ["offers.listed.1.code"]),
        ({"name": "x", "access": {"model": "dynamic", "days": "7"}}, ["access.model", "access.days"]),
        ({"name": "x", "targeting": {"ends_at": "tomorrow"}}, ["targeting.ends_at"]),
    ],
)
def test_every_field_that_is_wrong_is_named(document: Any, paths: list[str]) -> None:
    content = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(NotADesign) as refused:
        import_design(content)
    assert [error.path for error in refused.value.errors] == paths
    assert all(error.message for error in refused.value.errors)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ('{"name": "x",\n "layout": ', "This is not JSON. Reading it stopped at line 2, column 11."),
        ('{"name": "x", "layuot": "full_page"}', "No design has a field of this name."),
        ("{}", "It is missing."),
        ("[]", "Names with their values in { } stand here."),
        ('{"name": 5}', "A text in quotation marks stands here."),
        ('{"name": "x", "layout": "hidden"}', "One of these: 'inline_card', 'full_page', "),
        ('{"name": "x", "access": {"days": "7"}}', "A whole number from 1 to 366."),
        ('{"name": "x", "targeting": {"ends_at": "soon"}}', "A moment is written as 2026-12-01T08:00:00Z."),
        ('{"name": "x", "theme": {"light": {"brand": "red"}}}', "A colour is written as #143d59."),
    ],
)
def test_what_is_wrong_is_told_in_words(document: str, sentence: str) -> None:
    with pytest.raises(NotADesign) as refused:
        import_design(document)
    assert refused.value.errors[0].message.startswith(sentence)


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(NotADesign, match="512 kB"):
        import_design(b" " * (LARGEST_BYTES + 1))


def test_a_slug_is_made_of_any_name_and_is_free() -> None:
    assert slug_for("Mjuk vägg för läsare") == "mjuk-vagg-for-lasare"
    assert slug_for("…") == "design"
    assert slug_for("x" * 200) == "x" * 54
    assert slug_for("Soft sheet", {"soft-sheet", "soft-sheet-2"}) == "soft-sheet-3"


async def test_a_design_with_errors_is_not_published(house: House) -> None:
    editing = house.shop.design_editing
    draft = await editing.start_from(PaywallDesign(name="Empty"))
    with pytest.raises(DesignRefused) as refused:
        await editing.publish(draft.slug, draft.revision)
    assert {finding.path for finding in refused.value.findings} == {"copy.sv", "copy.en"}
    assert [one.slug for one in await house.shop.designs.published()] == ["standard"]
    mended = await house.shop.designs.save(draft.slug, standard_design(), draft.revision)
    with pytest.raises(DesignChanged):
        await editing.publish(draft.slug, draft.revision)
    assert (await editing.publish(draft.slug, mended.revision)).number == 1


async def test_a_file_becomes_a_design_or_replaces_a_draft(house: House) -> None:
    editing, content = house.shop.design_editing, export_design(standard_design())
    first, second = await editing.import_new(content), await editing.import_new(content)
    assert (first.slug, second.slug) == ("standard-2", "standard-3")
    renamed = content.replace('"Standard"', '"Ours"')
    replaced = await editing.import_into(first.slug, renamed, first.revision)
    assert replaced.design.name == "Ours"
    history = await house.shop.designs.history(first.slug)
    assert [(entry.what, entry.summary) for entry in history] == [
        (Change.IMPORTED, "name"),
        (Change.IMPORTED, ""),
    ]
