"""One scenario: what it simulates, what the reader should see, and how the sandbox is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Group(StrEnum):
    """Where in a purchase it happens, in the order of a purchase."""

    BEFORE = "Before the checkout"
    WIDGET = "Klarna's widget and window"
    ORDER = "Payway refuses the order"
    LINE = "The line to Payway while the order is placed"
    AFTER = "After the order, and reading"
    CUSTOMER = "Demo customers"


class Start(StrEnum):
    """Where one walks to see it."""

    PICKER = "picker"
    ARTICLE = "article"
    SIGN_IN = "sign_in"


Order = Mapping[str, Any]
"""One entry for the sandbox's `/sandbox/control/faults`, without its scope (docs/sandbox.md)."""


@dataclass(frozen=True)
class Scenario:
    """A named outcome.

    Attributes:
        code: names it in addresses and tests.
        simulates: what happens, a sentence.
        expects: what the reader should see, a sentence.
        section: where the outside world says that it can happen.
        orders: what the sandbox is told; nothing where a demo customer is the scenario.
        forgets_offers: whether the shop forgets the offers that it remembers for everybody.
        customer: e-mail of the demo customer to sign in as.
        start: where one walks to see it.
        offer: the offer that the picker has chosen then.
    """

    code: str
    group: Group
    name: str
    simulates: str
    expects: str
    section: str
    orders: tuple[Order, ...] = ()
    forgets_offers: bool = False
    customer: str = ""
    start: Start = Start.PICKER
    offer: str = "digital"
