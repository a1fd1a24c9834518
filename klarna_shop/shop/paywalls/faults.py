"""What is wrong with a value, in words for somebody who fills in a form or mends a file."""

from __future__ import annotations

import re

from pydantic_core import ErrorDetails

from klarna_shop.shop.paywalls.document.fields import FieldFacts, FieldKind

_STOPPED_AT = re.compile(r"line (\d+) column (\d+)")
_SHAPES = {
    "string_type": "A text in quotation marks stands here.",
    "bool_type": "true or false stands here.",
    "list_type": "A list in [ ] stands here.",
    "dict_type": "Names with their values in { } stand here.",
    "model_type": "Names with their values in { } stand here.",
}


def sentence_for_form(fault: ErrorDetails, facts: FieldFacts) -> str:
    """What the schema does not admit in one field."""
    limits = fault.get("ctx", {})
    match fault["type"]:
        case "string_too_long":
            return f"At most {limits['max_length']} letters; these are {len(str(fault['input']))}."
        case "string_too_short":
            return "It must say something."
        case "too_long":
            return f"At most {limits['max_length']} of them."
        case "string_pattern_mismatch" if facts.kind is FieldKind.COLOUR:
            return "A colour is written as #143d59."
        case "string_pattern_mismatch":
            return "Not in the form that is wanted here, or with signs that cannot be shown."
        case "enum" | "literal_error":
            return "None of the values to choose from."
    return expectation(facts)


def sentence_for_file(fault: ErrorDetails, facts: FieldFacts | None) -> str:
    """The same of a whole file, where names and JSON itself can be wrong. No `facts`: no such field."""
    kind, limits = fault["type"], fault.get("ctx", {})
    match kind:
        case "json_invalid":
            stopped = _STOPPED_AT.search(str(limits.get("error", "")))
            where = f" Reading it stopped at line {stopped[1]}, column {stopped[2]}." if stopped else ""
            return f"This is not JSON.{where}"
        case "extra_forbidden":
            return "No design has a field of this name."
        case "missing":
            return "It is missing."
        case "enum" | "literal_error":
            return f"One of these: {limits['expected']}."
    if kind in _SHAPES:
        return _SHAPES[kind]
    if facts is None:
        return fault["msg"]
    if facts.kind is FieldKind.MOMENT:
        return "A moment is written as 2026-12-01T08:00:00Z."
    return sentence_for_form(fault, facts)


def expectation(facts: FieldFacts) -> str:
    """What a field takes, as a sentence."""
    match facts.kind:
        case FieldKind.NUMBER:
            return f"A whole number from {facts.least} to {facts.most}."
        case FieldKind.MOMENT:
            return "A day and a time, such as 2026-12-01 08:00."
        case FieldKind.COLOUR:
            return "A colour is written as #143d59."
    return "That is nothing this field can hold."
