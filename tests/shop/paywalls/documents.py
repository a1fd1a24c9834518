"""Documents drawn from the JSON Schema itself, so that nothing the schema admits is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from klarna_shop.shop.paywalls.document import PaywallDesign, document_schema
from klarna_shop.shop.paywalls.document.part import PRINTABLE
from klarna_shop.shop.paywalls.variables import Variable
from klarna_shop.text_check import lost_letters

SCHEMA = document_schema()
TELLING = [
    *(f"{{{variable.value}}}" for variable in Variable),
    *(
        "{",
        "}}",
        "{}",
        "{nothing}",
        "gratis",
        "free",
        "129 kr",
        "9 999 999,99 kr",
        "SEK 1",
        "moms 25 %",
        "vat",
    ),
    *("exkl. moms", "7 dagars ångerrätt", "99999999999 days withdrawal", "faktura", "kort", "pay later", " "),
    *("digital", "digital-trial", "sv", "news", "granskning", "newsletter", "ﬀ", "\u00ad", "𝔸", "עברית"),
]
"""Pieces that some check or the filling of variables looks for."""


def _is_readable(text: str) -> bool:
    return not any(lost_letters(text))


PRINTABLE_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], min_codepoint=32), max_size=40
).filter(_is_readable)
MOMENTS = st.datetimes(
    timezones=st.sampled_from([timezone(timedelta(hours=hours)) for hours in (0, 14, -12)])
).map(datetime.isoformat)


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("format") == "date-time":
        return MOMENTS
    least, most = schema.get("minLength", 0), schema.get("maxLength", 200)
    if schema.get("pattern", PRINTABLE) != PRINTABLE:
        return st.from_regex(schema["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii"))
    pieces = st.lists(st.one_of(st.sampled_from(TELLING), PRINTABLE_TEXT), max_size=8).map("".join)
    printable = pieces.map(lambda text: text.replace("\x7f", "")[:most])
    # What was put together must be readable too: "Ã" before "¥" is a letter that was decoded twice.
    return printable.filter(lambda text: len(text) >= least and _is_readable(text))


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """JSON values that this part of the schema admits."""
    if "$ref" in schema:
        return values(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(values(one) for one in schema["anyOf"]))
    kinds: dict[str, Any] = {
        "null": lambda: st.none(),
        "boolean": lambda: st.booleans(),
        "integer": lambda: st.integers(schema["minimum"], schema["maximum"]),
        "string": lambda: _texts(schema),
        "array": lambda: st.lists(values(schema["items"]), max_size=min(schema["maxItems"], 4)),
        "object": lambda: _objects(schema),
    }
    strategy: st.SearchStrategy[Any] = kinds[schema["type"]]()
    return strategy


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "patternProperties" in schema:
        ((pattern, value),) = schema["patternProperties"].items()
        names = st.one_of(
            st.sampled_from(["sv", "en"]),
            st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii")),
        )
        return st.dictionaries(names, values(value), max_size=3)
    required = set(schema.get("required", ()))
    fields = {name: values(field) for name, field in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


JSON_DOCUMENTS = values(SCHEMA)
DESIGNS = JSON_DOCUMENTS.map(PaywallDesign.model_validate)
TARGETINGS = DESIGNS.map(lambda design: design.targeting)
