"""A choice as data: what is chosen, where the reference leaves it open, and what it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from klarna_shop.sandbox.provenance import Provenance

Value = str | int | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Alternative:
    """One way to read the reference.

    Attributes:
        value: what the reading is set to.
        meaning: what the sandbox then does.
        not_drawn: why uncertainty mode leaves it out; it can be set all the same. `None`: it is drawn.
    """

    value: Value
    meaning: str
    not_drawn: str | None = None


@dataclass(frozen=True)
class Choice:
    """One reading. `alternatives` are all values it can have, the default first."""

    name: str
    section: str
    provenance: Provenance
    meaning: str
    alternatives: tuple[Alternative, ...]

    @property
    def default(self) -> Value:
        """The reference's own default for a sandbox."""
        return self.alternatives[0].value

    @property
    def drawn(self) -> tuple[Value, ...]:
        """The values uncertainty mode draws from."""
        return tuple(entry.value for entry in self.alternatives if entry.not_drawn is None)

    def offers(self, value: object) -> bool:
        """Whether the reading can have this value; `True` is not 1 here."""
        return any(type(entry.value) is type(value) and entry.value == value for entry in self.alternatives)

    def described(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "section": self.section,
            "provenance": self.provenance.value,
            "meaning": self.meaning,
            "default": self.default,
            "alternatives": [vars(entry) for entry in self.alternatives],
        }


def choice(section: str, provenance: Provenance, meaning: str, *alternatives: Alternative) -> Any:
    """A field of a class of readings; its default is the first alternative."""
    facts = {"section": section, "provenance": provenance, "meaning": meaning, "alternatives": alternatives}
    return field(default=alternatives[0].value, metadata=facts)
