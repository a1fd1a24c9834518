"""The sandbox's readings, as the description shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from klarna_shop.sandbox.readings import Readings

_ATTRIBUTE = re.compile(r"^ {8}(\w+): (.+?)(?=^ {8}\w+: |\Z)", re.M | re.S)


@dataclass(frozen=True)
class DescribedReading:
    """A choice where the reference is inferred or silent."""

    name: str
    meaning: str
    default: Any

    def described(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "meaning": self.meaning, "default": str(self.default)}


def described_readings() -> tuple[DescribedReading, ...]:
    """Every reading with its meaning and its default."""
    meanings = dict(_ATTRIBUTE.findall(Readings.__doc__ or ""))
    return tuple(
        DescribedReading(entry.name, " ".join(meanings[entry.name].split()), entry.default)
        for entry in fields(Readings)
    )
