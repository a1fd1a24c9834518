"""The readers that a preview can be of, and what is true of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Persona(StrEnum):
    """A made-up reader. Nobody's account or browser stands behind it."""

    FIRST_VISIT = "first-visit"
    METER_USED_UP = "meter-used-up"
    SIGNED_IN = "signed-in"
    TRIAL = "trial"
    SUBSCRIBER = "subscriber"
    CANCELLED = "cancelled"
    IN_DEBT = "in-debt"

    @property
    def label(self) -> str:
        """Its name."""
        return _FACTS[self].label

    @property
    def sentence(self) -> str:
        """Who it is, in one plain sentence."""
        return _FACTS[self].sentence

    @property
    def facts(self) -> PersonaFacts:
        """What is true of it."""
        return _FACTS[self]


@dataclass(frozen=True)
class PersonaFacts:
    """What the access decision may ask about a persona."""

    label: str
    sentence: str
    visits: int
    """The visit that goes on is this one, from 1."""
    meter_used_up: bool = False
    """Whether as many other articles as the design allows were read, and not this one."""
    signed_in: bool = False
    entitled: bool = False
    """Whether Payway lists what opens the articles."""
    lapsed: bool = False
    """Whether there was a subscription and all are over."""


_FACTS = {
    Persona.FIRST_VISIT: PersonaFacts(
        "First visit", "Nobody we know, for the first time: no article read, not signed in.", visits=1
    ),
    Persona.METER_USED_UP: PersonaFacts(
        "Meter used up",
        "Not signed in, on the fifth visit, with all free articles of the period read.",
        visits=5,
        meter_used_up=True,
    ),
    Persona.SIGNED_IN: PersonaFacts(
        "Signed in, no subscription",
        "Has an account, has never subscribed, and has read all free articles of the period.",
        visits=5,
        meter_used_up=True,
        signed_in=True,
    ),
    Persona.TRIAL: PersonaFacts(
        "Trial",
        "Signed in, in the free first period of a trial: Payway lists its codes, so every article is open.",
        visits=8,
        signed_in=True,
        entitled=True,
    ),
    Persona.SUBSCRIBER: PersonaFacts(
        "Subscriber",
        "Signed in with a subscription that runs. Somebody who has cancelled reads like this until the paid"
        " period ends.",
        visits=40,
        signed_in=True,
        entitled=True,
    ),
    Persona.CANCELLED: PersonaFacts(
        "Cancelled",
        "Signed in, has cancelled, and the period that was paid for is over: lapsed, free articles used up.",
        visits=30,
        meter_used_up=True,
        signed_in=True,
        lapsed=True,
    ),
    Persona.IN_DEBT: PersonaFacts(
        "In debt",
        "Signed in; Klarna refused the renewal, no days of grace are left, and Payway has ended the"
        " subscription: lapsed, free articles used up. Buying again would be refused.",
        visits=30,
        meter_used_up=True,
        signed_in=True,
        lapsed=True,
    ),
}
