"""The page's sections about endpoints: what each takes, answers and refuses."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from klarna_shop.sandbox.description.markup import anchor, badge, code, prose, table
from klarna_shop.sandbox.description.operations import AUTHORIZATION_AREA, FORM, JSON, PATH_OF_TOKENS
from klarna_shop.sandbox.description.schemas import REFERENCE, Schema
from klarna_shop.sandbox.description.shapes import Shapes, first_paragraph, meaning
from klarna_shop.sandbox.endpoint import PREFIX
from klarna_shop.sandbox.refusals import common_refusals

LONG_TABLE = 12
"""Rows from which an answer's table is folded together at first."""
_COMMON = {
    (refusal.status, refusal.code, refusal.when)
    for refusal in common_refusals(identity=True, parameters=True)
}
Cells = tuple[str, str, str]


@dataclass(frozen=True)
class Entry:
    """One operation of the document, with where it is found."""

    path: str
    method: str
    operation: Schema

    @property
    def anchor(self) -> str:
        """Id of its heading."""
        return str(self.operation["operationId"])

    @property
    def short_path(self) -> str:
        """The path without what all paths begin with."""
        return self.path.removeprefix(PREFIX)


def entries(document: Schema) -> dict[str, list[Entry]]:
    """The operations of each area, in the document's order, without the token endpoint."""
    areas: dict[str, list[Entry]] = {
        tag["name"]: [] for tag in document["tags"] if tag["name"] != AUTHORIZATION_AREA
    }
    for path, operations in document["paths"].items():
        if path != PATH_OF_TOKENS:
            for method, operation in operations.items():
                areas[operation["tags"][0]].append(Entry(path, method.upper(), operation))
    return areas


def area_section(name: str, summary: str, listed: list[Entry], shapes: Shapes) -> str:
    """An area with all its endpoints."""
    told: dict[str, Entry] = {}
    articles = "".join(_article(entry, shapes, told) for entry in listed)
    return f'<section><h2 id="{anchor(name)}">{escape(name)}</h2><p>{prose(summary)}</p>{articles}</section>'


def _article(entry: Entry, shapes: Shapes, told: dict[str, Entry]) -> str:
    operation = entry.operation
    notes = "".join(
        f"<p>{prose(note)}</p>" for note in operation.get("description", "").split("\n\n") if note
    )
    parts = {
        "Parameters": _parameters(entry, shapes),
        "Answer": _answer(entry, shapes),
        "Refusals of its own": _refusals(entry),
    }
    return (
        f'<article><h3 id="{entry.anchor}"><span class="verb">{entry.method}</span> {code(entry.path)}</h3>'
        f"<p>{prose(operation['summary'])}</p>{_access(operation)}{notes}"
        + "".join(_once(about, part, entry, told) for about, part in parts.items())
        + "</article>"
    )


def _once(about: str, part: str, entry: Entry, told: dict[str, Entry]) -> str:
    """A part of an endpoint's description, or where the very same has been told before."""
    before = told.setdefault(part, entry)
    if before is entry or "<table" not in part:
        return part
    return f'<p>{about}: as at <a href="#{before.anchor}">{code(before.short_path)}</a>.</p>'


def _access(operation: Schema) -> str:
    identity = "a customer's" if operation["x-identity"] else "not needed"
    access = operation.get("x-access-provenance")
    less = f" {badge(access)}" if access else ""
    scope = code(operation["x-scope"]) if operation["x-scope"] else "none"
    return (
        f'<dl class="facts"><div><dt>Endpoint</dt><dd>{badge(operation["x-provenance"])}</dd></div>'
        f"<div><dt>Scope</dt><dd>{scope}{less}</dd></div>"
        f"<div><dt>Identity</dt><dd>{identity}{less}</dd></div>"
        f"<div><dt>Reference</dt><dd>§{operation['x-section']}</dd></div></dl>"
    )


def _parameters(entry: Entry, shapes: Shapes) -> str:
    rows = [
        _parameter(given["name"], given | given["schema"], given.get("required", False), shapes)
        for given in entry.operation.get("parameters", ())
    ]
    for member in entry.operation.get("requestBody", {}).get("content", {}).values():
        rows += _members(member["schema"], shapes)
    if not rows:
        return "<p>It takes no parameters.</p>"
    place = "query"
    if "requestBody" in entry.operation:
        place = "form" if FORM in entry.operation["requestBody"]["content"] else "JSON body"
    if "{" in entry.path:
        place = "path"
    return table(f"Parameters in the {place}", ("Parameter", "Mark", "Meaning"), rows)


def _members(schema: Schema, shapes: Shapes, path: str = "") -> list[Cells]:
    rows: list[Cells] = []
    for name, member in schema["properties"].items():
        rows.append(_parameter(f"{path}{name}", member, name in schema.get("required", ()), shapes))
        if "properties" in member:
            rows += _members(member, shapes, f"{path}{name}.")
    return rows


def _parameter(name: str, schema: Schema, required: bool, shapes: Shapes) -> Cells:
    default = f" · default {code(_json(schema['default']))}" if "default" in schema else ""
    needed = " · <strong>required</strong>" if required else ""
    marks = badge(schema["x-provenance"])
    for about, mark in (("required", "x-required-provenance"), ("limits", "x-limits-provenance")):
        if mark in schema and schema[mark] != schema["x-provenance"]:
            marks += f" {badge(schema[mark], f'{about}:')}"
    first = f"{code(name)}<small>{shapes.type_of(schema)}{needed}{default}</small>"
    return first, marks, prose(schema.get("description", ""))


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(entry: Entry, shapes: Shapes) -> str:
    successes = {status: answer for status, answer in entry.operation["responses"].items() if status < "300"}
    if not successes:  # it leads a browser on
        outcomes = "".join(
            f"<li>{status}: {prose(answer['description'])}</li>"
            for status, answer in entry.operation["responses"].items()
        )
        return f"<h4>Answer</h4><ul>{outcomes}</ul>"
    first, *others = successes
    answer = successes[first]
    root = shapes.named(_name(answer["content"][JSON]["schema"]))
    said = prose(" ".join(root.get("description", "").split()))
    mark = badge(answer["x-provenance"]) if "x-provenance" in answer else ""
    status = f"{first}{''.join(f' or {other}' for other in others)} {mark}"
    reading = meaning("", root["x-reading"]) if "x-reading" in root else ""
    lead = f"<h4>Answer <small>{status}</small></h4><p>{said}{reading}</p>"
    return lead + "".join(_fields(shape, shapes) for shape in _alternatives(root, shapes))


def _alternatives(root: Schema, shapes: Shapes) -> list[Schema]:
    """The shapes to show: of a wrapped and a bare one only the first, since they hold the same."""
    if "oneOf" not in root or "properties" in root:
        return [root]
    first, second = (shapes.named(_name(choice)) for choice in root["oneOf"][:2])
    same = first["properties"].get("item", {}).get("$ref") == root["oneOf"][1].get("$ref")
    return [first] if same else [first, second]


def _fields(shape: Schema, shapes: Shapes) -> str:
    rows = [row.cells(shapes) for row in shapes.rows(shape)]
    made = table(first_paragraph(shape), ("Field", "Mark", "Meaning"), rows)
    if len(rows) < LONG_TABLE:
        return made
    return f"<details><summary>{len(rows)} fields</summary>{made}</details>"


def _refusals(entry: Entry) -> str:
    rows = refusal_rows(entry.operation, common=False)
    if not rows:
        return "<p>It refuses only what every endpoint refuses.</p>"
    return table("Refusals of its own", ("Status and code", "Mark", "When"), rows)


def refusal_rows(operation: Schema, *, common: bool) -> list[Cells]:
    """An operation's refusals; without `common` only those that are its own."""
    return [
        (
            f"{status} {code(refusal['code'])}",
            badge(refusal["x-provenance"]),
            meaning(refusal["when"], *refusal.get("x-readings", ())),
        )
        for status, answer in operation["responses"].items()
        for refusal in answer.get("x-refusals", ())
        if refusal["x-default"] and (common or (int(status), refusal["code"], refusal["when"]) not in _COMMON)
    ]


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(REFERENCE)


def token_section(operation: Schema, summary: str, shapes: Shapes) -> str:
    """The token endpoint, with its grants."""
    grants = operation["requestBody"]["content"][FORM]["schema"]["oneOf"]
    rows = (
        (
            f"{code(grant['title'])}<small>{_identity(grant)}</small>",
            badge(grant["x-provenance"]),
            f"{prose(grant['description'])} {_own_fields(grant)}",
        )
        for grant in grants
    )
    answer = shapes.named(_name(operation["responses"]["200"]["content"][JSON]["schema"]))
    return (
        f'<section><h2 id="authorization">Authorization</h2><p>{prose(summary)}</p><article>'
        f'<h3 id="{operation["operationId"]}"><span class="verb">POST</span> {code(PATH_OF_TOKENS)}</h3>'
        f"<p>{badge(operation['x-provenance'])} The body is a form. All grants take <code>client_id</code> "
        "and <code>client_secret</code>; keep both, and all tokens, on the server.</p>"
        + table("Grants", ("Grant", "Mark", "What it does, and its fields"), rows)
        + f"<h4>Answer <small>200</small></h4>{_fields(answer, shapes)}"
        + "<p>Errors are in OAuth's shape: <code>error</code> and <code>error_description</code>.</p>"
        + table("Refusals", ("Status and error", "Mark", "When"), refusal_rows(operation, common=True))
        + "</article></section>"
    )


def _identity(grant: Schema) -> str:
    return "with a customer's identity" if grant["x-identity"] else "without identity"


def _own_fields(grant: Schema) -> str:
    common = {"grant_type", "client_id", "client_secret"}
    return "; ".join(
        f"{code(name)}: {prose(field['description'].rstrip('.'))}"
        for name, field in grant["properties"].items()
        if name not in common
    )
