"""The description as a page to read: the document's content in the order in which one meets the API."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

from klarna_shop.sandbox.browser.page import Style, page
from klarna_shop.sandbox.description.endpoints import Entry, area_section, entries, token_section
from klarna_shop.sandbox.description.markup import anchor, badge, code, prose, table
from klarna_shop.sandbox.description.operations import AUTHORIZATION_AREA, PATH_OF_TOKENS
from klarna_shop.sandbox.description.schemas import Schema
from klarna_shop.sandbox.description.shapes import Shapes, meaning
from klarna_shop.sandbox.formats import CODE, EMAIL, ENTITY_ID, ORDER_NUMBER, TITLE_CODE
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.refusals import common_refusals

STYLE = Style((Path(__file__).parent / "page.css").read_text(encoding="utf-8"))
_FORMATS = (
    ("entity id", ENTITY_ID.shown, Provenance.DOCUMENTED, "Of accounts, periods, products, subscriptions."),
    (
        "order number",
        ORDER_NUMBER.shown,
        Provenance.DOCUMENTED,
        "The organisation in capitals, and a number.",
    ),
    ("code", CODE.shown, Provenance.DOCUMENTED, "Of products, packages and campaigns."),
    ("e-mail address", EMAIL.shown, Provenance.DOCUMENTED, "As validation messages show it."),
    ("title code", TITLE_CODE.shown, Provenance.DOCUMENTED, "Of newspapers."),
    ("time", "2026-03-10T10:30:00+01:00", Provenance.DOCUMENTED, "Local Swedish time with its offset."),
    ("date", "2026-03-10", Provenance.DOCUMENTED, "Birth dates and first days of subscriptions."),
    ("price", "129", Provenance.DOCUMENTED, "Kronor with VAT; in a payment's result a text in öre."),
)


def description_page(document: Schema) -> HTMLResponse:
    """The page of an OpenAPI document such as this sandbox's."""
    shapes = Shapes(document["components"]["schemas"])
    areas = entries(document)
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    sections = [
        _marks(document),
        _conventions(document),
        token_section(document["paths"][PATH_OF_TOKENS]["post"], tags[AUTHORIZATION_AREA], shapes),
        *(area_section(area, tags[area], listed, shapes) for area, listed in areas.items()),
        _shapes(shapes),
        _readings(document),
    ]
    body = (
        f'<p class="lead">{prose(_lead(document))}</p>'
        '<p>The same for programs: <a href="/sandbox/payway/openapi.json">openapi.json</a>, '
        "an OpenAPI 3.1 document.</p>"
        f'<div class="columns">{_contents(areas)}<div class="text">{"".join(sections)}</div></div>'
    )
    return page("en", str(document["info"]["title"]), body, style=STYLE)


def _lead(document: Schema) -> str:
    return str(document["info"]["description"]).partition(" Every endpoint")[0]


def _contents(areas: dict[str, list[Entry]]) -> str:
    listed = "".join(
        f'<li><a href="#{anchor(area)}">{escape(area)}</a><ul>'
        + "".join(
            f'<li><a href="#{entry.anchor}"><span class="verb">{entry.method}</span> '
            f"{code(entry.short_path)}</a></li>"
            for entry in listed
        )
        + "</ul></li>"
        for area, listed in areas.items()
    )
    return (
        '<nav aria-label="Contents"><ul>'
        '<li><a href="#marks">How well each fact is known</a></li>'
        '<li><a href="#conventions">What all endpoints have in common</a></li>'
        f'<li><a href="#authorization">Authorization</a></li>{listed}'
        '<li><a href="#shapes">Shared shapes</a></li>'
        '<li><a href="#readings">Readings</a></li></ul></nav>'
    )


def _marks(document: Schema) -> str:
    counted = Counter(_provenances(document["paths"])) + Counter(_provenances(document["components"]))
    rows = (
        (badge(mark), str(counted[mark]), prose(meaning))
        for mark, meaning in document["info"]["x-provenance-marks"].items()
    )
    return (
        '<section><h2 id="marks">How well each fact is known</h2>'
        "<p>Payway's documentation is open to read in part. This description keeps apart what it says, and "
        "what had to be concluded. Every endpoint, parameter, field and refusal bears one of four marks. "
        "Where something is known less well than the thing it belongs to, such as a parameter's being "
        "required, it has a mark of its own.</p>"
        + table("The four marks", ("Mark", "Facts here", "What it means"), rows)
        + "</section>"
    )


def _provenances(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("provenance"):
                yield str(inner)
            else:
                yield from _provenances(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _provenances(inner)


def _conventions(document: Schema) -> str:
    servers = ((code(server["url"]), prose(server["description"])) for server in document["servers"])
    formats = ((escape(name), code(form), badge(mark), prose(text)) for name, form, mark, text in _FORMATS)
    refusals = (
        (
            f"{refusal.status} {code(refusal.code)}",
            badge(refusal.provenance),
            meaning(refusal.when, *refusal.readings),
        )
        for refusal in common_refusals(identity=True, parameters=True)
    )
    return (
        '<section><h2 id="conventions">What all endpoints have in common</h2>'
        "<p>Calls carry <code>Authorization: Bearer …</code> and, with a body, "
        "<code>Content-Type: application/json</code>. One object is answered as <code>item</code>, a list as "
        "<code>items</code>, a page of a list with <code>page_info</code> beside it. The version is in each "
        "path and belongs to that endpoint alone.</p>"
        "<p><strong>Requests are strict, answers are open.</strong> A parameter that an endpoint does not "
        "know is refused; an empty or null one counts here as left out. A field that you "
        "do not know is to be ignored.</p>"
        + table("Where the API is", ("Address", "What it is"), servers)
        + table("Formats", ("Format", "Looks like", "Mark", "Where"), formats)
        + "<p>A refusal is an object with a <code>message</code> for people, usually a <code>code</code> for "
        "programs, and on parameter errors the <code>field</code>. Branch on the status first.</p>"
        + table("Refusals that any endpoint may give", ("Status and code", "Mark", "When"), refusals)
        + "</section>"
    )


def _shapes(shapes: Shapes) -> str:
    described = "".join(
        f'<article><h3 id="shape-{anchor(name)}">{escape(name)}</h3>'
        f"<p>{prose(' '.join(shapes.named(name).get('description', '').split()))}</p>"
        + table(
            f"Fields of {name}",
            ("Field", "Mark", "Meaning"),
            (row.cells(shapes) for row in shapes.rows(shapes.named(name))),
        )
        + "</article>"
        for name in shapes.shared
    )
    return (
        '<section><h2 id="shapes">Shared shapes</h2>'
        f"<p>Objects that several answers hold.</p>{described}</section>"
    )


def _readings(document: Schema) -> str:
    rows = (
        (
            f'<span id="reading-{anchor(reading["name"])}">{code(reading["name"])}</span>'
            f"<small>§{reading['section']}</small>",
            badge(reading["provenance"]),
            f"{prose(reading['meaning'])}.{_alternatives(reading)}",
        )
        for reading in document["info"]["x-readings"]
    )
    return (
        '<section><h2 id="readings">Readings</h2>'
        "<p>Where Payway's documentation is silent, the sandbox has to choose. Each choice is a reading, and "
        "each can be made otherwise: a client that works under all of them will not be surprised.</p>"
        + table("The sandbox's readings", ("Reading", "Mark", "What it decides, and how"), rows)
        + "</section>"
    )


def _alternatives(reading: dict[str, Any]) -> str:
    listed = (
        f"<li>{code(_written(alternative['value']))}: {prose(alternative['meaning'])}"
        f"{' <strong>(default)</strong>' if position == 0 else ''}</li>"
        for position, alternative in enumerate(reading["alternatives"])
    )
    return f"<ul>{''.join(listed)}</ul>"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
