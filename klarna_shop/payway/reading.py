"""Reading answers as they come: wrapped or flat, numbers or strings, with fields nobody has told us of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_LARGEST = 10**15
"""Beyond any price or count, and far from where reading a number costs time."""


class Unreadable(ValueError):
    """A field that the caller cannot do without is missing or not of its kind."""


def item(body: Any) -> Json:
    """The object of an answer: inside `item`, or the answer itself (payway-api.md §1.3)."""
    inner = body.get("item", body) if isinstance(body, Mapping) else body
    if not isinstance(inner, Mapping):
        raise Unreadable("an object was expected")
    return inner


def merged(body: Any) -> Json:
    """The object of an answer whose wrapper is not documented: what is in `item` and what is beside it."""
    outer = body if isinstance(body, Mapping) else {}
    return {**outer, **item(body)}


def items(body: Any) -> list[Json]:
    """The objects of a list answer: inside `items` (or `item`), or the answer itself."""
    inner = body.get("items", body.get("item")) if isinstance(body, Mapping) else body
    if not isinstance(inner, list) or not all(isinstance(entry, Mapping) for entry in inner):
        raise Unreadable("a list of objects was expected")
    return inner


def required(source: Json, name: str) -> str:
    """A text that must be there."""
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{name} is missing")
    return value


def text(source: Json, *names: str) -> str | None:
    """The first of these fields that holds a text."""
    return next((value for name in names if isinstance(value := source.get(name), str) and value), None)


def boolean(source: Json, name: str) -> bool | None:
    """A boolean, or None where the field is absent."""
    value = source.get(name)
    return value if isinstance(value, bool) else None


def whole(source: Json, name: str) -> int | None:
    """A whole number, written as one or as text (`25`, `25.0`, `"25"`); None for anything else."""
    return _scaled(source.get(name), 1)


def ore(source: Json, name: str) -> int | None:
    """A price in major units, number or text (`210`, `99.0`, `"100.0"`), in öre; never a rounded one."""
    return _scaled(source.get(name), 100)


def moment(source: Json, name: str) -> datetime | None:
    """An ISO 8601 time with its offset, in UTC; None where it is absent or has none."""
    value = source.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and value else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def day(source: Json, name: str) -> date | None:
    """A date, `YYYY-MM-DD`, or the date of a time."""
    return _day(source.get(name))


def days(source: Json, name: str) -> list[date]:
    """A list of dates; entries of another kind are left out."""
    return [found for value in texts(source, name) if (found := _day(value)) is not None]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
    except ValueError:
        return None


def texts(source: Json, name: str) -> list[str]:
    """A list of texts; entries of another kind are left out."""
    value = source.get(name)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def nested(source: Json, name: str) -> Json:
    """An inner object, empty where it is absent."""
    value = source.get(name)
    return value if isinstance(value, Mapping) else {}


def entries(source: Json, name: str) -> list[Json]:
    """An inner list of objects, empty where it is absent."""
    value = source.get(name)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _scaled(value: Any, factor: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int):
        return value * factor if abs(value) <= _LARGEST else None
    if not _NUMBER.fullmatch(written := str(value)):
        return None
    amount = Decimal(written) * factor
    return int(amount) if abs(amount) <= _LARGEST * factor and amount == amount.to_integral_value() else None
