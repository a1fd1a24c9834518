"""What `shop.access` asks, answered for a persona: nothing is written, and Payway is asked about nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from klarna_shop.shop.access import Allowance, Meter, MeterReading
from klarna_shop.shop.access.visits import DIRECT, Visit
from klarna_shop.shop.articles import Article
from klarna_shop.shop.experiments.choosing import MetVariant
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.previews.persona import PersonaFacts
from klarna_shop.shop.reader import Customer


class _NothingKept:
    async def forget(self, visitor_id: str) -> None:
        """There is nothing to forget."""

    async def erase_old(self) -> None:
        """There is nothing to forget."""


@dataclass(frozen=True)
class PersonaSubscriptions:
    """Whether the persona has paid."""

    facts: PersonaFacts

    async def include(self, customer: Customer, article: Article) -> bool | None:  # noqa: ARG002
        """What Payway would say of a customer like this."""
        return self.facts.entitled

    async def bought_here(self, visitor_id: str, article: Article) -> bool:  # noqa: ARG002
        """No persona has bought without an account."""
        return False


@dataclass(frozen=True)
class PersonaStanding:
    """Whether the persona had a subscription that is over."""

    facts: PersonaFacts

    async def has_lapsed(self, account_id: str) -> bool | None:  # noqa: ARG002
        """As its facts say."""
        return self.facts.lapsed


@dataclass(frozen=True)
class PersonaVisits(_NothingKept):
    """How often the persona has been here."""

    facts: PersonaFacts

    async def see(self, visitor_id: str, traffic_source: str = "") -> Visit:
        """The visit that goes on. Nothing is counted."""
        return await self.peek(visitor_id, traffic_source)

    async def peek(self, visitor_id: str, traffic_source: str = "") -> Visit:  # noqa: ARG002
        """The same."""
        return Visit(self.facts.visits, traffic_source.strip().casefold() or DIRECT)


@dataclass(frozen=True)
class PersonaMeter(_NothingKept):
    """The persona's meter: untouched, or used up by other articles. `meter` says what is allowed."""

    facts: PersonaFacts
    meter: Meter

    def allowance(self, free_articles: int | None = None, days: int | None = None) -> Allowance:
        """The design's, its gaps filled from the settings."""
        return self.meter.allowance(free_articles, days)

    async def read(self, visitor_id: str, slug: str, allowance: Allowance | None = None) -> MeterReading:
        """What is read is not counted."""
        return await self.peek(visitor_id, slug, allowance)

    async def peek(
        self,
        visitor_id: str,  # noqa: ARG002
        slug: str,  # noqa: ARG002
        allowance: Allowance | None = None,
    ) -> MeterReading:
        """What a meter like this would say."""
        total = (allowance or self.meter.standard).free_articles
        if self.facts.meter_used_up or total == 0:
            return MeterReading(admitted=False, left=0, total=total)
        return MeterReading(admitted=True, left=total - 1, total=total)


@dataclass
class PreviewDismissals(_NothingKept):
    """Walls dismissed while one decision lasts: a preview that is opened anew has them again."""

    dismissed: set[str] = field(default_factory=set)

    async def add(self, visitor_id: str, slug: str) -> None:  # noqa: ARG002
        """The wall before this article was dismissed."""
        self.dismissed.add(slug)

    async def has(self, visitor_id: str, slug: str) -> bool:  # noqa: ARG002
        """Whether it was, just now."""
        return slug in self.dismissed


class PreviewExperiments(_NothingKept):
    """A preview takes part in no experiment: it shows the design that it is of."""

    async def met(
        self,
        visitor_id: str | None,  # noqa: ARG002
        chosen: Published,
        published: Sequence[Published],  # noqa: ARG002
    ) -> MetVariant:
        """The design that targeting chose."""
        return MetVariant(chosen)

    async def draw_anew(self, visitor_id: str) -> None:
        """There is nothing to draw."""


@dataclass(frozen=True)
class PreviewDesigns:
    """The designs that a preview tries: read once, when it was opened."""

    designs: tuple[Published, ...]

    async def published(self) -> tuple[Published, ...]:
        """These, as if they were in force."""
        return self.designs
