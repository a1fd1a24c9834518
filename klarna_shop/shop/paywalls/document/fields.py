"""What the JSON Schema says of one field, for whoever draws a form: nothing is described twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from klarna_shop.shop.paywalls.document.design import document_schema

_COLOUR = "^#[0-9a-fA-F]{6}$"
_LEAVES = {"boolean": "tick", "integer": "number", "string": "text"}


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    TICK = "tick"
    CHOICE = "choice"
    COLOUR = "colour"
    MOMENT = "moment"
    TEXTS = "texts"
    CHOICES = "choices"
    PART = "part"
    PARTS = "parts"


@dataclass(frozen=True)
class Choice:
    """One value of several. `explanation` is what the field's description says of it."""

    value: str
    explanation: str


@dataclass(frozen=True)
class FieldFacts:
    """One field. Bounds are of its letters, its value or its length; None where there is none."""

    title: str
    description: str
    kind: FieldKind
    nullable: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[Choice, ...] = ()


@lru_cache(maxsize=2048)
def field_facts(path: str) -> FieldFacts | None:
    """What is known of the field at a path such as `copy.sv.title`; None where no document has one."""
    schema = _schema()
    node: Mapping[str, Any] = schema
    title = description = ""
    for part in path.split("."):
        parent = _resolved(schema, node)
        step = _step(parent, part)
        if step is None:
            return None
        node = step
        if part in parent.get("properties", {}):
            # Where a field's words are those of its type, the schema says them there alone.
            said = {**_resolved(schema, node), **node}
            title, description = said.get("title", ""), said.get("description", "")
        # A place in a list or a language has no words of its own, and goes by those around it.
    return _facts(schema, node, title, description)


@cache
def _schema() -> dict[str, Any]:
    return document_schema()


def _facts(schema: Mapping[str, Any], node: Mapping[str, Any], title: str, description: str) -> FieldFacts:
    nullable = any(one.get("type") == "null" for one in node.get("anyOf", ()))
    inner = _resolved(schema, node)
    values = inner.get("enum", ())
    items: Mapping[str, Any] = {}
    if inner.get("type") == "array":
        items = _resolved(schema, inner["items"])
        values = items.get("enum", ())
    explained = explanations(description, values)
    return FieldFacts(
        title=title,
        description=description,
        kind=_kind(inner, items),
        nullable=nullable,
        least=inner.get("minimum", inner.get("minLength")),
        most=inner.get("maximum", inner.get("maxLength", inner.get("maxItems"))),
        choices=tuple(Choice(value, explained.get(value, "")) for value in values),
    )


def _kind(inner: Mapping[str, Any], items: Mapping[str, Any]) -> FieldKind:
    if inner.get("type") == "array":
        if "properties" in items:
            return FieldKind.PARTS
        return FieldKind.CHOICES if "enum" in items else FieldKind.TEXTS
    if inner.get("type") == "object":
        return FieldKind.PART
    if "enum" in inner:
        return FieldKind.CHOICE
    if inner.get("format") == "date-time":
        return FieldKind.MOMENT
    if inner.get("pattern") == _COLOUR:
        return FieldKind.COLOUR
    return FieldKind(_LEAVES[inner.get("type", "string")])


def explanations(description: str, values: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Of a description such as `hard: nothing opens it. soft: it can be dismissed.`, each value's own."""
    if not values:
        return {}
    names = "|".join(re.escape(value) for value in values)
    found = re.findall(rf"\b({names}): (.+?\.)(?= (?:{names}):|$)", description)
    return {name: said[0].upper() + said[1:] for name, said in found}


def _step(node: Mapping[str, Any], part: str) -> Mapping[str, Any] | None:
    if part in node.get("properties", {}):
        return node["properties"][part]
    for pattern, inner in node.get("patternProperties", {}).items():
        if re.fullmatch(pattern, part):
            return inner
    if node.get("type") == "array" and part.isascii() and part.isdecimal() and len(part) <= 3:
        return node["items"]
    return None


def _resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference or an optional value is."""
    if "anyOf" in node:
        node = next(one for one in node["anyOf"] if one.get("type") != "null")
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node
