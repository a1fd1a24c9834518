"""One field after the other: what comes out is a document, or a sentence about why it is none."""

from __future__ import annotations

import pytest

from klarna_shop.shop.paywalls.changing import NoSuchField, WrongValue, changed, moved, removed
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.document.fields import FieldKind, field_facts
from klarna_shop.shop.paywalls.standard import standard_design

DESIGN = standard_design()


def _leaves(data: object, path: str = "") -> list[str]:
    if isinstance(data, dict):
        return [leaf for name, inner in data.items() for leaf in _leaves(inner, f"{path}.{name}".strip("."))]
    return [path]


@pytest.mark.parametrize("path", [path for path in _leaves(DESIGN.as_data()) if path != "schema_version"])
def test_every_field_of_a_document_is_described_and_can_be_written_back(path: str) -> None:
    facts = field_facts(path)
    assert facts
    assert facts.title
    assert facts.description
    value: object = DESIGN.as_data()
    for name in path.split("."):
        assert isinstance(value, dict)
        value = value[name]
    assert changed(DESIGN, path, value) == DESIGN


def test_a_field_is_replaced_and_nothing_else() -> None:
    new = changed(DESIGN, "copy.sv.title", "Läs vidare")
    assert new.copy_["sv"].title == "Läs vidare"
    assert changed(new, "copy.sv.title", DESIGN.copy_["sv"].title) == DESIGN


def test_a_language_and_the_place_after_the_last_are_made() -> None:
    assert changed(DESIGN, "copy.fi.title", "Lue lisää").copy_["fi"].title == "Lue lisää"
    count = len(DESIGN.copy_["sv"].reasons)
    assert changed(DESIGN, f"copy.sv.reasons.{count}", "Till").copy_["sv"].reasons[-1] == "Till"
    with pytest.raises(NoSuchField):
        changed(DESIGN, f"copy.sv.reasons.{count + 1}", "Too far")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("name", "", "It must say something."),
        ("copy.sv.buy", "x" * 61, "At most 60 letters; these are 61."),
        ("copy.sv.title", "two\nlines", "signs that cannot be shown"),
        ("theme.light.brand", "red", "A colour is written as #143d59."),
        ("theme.corner_radius", 33, "A whole number from 0 to 32."),
        ("access.model", "open", "None of the values to choose from."),
        ("copy.sv.reasons", ["x"] * 7, "At most 6 of them."),
        ("targeting.starts_at", "soon", "A day and a time"),
        ("copy.sv.title", float("nan"), "nothing this field can hold"),
        ("copy.sv.title", None, "nothing this field can hold"),
    ],
)
def test_what_the_schema_does_not_admit_is_told_in_a_sentence(
    path: str, value: object, sentence: str
) -> None:
    with pytest.raises(WrongValue, match=sentence):
        changed(DESIGN, path, value)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "schema_version",
        "nothing",
        "copy.SVENSKA.title",
        "copy.sv.title.x",
        "offers.listed.-1",
        "x" * 999,
    ],
)
def test_there_is_no_other_field(path: str) -> None:
    with pytest.raises(NoSuchField):
        changed(DESIGN, path, "x")


def test_entries_are_moved_as_far_as_the_list_goes_and_removed() -> None:
    three = changed(DESIGN, "copy.sv.reasons", ["a", "b", "c"])

    def reasons(design: PaywallDesign) -> str:
        return "".join(design.copy_["sv"].reasons)

    assert reasons(moved(three, "copy.sv.reasons.0", 1)) == "bac"
    assert reasons(moved(three, "copy.sv.reasons.0", -1)) == "abc"
    assert reasons(moved(three, "copy.sv.reasons.1", 9)) == "acb"
    assert reasons(removed(three, "copy.sv.reasons.1")) == "ac"
    assert "sv" not in removed(three, "copy.sv").copy_
    for path in ("copy.sv.reasons.3", "copy.fi", "name.x"):
        with pytest.raises(NoSuchField):
            removed(three, path)
    with pytest.raises(NoSuchField):
        moved(three, "name", 1)


def test_what_a_document_cannot_be_without_stays() -> None:
    with pytest.raises(WrongValue):
        removed(DESIGN, "name")


def test_choices_are_explained_where_the_description_does() -> None:
    model = field_facts("access.model")
    assert model
    assert model.kind is FieldKind.CHOICE
    assert all(choice.explanation.endswith(".") for choice in model.choices)
    assert len({choice.explanation for choice in model.choices}) == 5
    layout = field_facts("layout")
    assert layout
    assert all(choice.explanation for choice in layout.choices)
