"""How well each fact about an answer is known, from what the sandbox declares at its endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from klarna_shop.operations.conformance.probes.probe import TOKEN_PATH, Probe
from klarna_shop.operations.conformance.shape import Shape
from klarna_shop.sandbox.answers.authorization import Token
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings import Readings

DOCUMENTED, CLIENT = Provenance.DOCUMENTED, Provenance.CLIENT
INFERRED, UNKNOWN = Provenance.INFERRED, Provenance.UNKNOWN
_WEAKNESS = {DOCUMENTED: 0, CLIENT: 1, INFERRED: 2, UNKNOWN: 3}
_PROPERTIES, _ITEMS = "properties", "items"
_REASONS = frozenset(
    {
        "purchase_allowed",
        "package_already_active",
        "campaign_already_purchased",
        "campaign_purchase_rules_does_not_permit_purchase",
        "base_package_already_active",
    }
)
_REASONS_OF = ("/v1/me/order/pre_validate_purchase", "/v4/accounts/pre_validate_purchase")
_READINGS = {
    "campaign_package": "base_package_reference",
    "price_periods": "price_periods_in_product",
}
"""Readings that leave a field out which some products do not have anyway."""


@dataclass(frozen=True)
class Mark:
    """What is known about one fact.

    Attributes:
        provenance: how well.
        section: of the reference.
        reading: name of the sandbox's reading that decides about it.
        optional: whether a place of an answer may be absent.
        nullable: whether it may be null.
        formatted: whether its format is declared.
        words: the closed vocabulary, where there is one.
    """

    provenance: Provenance
    section: str
    reading: str | None = None
    optional: bool = False
    nullable: bool = False
    formatted: bool = False
    words: frozenset[str] = frozenset()


def place_mark(probe: Probe, place: str) -> Mark | None:
    """What is known about a place of a successful answer; None where the sandbox never answers with it."""
    schema = _schema(probe.operation)
    if schema is None:
        return None
    found = list(_at(schema, place))
    if not found:
        return None
    weakest = max(found, key=lambda mark: _WEAKNESS[mark.provenance])
    words = frozenset(word for mark in found for word in mark.words)
    if place == "item.reason" and probe.path in _REASONS_OF:
        words |= _REASONS
    return replace(
        weakest,
        section=weakest.section or probe.section,
        reading=weakest.reading or _READINGS.get(place.rpartition(".")[2]),
        optional=any(mark.optional for mark in found),
        nullable=any(mark.nullable for mark in found),
        formatted=any(mark.formatted for mark in found),
        words=words,
    )


def status_mark(probe: Probe, ours: Shape) -> Mark:
    """What is known about the status that the sandbox answers with."""
    if not ours.succeeded:
        return refusal_mark(probe, ours, "status")
    if probe.asks_for_token:
        return Mark(CLIENT, "3.2")
    endpoint = _ENDPOINTS.get(probe.operation)
    known = probe.known or (endpoint.provenance if endpoint is not None else UNKNOWN)
    return Mark(known, probe.section)


def success_status_mark(probe: Probe) -> Mark:
    """What is known about which of the 2xx a success is."""
    if probe.method == "POST" and not probe.asks_for_token:
        return Mark(INFERRED, "15.1", "post_status")
    return Mark(CLIENT if probe.asks_for_token else DOCUMENTED, probe.section)


def refusal_mark(probe: Probe, ours: Shape, at: str) -> Mark:
    """What is known about a word of a refusal: what the probe claims, else what the endpoint declares."""
    for claim in probe.claims:
        if claim.at == at:
            return Mark(DOCUMENTED, claim.section)
    if probe.asks_for_token:
        return Mark(CLIENT if at == "error_description" else UNKNOWN, "2.3")
    endpoint = _ENDPOINTS.get(probe.operation)
    if endpoint is None or at not in {"status", "code"}:
        return Mark(UNKNOWN, "2.2")
    # What counts as a wrong parameter is known by the claims alone.
    declared = [
        _with_reading(Mark(refusal.provenance, refusal.section, refusal.reading))
        for refusal in endpoint.all_refusals
        if (refusal.status, refusal.code) == (ours.status, ours.refusal.get("code"))
        and refusal.code != "invalid_parameter"
    ]
    return max(declared, key=lambda mark: _WEAKNESS[mark.provenance], default=Mark(UNKNOWN, "2.2"))


def _with_reading(mark: Mark) -> Mark:
    """A mark no better than that of the reading that decides."""
    chosen = _CHOICES.get(mark.reading or "")
    if chosen is None or _WEAKNESS[chosen.provenance] <= _WEAKNESS[mark.provenance]:
        return mark
    return replace(mark, provenance=chosen.provenance)


_ENDPOINTS = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in ENDPOINTS}
_CHOICES = {choice.name: choice for choice in Readings.choices()}


@cache
def _schema(operation: str) -> Mapping[str, Any] | None:
    if operation == f"POST {TOKEN_PATH}":
        return Token.model_json_schema()
    endpoint = _ENDPOINTS.get(operation)
    return None if endpoint is None else endpoint.answer.model_json_schema()


def _at(schema: Mapping[str, Any], place: str) -> Iterator[Mark]:
    """The marks of a place, one for each branch of the schema that has it."""
    definitions = schema.get("$defs", {})
    nodes = [(schema, _marked(schema, Mark(UNKNOWN, "")))]
    for step in _steps(place):
        nodes = [
            found
            for node, mark in nodes
            for branch in _branches(node, definitions)
            for found in _step(branch, step, mark)
        ]
    for node, mark in nodes:
        branches = list(_branches(node, definitions))
        yield replace(
            mark,
            nullable=any(branch.get("type") == "null" for branch in branches),
            formatted=any("pattern" in branch for branch in branches),
            words=frozenset(str(word) for branch in branches for word in _words(branch)),
        )


def _steps(place: str) -> Iterator[str]:
    for part in filter(None, place.split(".")):
        name = part.rstrip("[]")
        if name:
            yield name
        yield from ["[]"] * part.count("[]")


def _step(node: Mapping[str, Any], step: str, mark: Mark) -> Iterator[tuple[Mapping[str, Any], Mark]]:
    if step == "[]":
        if isinstance(node.get(_ITEMS), Mapping):
            yield node[_ITEMS], _marked(node[_ITEMS], replace(mark, optional=False))
    elif step in node.get(_PROPERTIES, {}):
        child = node[_PROPERTIES][step]
        optional = step not in node.get("required", ())
        inherited = Mark(mark.provenance, node.get("x-section", mark.section), optional=optional)
        yield child, _marked(child, inherited)


def _marked(node: Mapping[str, Any], inherited: Mark) -> Mark:
    return replace(
        inherited,
        provenance=Provenance(node.get("x-provenance", inherited.provenance)),
        section=node.get("x-section", inherited.section),
        reading=node.get("x-reading", inherited.reading),
    )


def _branches(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node itself, or what it refers to and may be."""
    if "$ref" in node:
        yield from _branches(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    if _PROPERTIES in node or not choices:
        yield node
        return
    for choice in choices:
        yield from _branches(choice, definitions)


def _words(node: Mapping[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else list(node.get("enum", ()))
