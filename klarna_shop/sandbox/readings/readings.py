"""All readings in one object, and the drawing of one at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from random import Random
from typing import Any, Self

from klarna_shop.sandbox.readings.accounts import AccountReadings
from klarna_shop.sandbox.readings.catalogue import CatalogueReadings
from klarna_shop.sandbox.readings.choice import Choice, Value
from klarna_shop.sandbox.readings.openid import OpenIdReadings
from klarna_shop.sandbox.readings.purchases import PurchaseReadings
from klarna_shop.sandbox.readings.start_dates import StartDateReadings
from klarna_shop.sandbox.readings.tokens import TokenReadings


class ReadingError(ValueError):
    """There is no reading of this name, or it does not have this value."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


@dataclass(frozen=True)
class Excluded:
    """Values that are never drawn together, for the `reason` given. The last one is drawn anew."""

    values: Mapping[str, tuple[Value, ...]]
    reason: str


EXCLUDED = (
    Excluded(
        {"categories": (("klarna",), ("pay_later", "pay_over_time")), "direct_debit_for_trials": (False,)},
        "Without direct_debit no free campaign can be bought (§4).",
    ),
    Excluded(
        {"stale_token_status": (403,), "unauthorized_body": ("message", "empty")},
        "A 403 without a code is also what Klarna's refusal and a missing scope look like: no client could "
        "know that a new token would help.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Readings(
    AccountReadings,
    CatalogueReadings,
    PurchaseReadings,
    StartDateReadings,
    OpenIdReadings,
    TokenReadings,
):
    """One reading of the reference. The defaults are the reference's own sandbox defaults.

    What each field means and may be is data: `Readings.choices()`.

    Raises:
        ReadingError: a value is not one of its field's alternatives.
    """

    def __post_init__(self) -> None:
        for choice in self.choices():
            if not choice.offers(value := getattr(self, choice.name)):
                offered = ", ".join(repr(alternative.value) for alternative in choice.alternatives)
                raise ReadingError(choice.name, f"Reading must be within [{offered}], and not {value!r}")

    @classmethod
    def choices(cls) -> tuple[Choice, ...]:
        """Every reading, in the reference's order of areas, with its alternatives."""
        return _choices()

    @classmethod
    def drawn(cls, random: Random) -> Self:
        """Each reading drawn from the alternatives with which a purchase is possible."""
        values: dict[str, Any] = {choice.name: random.choice(choice.drawn) for choice in cls.choices()}
        by_name = {choice.name: choice for choice in cls.choices()}
        for excluded in EXCLUDED:
            if all(values[name] in refused for name, refused in excluded.values.items()):
                name, refused = list(excluded.values.items())[-1]
                values[name] = random.choice([value for value in by_name[name].drawn if value not in refused])
        return cls(**values)

    def changed(self, values: Mapping[str, Any]) -> Self:
        """These readings with some others, as JSON has them.

        Raises:
            ReadingError: a name or a value does not exist.
        """
        names = {choice.name for choice in self.choices()}
        for name in values:
            if name not in names:
                raise ReadingError(name, "There is no such reading")
        converted: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return replace(self, **converted)

    def values(self) -> dict[str, Value]:
        """Every reading by name."""
        return {choice.name: getattr(self, choice.name) for choice in self.choices()}


@cache
def _choices() -> tuple[Choice, ...]:
    return tuple(Choice(name=entry.name, **entry.metadata) for entry in fields(Readings))
