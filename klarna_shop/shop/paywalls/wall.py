"""The wall that a reader meets: one published design, in one language, for one article.

A value without prices: those come from Payway a moment later (`offers_in_order`), and the wall is not kept
waiting. A screen turns it into elements, and gives the variables their values in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from klarna_shop.shop.offers import Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.paywalls.document import (
    AccessModel,
    Copy,
    CopyLine,
    DesignOffer,
    Layout,
    Offers,
    PaywallDesign,
    Teaser,
    Theme,
)
from klarna_shop.shop.paywalls.standard import standard_design
from klarna_shop.shop.paywalls.variables import Values, fill

NEEDED = (CopyLine.TITLE, CopyLine.BUY, CopyLine.REGISTER, CopyLine.LOGIN, CopyLine.DISMISS)
"""Lines that no wall can do without: the standard design's stand in for those that are empty."""
_PREMIUM = {CopyLine.TITLE: CopyLine.TITLE_PREMIUM, CopyLine.LEAD: CopyLine.LEAD_PREMIUM}


@dataclass(frozen=True)
class WallOffer:
    """One offer as the design shows it."""

    offer: Offer
    badge: str = ""
    emphasised: bool = False
    preselected: bool = False


@dataclass(frozen=True)
class Wall:
    """What a screen needs to draw the wall. `model` is what closes this article: `data-model`."""

    slug: str
    version: int
    variant: str
    model: AccessModel
    layout: Layout
    language: str
    is_premium: bool
    """Whether a subscription is needed here though the design's own model may ask for less."""
    copy: Copy
    """In the wall's language, variables unfilled."""
    offers: Offers
    teaser: Teaser
    theme: Theme
    meter_total: int | None = None
    """Free articles in a period, where the design has a meter."""
    meter_days: int | None = None

    @classmethod
    def of(
        cls,
        slug: str,
        version: int,
        design: PaywallDesign,
        *,
        language: str,
        model: AccessModel | None = None,
        is_premium: bool = False,
        variant: str = "",
        meter: tuple[int, int] | None = None,
    ) -> Wall:
        """The wall of a design: published, or a draft that is looked at. `meter`: articles, and days."""
        total, days = meter or (None, None)
        return cls(
            slug=slug,
            version=version,
            variant=variant,
            model=model or design.access.model,
            layout=design.layout,
            language=language,
            is_premium=is_premium,
            copy=_copy(design, language),
            offers=design.offers,
            teaser=design.teaser,
            theme=design.theme,
            meter_total=total,
            meter_days=days,
        )

    @property
    def can_be_dismissed(self) -> bool:
        """Whether the wall has a way past it."""
        return self.model is AccessModel.SOFT

    @property
    def asks_to_register(self) -> bool:
        """Whether an account is enough."""
        return self.model is AccessModel.REGISTRATION

    def text(self, line: CopyLine, values: Values) -> str:
        """One line as the reader sees it; empty where there is nothing to say (yet)."""
        wanted = self.copy.line(line)
        if self.is_premium and line in _PREMIUM:
            wanted = self.copy.line(_PREMIUM[line]).strip() or wanted
        filled = fill(wanted, values).strip()
        return filled if filled or line not in NEEDED else _spare(self.language, line)

    def reasons(self, values: Values) -> tuple[str, ...]:
        """The reasons that can be told."""
        return tuple(filled for reason in self.copy.reasons if (filled := fill(reason, values).strip()))


def offers_in_order(offers: Offers, language: str, sold: Sequence[Offer]) -> tuple[WallOffer, ...]:
    """What is shown of what Payway sells, in the design's order; an offer that is not sold is left out.

    A package with several periods is several offers, which stand together; preselected is the first of them.
    """
    listed = offers.listed or tuple(
        DesignOffer(code=code) for code in dict.fromkeys(one.code for one in sold)
    )
    chosen = next((offer for offer in sold if offer.code == offers.preselected), None)
    return tuple(
        WallOffer(
            offer,
            badge=entry.badge.get(language, ""),
            emphasised=entry.emphasised,
            preselected=offer is chosen,
        )
        for entry in listed
        for offer in sold
        if offer.code == entry.code
    )


@dataclass(frozen=True)
class QuotedOffers:
    """The offers that the copy's variables speak of."""

    featured: Offer | None = None
    """`{offer}`, `{price}`, `{period}`, `{price_after}`, `{offer_sentence}`, `{vat}`, `{vat_percent}`."""
    trial: Offer | None = None
    """`{trial_length}` and `{trial_sentence}`."""
    cheapest: Offer | None = None
    """`{price_from}`."""


def quoted(shown: Sequence[WallOffer]) -> QuotedOffers:
    """Of the offers that a wall shows, those its copy speaks of."""
    offers = [one.offer for one in shown]
    preselected = next((one.offer for one in shown if one.preselected), None)
    month = Period(PeriodUnit.MONTH, 1)
    monthly = [offer for offer in offers if offer.recurring and offer.period == month]
    return QuotedOffers(
        featured=preselected or next(iter(offers), None),
        trial=next((offer for offer in offers if offer.kind is OfferKind.TRIAL), None),
        cheapest=min(monthly, key=lambda offer: offer.price, default=None),
    )


def _copy(design: PaywallDesign, language: str) -> Copy:
    found = design.copy_.get(language)
    return found if found is not None else _standard_copy(language)


def _standard_copy(language: str) -> Copy:
    texts = standard_design().copy_
    return texts.get(language) or next(iter(texts.values()))


def _spare(language: str, line: CopyLine) -> str:
    """A line for where the design has none: one of the standard design's that needs no figures."""
    line = CopyLine.TITLE_PREMIUM if line is CopyLine.TITLE else line
    return _standard_copy(language).line(line)
