"""Schemas in words, and objects as rows of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from klarna_shop.sandbox.description.markup import anchor, badge, code, prose
from klarna_shop.sandbox.description.schemas import REFERENCE, Schema
from klarna_shop.sandbox.formats import CODE, EMAIL, ENTITY_ID, ORDER_NUMBER, TITLE_CODE

LONG_SHAPE = 9
"""Fields from which a shape that several answers share is written down once and linked."""
_NAMED_PATTERNS = {
    ENTITY_ID.portable: "entity id",
    ORDER_NUMBER.portable: "order number",
    EMAIL.portable: "e-mail address",
    CODE.portable: "code",
    TITLE_CODE.portable: "title code",
}
_NAMED_FORMATS = {"date": "date", "date-time": "time", "uri": "absolute URL"}
_NAMED_TYPES = {"string": "text", "boolean": "true or false", "integer": "integer", "number": "number"}


@dataclass(frozen=True)
class Row:
    """A field of an answer: its path from the top, its schema, and whether it may be absent."""

    path: str
    schema: Schema
    optional: bool

    def cells(self, shapes: Shapes) -> tuple[str, str, str]:
        """The row as HTML: name and type, mark, meaning."""
        absent = " · may be absent" if self.optional else ""
        name = f"{code(self.path)}<small>{shapes.type_of(self.schema)}{absent}</small>"
        readings = [self.schema["x-reading"]] if "x-reading" in self.schema else []
        said = meaning(shapes.explanation(self.schema), *readings)
        return name, badge(self.schema["x-provenance"]), said


def meaning(said: str, *readings: str) -> str:
    """A description, with links to the readings that decide."""
    links = "".join(
        f' <a class="reading" href="#reading-{anchor(name)}">Reading {code(name)}</a>' for name in readings
    )
    return prose(said) + links


class Shapes:
    """The document's component schemas, and which of them are written down only once."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas
        used = Counter(name for schema in schemas.values() for name in set(_references(schema)))
        self.shared = sorted(
            name
            for name, count in used.items()
            if count > 1 and len(schemas[name].get("properties", {})) >= LONG_SHAPE
        )

    def named(self, name: str) -> Schema:
        """A component schema."""
        return self._schemas[name]

    def explanation(self, schema: Schema) -> str:
        """What a field says of itself, or else what the object in it says of itself."""
        inner, _ = self._within(schema)
        if inner is None or schema.get("description"):
            return str(schema.get("description", ""))
        return first_paragraph(self._schemas[inner])

    def rows(self, schema: Schema, path: str = "") -> Iterator[Row]:
        """The fields of an object and, indented by their paths, of the objects within it."""
        required = schema.get("required", ())
        for name, field in schema.get("properties", {}).items():
            row = Row(f"{path}{name}", field, name not in required)
            yield row
            inner, suffix = self._within(field)
            if inner is not None and inner not in self.shared:
                yield from self.rows(self._schemas[inner], f"{row.path}{suffix}.")

    def _within(self, schema: Schema) -> tuple[str | None, str]:
        """The object that a field holds, and what its fields' paths have in between."""
        if "$ref" in schema:
            return _name(schema), ""
        if schema.get("type") == "array":
            inner, suffix = self._within(schema["items"])
            return inner, f"[]{suffix}"
        choices: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or []
        for choice in choices:
            inner, suffix = self._within(choice)
            if inner is not None:
                return inner, suffix
        return None, ""

    def type_of(self, schema: Schema) -> str:
        """What a value looks like, as HTML."""
        if "$ref" in schema:
            name = _name(schema)
            return f'<a href="#shape-{anchor(name)}">{name}</a>' if name in self.shared else "object"
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return " or ".join(dict.fromkeys(self.type_of(choice) for choice in choices))
        if "enum" in schema:
            return " ".join(code(str(value)) for value in schema["enum"])
        if "const" in schema:
            return code(str(schema["const"]))
        if schema.get("type") == "array":
            return f"list of {_plural(self.type_of(schema['items']))}"
        return _simple(schema)


def _simple(schema: Schema) -> str:
    if (pattern := schema.get("pattern")) in _NAMED_PATTERNS:
        return _NAMED_PATTERNS[pattern] + _bounds(schema)
    if (form := schema.get("format")) in {"ipv4", "ipv6"}:
        return f"IP{form[2:]} address"
    if form in _NAMED_FORMATS:
        return _NAMED_FORMATS[form] + _bounds(schema)
    named = _NAMED_TYPES.get(str(schema.get("type")), str(schema.get("type")))
    return named + (f" {code(pattern)}" if pattern else "") + _bounds(schema)


def _bounds(schema: Schema) -> str:
    if "maximum" in schema:
        return f", {schema.get('minimum', 0)} to {schema['maximum']}"
    if "maxLength" not in schema:
        return ""
    least, most = schema.get("minLength", 1), schema["maxLength"]
    return f", up to {most} characters" if least <= 1 else f", {least} to {most} characters"


def _plural(described: str) -> str:
    return f"{described}s" if described in {"object", "text"} else described


def first_paragraph(schema: Schema) -> str:
    """What a shape is, without what else is to be said of it."""
    return " ".join(str(schema.get("description", "")).split("\n\n")[0].split())


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(REFERENCE)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield _name(value)
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
