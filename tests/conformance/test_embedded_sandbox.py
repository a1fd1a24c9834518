"""The embedded sandbox answers every probe as the reference documents it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from klarna_shop.operations.conformance.marks import place_mark
from klarna_shop.operations.conformance.probes import PROBES, Probe
from klarna_shop.operations.conformance.runner import Exchange
from klarna_shop.operations.conformance.shape import NULL, Shape
from klarna_shop.sandbox.api import ENDPOINTS

Exchanges = Mapping[str, Exchange]


def answered(exchanges: Exchanges, probe: Probe) -> Shape:
    exchange = exchanges[probe.name]
    assert exchange.shape is not None, exchange.reason
    return exchange.shape


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_an_answer_has_what_the_reference_documents(probe: Probe, exchanges: Exchanges) -> None:
    shape = answered(exchanges, probe)
    said = {"status": shape.status, **shape.refusal}
    assert [(claim.at, said.get(claim.at)) for claim in probe.claims] == [
        (claim.at, claim.value) for claim in probe.claims
    ]
    if not shape.succeeded and not probe.asks_for_token:
        assert shape.media_type == "application/json"
        assert "message" in shape.refusal
    for place, kinds in shape.places.items():
        mark = place_mark(probe, place)
        assert mark is not None, f"{place} is not declared"
        assert mark.nullable or kinds != {NULL}, place


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_endpoint_is_seen_to_succeed(endpoint: object, exchanges: Exchanges) -> None:
    operation = f"{endpoint.method} {endpoint.path}"  # type: ignore[attr-defined]
    asked = [probe for probe in PROBES if probe.operation == operation]
    assert any(answered(exchanges, probe).succeeded for probe in asked)


def test_probes_have_names_of_their_own() -> None:
    assert [name for name, number in Counter(probe.name for probe in PROBES).items() if number > 1] == []
