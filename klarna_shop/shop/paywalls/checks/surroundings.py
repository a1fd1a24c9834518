"""What a design is checked against: the catalogue, the other designs, the newspaper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.wall import QuotedOffers, WallOffer, offers_in_order, quoted


@dataclass(frozen=True)
class ArticleFacts:
    """What targeting asks of one article in one language. Free articles have no wall and are left out."""

    section: str
    tags: frozenset[str]
    language: str


@dataclass(frozen=True)
class Surroundings:
    """Everything outside the document that the checks need."""

    now: datetime
    slug: str
    """The design's own, so that it is not held against itself."""
    languages: tuple[str, ...]
    articles: tuple[ArticleFacts, ...]
    offers: tuple[Offer, ...] | None
    """What Payway sells; None where it could not be asked."""
    others: tuple[Published, ...] = ()
    payment_method_category: str = ""
    """`KLARNA_PAYMENT_METHOD_CATEGORY`: what the checkout shows; empty: what Klarna chooses."""


@dataclass(frozen=True)
class Checked:
    """One design in its surroundings, as the checks look at it."""

    design: PaywallDesign
    around: Surroundings

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the shop that the design can be met in."""
        targeted = self.design.targeting.languages
        return tuple(one for one in self.around.languages if not targeted or one in targeted)

    @property
    def shown(self) -> tuple[WallOffer, ...]:
        """The offers that the wall would show; none where the catalogue is not known."""
        language = self.around.languages[0] if self.around.languages else ""
        return offers_in_order(self.design.offers, language, self.around.offers or ())

    @property
    def quoted(self) -> QuotedOffers:
        """The offers that the copy speaks of."""
        return quoted(self.shown)

    def texts(self, language: str | None = None) -> Iterator[tuple[str, str, str]]:
        """Every line that says something, as (language, path, text)."""
        for code, copy in self.design.copy_.items():
            if language in {None, code}:
                for path, text in copy.lines():
                    yield code, f"copy.{code}.{path}", text
