"""Answers to `shop.access` for a persona: nothing is written, and Payway is asked about no one."""

from __future__ import annotations

from dataclasses import dataclass, field

from klarna_shop.shop.access import Allowance, DecisionInput, MeterReading, PaidAccess
from klarna_shop.shop.access.visits import DIRECT, Visit
from klarna_shop.shop.articles import Article
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.previews.persona import PersonaFacts
from klarna_shop.shop.reader import Reader


@dataclass(frozen=True)
class PersonaSubscriptions:
    """Paid access of the persona."""

    facts: PersonaFacts

    async def opens(self, reader: Reader, article: Article, found: PaidAccess | None) -> bool | None:  # noqa: ARG002
        """As Payway would say of a customer like this; no persona has bought without an account."""
        return reader.customer is not None and self.facts.entitled


@dataclass(frozen=True)
class PersonaStanding:
    """Subscriptions of the persona that are over."""

    facts: PersonaFacts

    async def has_lapsed(self, account_id: str) -> bool | None:  # noqa: ARG002
        """As its facts say."""
        return self.facts.lapsed


@dataclass(frozen=True)
class PersonaMeter:
    """The persona's meter: untouched, or used up by other articles."""

    facts: PersonaFacts

    def reading(self, slug: str, allowance: Allowance) -> MeterReading:  # noqa: ARG002
        """Return what a meter like this would say; what is read is not counted."""
        total = allowance.free_articles
        if self.facts.meter_used_up or total == 0:
            return MeterReading(admitted=False, left=0, total=total)
        return MeterReading(admitted=True, left=total - 1, total=total)


@dataclass
class PersonaRecords:
    """The persona's browser. `designs` are those that a preview tries, read once when it was opened.

    A preview takes part in no experiment: it shows the design that it is of. Walls are dismissed while one
    decision lasts; a preview that is opened again has them again.
    """

    facts: PersonaFacts
    designs: tuple[Published, ...]
    dismissed: set[str] = field(default_factory=set)

    async def read(self, reader: Reader, article: Article, traffic_source: str) -> DecisionInput:  # noqa: ARG002
        """Return what the tables would hold of a reader like this."""
        return DecisionInput(
            published=self.designs,
            visit=Visit(self.facts.visits, traffic_source.strip().casefold() or DIRECT),
            meter=PersonaMeter(self.facts),
            is_dismissed=article.slug in self.dismissed,
        )

    async def count(
        self, visitor_id: str, traffic_source: str, slug: str = "", allowance: Allowance | None = None
    ) -> None:
        """Count nothing."""

    async def dismiss(self, visitor_id: str, slug: str) -> None:  # noqa: ARG002
        """Take the wall before this article away."""
        self.dismissed.add(slug)

    async def forget(self, visitor_id: str) -> None:
        """There is nothing to forget."""

    async def erase_old(self) -> None:
        """There is nothing to forget."""
