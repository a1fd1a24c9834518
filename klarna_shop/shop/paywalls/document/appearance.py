"""How the wall looks: layout, teaser and theme."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from klarna_shop.shop.paywalls.document.part import Part

MOST_TEASER = 10

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Logo = Annotated[
    str,
    StringConstraints(max_length=80, pattern=r"^(none|wordmark|[a-z0-9][a-z0-9_-]*\.(svg|png|webp|avif))$"),
]


class Layout(StrEnum):
    """Where the wall stands."""

    INLINE_CARD = "inline_card"
    FULL_PAGE = "full_page"
    BOTTOM_SHEET = "bottom_sheet"
    OFFER_COMPARISON = "offer_comparison"


class Font(StrEnum):
    """The faces to choose from: the shop's own, and what each system brings. Nothing is fetched elsewhere."""

    NEWSPAPER = "newspaper"
    SERIF = "serif"
    SANS = "sans"
    ROUNDED = "rounded"


class Teaser(Part):
    """How much everybody may read, above the wall."""

    paragraphs: int | None = Field(
        None,
        ge=0,
        le=MOST_TEASER,
        title="Paragraphs",
        description="Blocks of the text before the wall. Left empty (null): as the article says.",
    )
    fade: bool = Field(True, title="Fade", description="Let the last lines of the teaser fade out.")


class Colours(Part):
    """The colours of one appearance, as #rrggbb."""

    brand: Colour = Field(title="Brand colour", description="The main button, and the other buttons' words.")
    accent: Colour = Field(title="Accent", description="The edge, the ticks and the badges.")


class Theme(Part):
    """Colours for light and dark, and shapes."""

    light: Colours = Field(
        Colours(brand="#143d59", accent="#98281b"), title="Light", description="On a light page."
    )
    dark: Colours = Field(
        Colours(brand="#a8cfe9", accent="#f09683"), title="Dark", description="On a dark page."
    )
    font: Font = Field(Font.NEWSPAPER, title="Font", description="The face of the wall.")
    corner_radius: int = Field(
        3, ge=0, le=32, title="Corner radius", description="Of buttons and cards, in pixels."
    )
    logo: Logo = Field(
        "none",
        title="Logo",
        description="none, wordmark (the newspaper's name), or an asset's file name.",
    )
