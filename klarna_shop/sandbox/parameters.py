"""Declared parameters of an endpoint, and the strict reading of a request against them (§2)."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

from klarna_shop.sandbox.errors import invalid_parameter, unknown_parameter
from klarna_shop.sandbox.formats import DATE, Format
from klarna_shop.sandbox.provenance import Provenance

LONGEST_TEXT = 1024
"""Characters of a text whose parameter says nothing of its length."""
Kind = Literal["text", "boolean", "integer", "date", "url", "ip", "object"]


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, what it must look like, and the value it has when left out."""

    name: str
    kind: Kind = "text"
    required: bool = False
    default: Any = None
    format: Format | None = None
    minimum: int | None = None
    """Smallest number, or fewest characters; of an object as JSON text."""
    maximum: int | None = None
    """Largest number, or most characters; of an object as JSON text."""
    choices: tuple[str, ...] = ()
    members: tuple[Parameter, ...] = ()
    """Of an object; empty accepts any member with a plain value."""
    description: str = ""
    """What it means, where the name does not say it."""
    provenance: Provenance = Provenance.DOCUMENTED
    """How well it is known that the parameter exists."""
    required_provenance: Provenance | None = None
    """How well it is known that it must be given, where that is known less well."""
    limits_provenance: Provenance | None = None
    """The same of its format, lengths and choices."""


@dataclass(frozen=True)
class OneOf:
    """Exactly one of these parameters must be given; with `required=False`, at most one."""

    names: tuple[str, ...]
    required: bool = True


def read_parameters(
    given: Mapping[str, Any], parameters: Sequence[Parameter], exclusive: Sequence[OneOf] = (), *, typed: bool
) -> dict[str, Any]:
    """The values by name, checked. `typed` says that they came as JSON and not as query text.

    Raises:
        ApiError: `unknown_parameter`, or `invalid_parameter` for the first parameter that is wrong.
    """
    known = {parameter.name for parameter in parameters}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise unknown_parameter(unknown)
    for choice in exclusive:
        _check_exclusive(choice, given)
    return {
        parameter.name: _read(parameter, given.get(parameter.name), typed=typed, prefix="")
        for parameter in parameters
    }


def _check_exclusive(choice: OneOf, given: Mapping[str, Any]) -> None:
    present = [name for name in choice.names if given.get(name) not in (None, "")]
    names = ", ".join(choice.names)
    if len(present) > 1:
        raise invalid_parameter(present[1], f"Only one of [{names}] is allowed")
    if choice.required and not present:
        raise invalid_parameter(choice.names[0], f"One of parameters [{names}] is required")


def _read(parameter: Parameter, value: Any, *, typed: bool, prefix: str) -> Any:
    field = prefix + parameter.name
    if value is None or value == "":
        if parameter.required:
            raise invalid_parameter(field, "Parameter is required")
        return parameter.default
    match parameter.kind:
        case "boolean":
            return _boolean(field, value, typed)
        case "integer":
            return _integer(parameter, field, value, typed)
        case "object":
            return _object(parameter, field, value)
        case kind:
            return _text(parameter, kind, field, value)


def _boolean(field: str, value: Any, typed: bool) -> bool:
    if isinstance(value, bool):
        return value
    if not typed and value in {"true", "false"}:
        return bool(value == "true")
    raise invalid_parameter(field, "Parameter must be a boolean")


def _integer(parameter: Parameter, field: str, value: Any, typed: bool) -> int:
    # More digits than any bound allows are refused before Python refuses to convert them.
    if not typed and isinstance(value, str) and len(value) <= 18 and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid_parameter(field, "Parameter must be an integer")
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise invalid_parameter(field, f"Parameter must be within {low}..{high}")
    return value


def _object(parameter: Parameter, field: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_parameter(field, "Parameter must be an object")
    if not parameter.members:
        if any(isinstance(member, (dict, list)) for member in value.values()):
            raise invalid_parameter(field, "Parameter must be an object of plain values")
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        low, high = parameter.minimum or 0, parameter.maximum or size
        if not low <= size <= high:
            raise invalid_parameter(field, f"Parameter must have length within {low}..{high}")
        return dict(value)
    known = {member.name for member in parameter.members}
    unknown = [f"{field}.{name}" for name in value if name not in known]
    if unknown:
        raise unknown_parameter(unknown)
    return {
        member.name: _read(member, value.get(member.name), typed=True, prefix=f"{field}.")
        for member in parameter.members
    }


def _text(parameter: Parameter, kind: Kind, field: str, value: Any) -> Any:
    if not isinstance(value, str) or any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise invalid_parameter(field, "Parameter must be a string")
    if parameter.choices and value not in parameter.choices:
        raise invalid_parameter(field, f"Parameter must be within [{', '.join(parameter.choices)}]")
    low, high = parameter.minimum or 1, parameter.maximum or LONGEST_TEXT
    if not low <= len(value) <= high:
        raise invalid_parameter(field, f"Parameter must have length within {low}..{high}")
    if parameter.format is not None and not parameter.format.accepts(value):
        raise invalid_parameter(field, f"Parameter must match format ({parameter.format.shown})")
    if kind == "date":
        return _date(field, value)
    if kind == "url" and not _is_address(value):
        raise invalid_parameter(field, "Parameter must be an absolute URL")
    if kind == "ip" and not _is_ip(value):
        raise invalid_parameter(field, "Parameter must be an IP address")
    return value


def _date(field: str, value: str) -> date:
    if not DATE.accepts(value):
        raise invalid_parameter(field, f"Parameter must match format ({DATE.shown})")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise invalid_parameter(field, "Parameter must be a date") from None


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value
    except ValueError:
        return False


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
