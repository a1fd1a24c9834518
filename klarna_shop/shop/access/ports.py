"""Questions of the decision, as protocols: the shop answers from its tables, a preview for its persona."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from klarna_shop.shop.access.entitled import PaidAccess
from klarna_shop.shop.access.meter import Allowance, MeterReading
from klarna_shop.shop.access.visits import Visit
from klarna_shop.shop.articles import Article
from klarna_shop.shop.experiments.experiment import Experiment
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.reader import Reader


class MeterPort(Protocol):
    """A browser's free articles."""

    def reading(self, slug: str, allowance: Allowance) -> MeterReading:
        """Return the meter's answer for an article that is opened now."""


@dataclass(frozen=True)
class DecisionInput:
    """Everything that one decision takes from the shop's tables, as it was at one moment.

    Attributes:
        published: the designs that are published.
        experiments: those that run or were promoted, the earliest first.
        draws: number of times that the browser was divided again in experiments.
        visit: the visit that goes on; None without a cookie, or where it cannot be read.
        paid: paid access; None where it cannot be read.
        meter: free articles; None where they cannot be read, or no design counts this article.
        is_dismissed: True if the browser has dismissed a soft wall before this article.
    """

    published: tuple[Published, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    draws: int = 0
    visit: Visit | None = None
    paid: PaidAccess | None = None
    meter: MeterPort | None = None
    is_dismissed: bool = False


class RecordsPort(Protocol):
    """Everything that is known of a browser and written down of it."""

    async def read(self, reader: Reader, article: Article, traffic_source: str) -> DecisionInput:
        """Read all that one decision needs."""

    async def count(
        self, visitor_id: str, traffic_source: str, slug: str = "", allowance: Allowance | None = None
    ) -> MeterReading | None:
        """Note the visit, and count an article on the meter where an allowance is given.

        Returns the meter's answer; None without an allowance, or where that could not be written soon.
        """

    async def dismiss(self, visitor_id: str, slug: str) -> None:
        """Remember that the wall before this article was dismissed."""

    async def forget(self, visitor_id: str) -> None:
        """Forget what was read and dismissed, and divide the browser again in experiments."""

    async def erase_old(self) -> None:
        """Forget what is too old to matter."""


class SubscriptionsPort(Protocol):
    """Paid access of readers."""

    async def opens(self, reader: Reader, article: Article, found: PaidAccess | None) -> bool | None:
        """True if a subscription or purchase opens the article; None where that could not be asked."""


class StandingPort(Protocol):
    """Subscriptions that are over."""

    async def has_lapsed(self, account_id: str) -> bool | None:
        """True if there was one and all are over; None where that could not be asked."""
