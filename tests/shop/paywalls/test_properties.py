"""What holds for every document that the schema admits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from klarna_shop.shop.paywalls.checks import check
from klarna_shop.shop.paywalls.choosing import choose
from klarna_shop.shop.paywalls.covering import covers
from klarna_shop.shop.paywalls.difference import difference, summary
from klarna_shop.shop.paywalls.document import CopyLine, Device, PaywallDesign, ReaderKind, Targeting
from klarna_shop.shop.paywalls.exchange import export_design, import_design
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts, matches
from klarna_shop.shop.paywalls.variables import MEANINGS, Values, Variable, fill, sampled, unknown
from klarna_shop.shop.paywalls.wall import NEEDED, Wall, offers_in_order, quoted
from tests.shop.paywalls.documents import DESIGNS, JSON_DOCUMENTS, PRINTABLE_TEXT, SCHEMA, TELLING
from tests.shop.paywalls.test_checks import AROUND, DIGITAL, NOW, TRIAL

examples = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

few = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple)
small = st.none() | st.integers(1, 4)
moments = st.none() | st.integers(0, 4).map(lambda days: NOW + timedelta(days=days))
narrow_targetings = st.builds(
    Targeting,
    sections=few,
    tags=few,
    readers=st.lists(st.sampled_from(list(ReaderKind)), max_size=3).map(tuple),
    min_visits=small,
    max_visits=small,
    traffic_sources=few,
    devices=st.lists(st.sampled_from(list(Device)), max_size=2).map(tuple),
    languages=few,
    starts_at=moments,
    ends_at=moments,
    priority=st.integers(0, 3),
)
"""From so few values that they often meet."""
reader_kinds = st.sampled_from(
    [
        frozenset({ReaderKind.ANONYMOUS}),
        frozenset({ReaderKind.SIGNED_IN}),
        frozenset({ReaderKind.SIGNED_IN, ReaderKind.LAPSED}),
    ]
)
facts = st.builds(
    TargetingFacts,
    now=st.integers(0, 4).map(lambda days: NOW + timedelta(days=days)),
    section=st.sampled_from(["a", "b", "c"]),
    tags=few,
    language=st.sampled_from(["a", "b", "c"]),
    readers=reader_kinds,
    visits=small,
    traffic_source=st.sampled_from(["a", "b", "c", None]),
    device=st.none() | st.sampled_from(list(Device)),
)


@examples
@given(JSON_DOCUMENTS)
def test_model_and_schema_admit_the_same(document: object) -> None:
    Draft202012Validator(SCHEMA).validate(document)
    design = import_design(json.dumps(document))
    Draft202012Validator(SCHEMA).validate(design.as_data())


@examples
@given(DESIGNS)
def test_a_design_that_is_exported_and_imported_is_the_same(design: PaywallDesign) -> None:
    assert import_design(export_design(design)) == design
    assert PaywallDesign.model_validate_json(design.as_json()) == design


@examples
@given(DESIGNS, DESIGNS)
def test_a_difference_tells_all_that_is_not_the_same(before: PaywallDesign, after: PaywallDesign) -> None:
    assert difference(before, before) == ()
    changes = difference(before, after)
    assert (changes == ()) is (before.as_data() == after.as_data())
    assert len({change.path for change in changes}) == len(changes)
    assert summary(changes) or not changes
    turned = {(change.path, json.dumps(change.new)) for change in difference(after, before)}
    assert {(change.path, json.dumps(change.old)) for change in changes} == turned


@examples
@given(DESIGNS)
def test_every_check_takes_every_document(design: PaywallDesign) -> None:
    fields = {*SCHEMA["properties"], ""}
    for finding in check(design, AROUND):
        assert finding.path.split(".")[0] in fields


@examples
@given(DESIGNS, st.sampled_from(["sv", "en", "fi"]), st.booleans())
def test_a_wall_can_be_drawn_of_every_document(design: PaywallDesign, language: str, premium: bool) -> None:
    wall = Wall.of("any", 1, design, language=language, is_premium=premium)
    values: Values = {one: MEANINGS[one].sample for one in Variable if one is not Variable.PRICE}
    for line in CopyLine:
        assert wall.text(line, values) or line not in NEEDED
    assert len(wall.reasons({})) <= len(wall.copy.reasons)
    shown = offers_in_order(design.offers, language, (TRIAL, DIGITAL))
    assert sum(one.preselected for one in shown) <= max(1, len(design.offers.listed))
    assert quoted(shown).featured is None or shown


@examples
@given(st.lists(DESIGNS, max_size=4), facts)
def test_somebody_always_meets_a_design_and_the_trace_is_true(
    designs: list[PaywallDesign], about: TargetingFacts
) -> None:
    published = [Published(f"design-{number}", 1, design) for number, design in enumerate(designs)]
    choice = choose(published, about)
    assert choice.tried[-1].slug == choice.published.slug
    assert [tried.taken for tried in choice.tried] == [False] * (len(choice.tried) - 1) + [True]
    by_slug = {one.slug: one.design for one in published}
    for tried in choice.tried:
        if tried.slug != STANDARD_SLUG:
            assert tried.failed == matches(by_slug[tried.slug].targeting, about)


@settings(max_examples=400, deadline=None)
@given(narrow_targetings, narrow_targetings, facts)
def test_a_design_that_covers_another_takes_all_its_readers(
    wide: Targeting, narrow: Targeting, about: TargetingFacts
) -> None:
    assert covers(wide, wide)
    if covers(wide, narrow) and not matches(narrow, about):
        assert matches(wide, about) == ()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(list(Variable)) | PRINTABLE_TEXT, max_size=6))
def test_filling_puts_each_value_in_its_place_and_leaves_no_hole(pieces: list[Variable | str]) -> None:
    values: Values = {variable: MEANINGS[variable].sample for variable in Variable}
    escaped = [
        f"{{{piece}}}" if isinstance(piece, Variable) else piece.replace("{", "{{").replace("}", "}}")
        for piece in pieces
    ]
    expected = [values[piece] if isinstance(piece, Variable) else piece for piece in pieces]
    assert fill("".join(escaped), values) == sampled("".join(escaped)) == "".join(expected)
    if any(isinstance(piece, Variable) for piece in pieces):
        assert fill("".join(escaped), {}) == ""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TELLING) | PRINTABLE_TEXT, max_size=6).map("".join))
def test_any_text_can_be_filled(text: str) -> None:
    values: Values = {variable: "value" for variable in Variable}  # noqa: C420 - the type of the keys
    assert fill(text, values) == "" or not unknown(text)
    sampled(text)


def test_a_moment_of_the_first_or_the_last_year_is_compared_as_well() -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        targeting = Targeting(starts_at=moment, ends_at=moment)
        assert matches(targeting, TargetingFacts(now=NOW))
