from __future__ import annotations

from typing import Any

import httpx
import pytest

from klarna_shop.operations.conformance.comparison import Difference, Kind, compare
from klarna_shop.operations.conformance.marks import DOCUMENTED, INFERRED, UNKNOWN
from klarna_shop.operations.conformance.probes import PROBES, Probe
from klarna_shop.operations.conformance.shape import Shape, shape_of

BY_NAME = {probe.name: probe for probe in PROBES}
PERIODS = BY_NAME["Klarna periods of a package in v2"]
SESSION = BY_NAME["session for a package, v2"]
ELIGIBLE = BY_NAME["may the customer buy a campaign"]
MISSING = BY_NAME["missing code"]
PERIOD = {
    "id": "a" * 24,
    "payment_method": "klarna_payments",
    "type": "recurring",
    "enabled": True,
    "iteration_type": "month",
    "iteration_length": 1,
    "price": 129,
}
REFUSED = {"code": "invalid_parameter", "field": "code", "message": "Parameter is required"}


def shape(body: Any, status: int = 200) -> Shape:
    return shape_of(httpx.Response(status, json=body))


def found(probe: Probe, ours: Shape, theirs: Shape) -> Difference:
    (difference,) = compare(probe, ours, theirs)
    return difference


def periods(*entries: dict[str, Any]) -> Shape:
    return shape({"items": list(entries)})


def test_other_data_is_no_difference() -> None:
    other = PERIOD | {"id": "b" * 24, "price": 99.5, "type": "limited", "iteration_type": "year"}
    assert compare(PERIODS, periods(PERIOD), periods(other, PERIOD)) == ()
    assert compare(PERIODS, periods(PERIOD), periods()) == ()
    assert compare(PERIODS, periods(), periods(PERIOD)) == ()


def test_a_null_tells_nothing_where_null_is_possible() -> None:
    account = BY_NAME["account, v3"]
    named, unnamed = ({"item": {"first_name": name}} for name in ("Astrid", None))
    assert compare(account, shape(named), shape(unnamed)) == ()
    assert compare(account, shape(unnamed), shape(named)) == ()


@pytest.mark.parametrize(
    ("entry", "kind", "at"),
    [
        ({name: value for name, value in PERIOD.items() if name != "price"}, Kind.MISSING, "items[].price"),
        (PERIOD | {"price": "129.00"}, Kind.TYPE, "items[].price"),
        (PERIOD | {"price": None}, Kind.TYPE, "items[].price"),
        (PERIOD | {"id": "17"}, Kind.FORMAT, "items[].id"),
        (PERIOD | {"iteration_type": "fortnight"}, Kind.WORD, "items[].iteration_type"),
    ],
)
def test_what_breaks_a_documented_fact_contradicts_it(entry: dict[str, Any], kind: Kind, at: str) -> None:
    difference = found(PERIODS, periods(PERIOD), periods(entry))
    assert (difference.kind, difference.at, difference.mark.provenance) == (kind, at, DOCUMENTED)
    assert difference.contradicts


def test_more_fields_are_noted_and_contradict_nothing() -> None:
    difference = found(PERIODS, periods(PERIOD), periods(PERIOD | {"extra": {"more": {"still": 1}}}))
    assert (difference.kind, difference.at) == (Kind.MORE, "items[].extra")
    assert not difference.contradicts


def test_a_missing_object_is_one_difference_and_not_one_for_each_field() -> None:
    wrapped = {"item": {"klarna_payments_session_id": "a" * 24, "klarna_client_token": "text"}}
    missing = [one for one in compare(SESSION, shape(wrapped), shape({})) if one.kind is Kind.MISSING]
    assert [(one.at, one.mark.provenance) for one in missing] == [("item", INFERRED)]


def test_the_status_of_a_post_is_an_open_fact() -> None:
    body = {"item": {"klarna_payments_session_id": "x", "klarna_client_token": "y"}}
    difference = found(SESSION, shape(body), shape(body, 201))
    assert (difference.kind, difference.mark.reading, difference.contradicts) == (
        Kind.STATUS,
        "post_status",
        False,
    )


def test_a_refusal_in_place_of_a_success_is_far_from_it() -> None:
    difference = found(PERIODS, periods(PERIOD), shape({"code": "not_found", "message": "x"}, 404))
    assert (difference.kind, difference.sandbox, difference.target) == (Kind.OUTCOME, "200", "404 not_found")
    assert difference.contradicts
    assert difference.weight > 1


@pytest.mark.parametrize(
    ("answer", "status", "at"),
    [
        (REFUSED, 422, "status"),
        (REFUSED | {"code": "missing"}, 400, "code"),
        (REFUSED | {"field": "id"}, 400, "field"),
        (REFUSED | {"message": "Say what?"}, 400, "message"),
        ({"code": "invalid_parameter", "field": "code"}, 400, "message"),
    ],
)
def test_a_documented_refusal_is_held_to_the_word(answer: dict[str, str], status: int, at: str) -> None:
    difference = found(MISSING, shape(REFUSED, 400), shape(answer, status))
    assert (difference.at, difference.contradicts) == (at, True)


def test_the_code_of_a_wrong_token_is_open() -> None:
    probe = BY_NAME["call with a made-up token"]
    ours = {"code": "unauthorized", "message": "x"}
    difference = found(probe, shape(ours, 401), shape(ours | {"code": "invalid_token"}, 401))
    assert (difference.at, difference.mark.provenance) == ("code", UNKNOWN)


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [
        ("package_already_active", "purchase_allowed", False),
        ("purchase_allowed", "base_package_active", True),
        ("base_package_active", "purchase_allowed", True),
    ],
)
def test_a_word_outside_the_vocabulary_is_found_on_either_side(ours: str, theirs: str, differs: bool) -> None:
    bodies = ({"item": {"can_purchase": True, "reason": reason}} for reason in (ours, theirs))
    assert bool(compare(ELIGIBLE, *map(shape, bodies))) is differs


def test_times_with_milliseconds_are_open_and_times_in_utc_are_not() -> None:
    probe = BY_NAME["purchase history"]

    def history(moment: str) -> Shape:
        return shape({"items": [{"payment_created": moment}]})

    ours = history("2026-03-10T10:30:00+01:00")
    assert not found(probe, ours, history("2026-03-10T10:30:00.000+01:00")).contradicts
    assert found(probe, ours, history("2026-03-10T09:30:00Z")).contradicts
