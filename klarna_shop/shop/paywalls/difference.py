"""What changed between two documents, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from klarna_shop.shop.paywalls.document import PaywallDesign

_ABSENT = object()
MOST_IN_SUMMARY = 8


@dataclass(frozen=True)
class FieldChange:
    """One field by its path (`copy.sv.title`, `offers.listed.0.code`), as JSON values.

    `old` is None for what was added and `new` is None for what was taken away; a field that may itself
    be null counts as there.
    """

    path: str
    old: Any
    new: Any


def difference(before: PaywallDesign, after: PaywallDesign) -> tuple[FieldChange, ...]:
    """Every field whose value is not the same, in the document's order. Empty: nothing changed."""
    return tuple(_changes("", before.as_data(), after.as_data()))


def summary(changes: Sequence[FieldChange]) -> str:
    """The paths in one line, the first few by name."""
    named = ", ".join(change.path for change in changes[:MOST_IN_SUMMARY])
    more = len(changes) - MOST_IN_SUMMARY
    return f"{named} and {more} more" if more > 0 else named


def _changes(path: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _changes(_join(path, name), old.get(name, _ABSENT), new.get(name, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            yield from _changes(_join(path, str(number)), _at(old, number), _at(new, number))
    elif old is _ABSENT or new is _ABSENT or old != new:
        yield FieldChange(path, None if old is _ABSENT else old, None if new is _ABSENT else new)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _at(values: list[Any], number: int) -> Any:
    return values[number] if number < len(values) else _ABSENT
