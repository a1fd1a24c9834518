"""Which packages and campaigns the wall shows, and how."""

from __future__ import annotations

from pydantic import Field

from klarna_shop.shop.paywalls.document.part import Label, Language, Part, Word

MOST_OFFERS = 12


class DesignOffer(Part):
    """One package or campaign by its code in Payway. Price and period are Payway's, never the design's."""

    code: Word = Field(title="Code", description="The package's or campaign's code in Payway.")
    badge: dict[Language, Label] = Field(
        default_factory=dict,
        max_length=40,
        title="Badge",
        description="A word or two on the offer, by language, such as: Most chosen.",
    )
    emphasised: bool = Field(False, title="Emphasised", description="Shown more strongly than the others.")


class Offers(Part):
    """The offers in their order."""

    listed: tuple[DesignOffer, ...] = Field(
        (),
        max_length=MOST_OFFERS,
        title="Offers",
        description="In the order shown. Empty: everything Payway sells, in the shop's order.",
    )
    preselected: Word | None = Field(
        None,
        title="Preselected offer",
        description="Chosen from the start: an offer’s code. Left empty (null): none.",
    )
