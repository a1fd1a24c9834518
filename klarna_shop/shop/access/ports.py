"""What the decision asks, as protocols: the shop answers from its books, a preview for a made-up reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from klarna_shop.shop.access.meter import Allowance, MeterReading
from klarna_shop.shop.access.visits import Visit
from klarna_shop.shop.articles import Article
from klarna_shop.shop.experiments.choosing import MetVariant
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.reader import Customer


class SubscriptionsPort(Protocol):
    """Whether a reader has paid."""

    async def include(self, customer: Customer, article: Article) -> bool | None:
        """Whether a subscription opens the article; None where that could not be asked."""

    async def bought_here(self, visitor_id: str, article: Article) -> bool | None:
        """Whether it was bought in this browser, without an account."""


class DesignsPort(Protocol):
    """The designs in force."""

    async def published(self) -> tuple[Published, ...]:
        """All of them."""


class ExperimentsPort(Protocol):
    """Which variant of an experiment a visitor meets."""

    async def met(
        self, visitor_id: str | None, chosen: Published, published: Sequence[Published]
    ) -> MetVariant:
        """From the design that targeting chose to the one that is met."""

    async def draw_anew(self, visitor_id: str) -> None:
        """Divide this browser anew."""

    async def erase_old(self) -> None:
        """Forget what is too old to matter."""


class StandingPort(Protocol):
    """Who had a subscription."""

    async def has_lapsed(self, account_id: str) -> bool | None:
        """Whether there was one and all are over; None where that could not be asked."""


class VisitsPort(Protocol):
    """A browser's visits."""

    async def see(self, visitor_id: str, traffic_source: str = "") -> Visit:
        """The visit that goes on, counted."""

    async def peek(self, visitor_id: str, traffic_source: str = "") -> Visit:
        """The same, and nothing is counted."""

    async def erase_old(self) -> None:
        """Forget what is too old to matter."""


class MeterPort(Protocol):
    """A browser's free articles."""

    def allowance(self, free_articles: int | None = None, days: int | None = None) -> Allowance:
        """An allowance whose gaps are filled from the settings."""

    async def read(self, visitor_id: str, slug: str, allowance: Allowance | None = None) -> MeterReading:
        """Open an article on the meter."""

    async def peek(self, visitor_id: str, slug: str, allowance: Allowance | None = None) -> MeterReading:
        """What `read` would say; nothing is counted."""

    async def forget(self, visitor_id: str) -> None:
        """Nothing is remembered of this browser."""

    async def erase_old(self) -> None:
        """Forget what is too old to matter."""


class DismissalsPort(Protocol):
    """A browser's dismissed walls."""

    async def add(self, visitor_id: str, slug: str) -> None:
        """The wall before this article was dismissed."""

    async def has(self, visitor_id: str, slug: str) -> bool:
        """Whether it was, and not too long ago."""

    async def forget(self, visitor_id: str) -> None:
        """Nothing is remembered of this browser."""

    async def erase_old(self) -> None:
        """Forget what is too old to matter."""
