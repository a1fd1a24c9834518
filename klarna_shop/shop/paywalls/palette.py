"""The colours that a theme yields, and how well they can be told apart (WCAG 2.2).

Background and words are the shop's own (`assets/styles/tokens.css`); the theme brings button and accent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from klarna_shop.shop.paywalls.document import Colours, Theme

TEXT_CONTRAST = 4.5
"""Success criterion 1.4.3, for words of any size."""
GRAPHIC_CONTRAST = 3.0
"""Success criterion 1.4.11, for what one must see to use the wall."""


class Appearance(StrEnum):
    """The two appearances of the shop."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Surface:
    """The shop's own colours that a wall's lie on or below."""

    paper: str
    tint: str
    on_brand: str
    """Words on a button of the brand colour, and on a badge."""


SURFACES = {
    Appearance.LIGHT: Surface(paper="#fdfdfb", tint="#f2f1ec", on_brand="#ffffff"),
    Appearance.DARK: Surface(paper="#14181b", tint="#1d2327", on_brand="#0d1b26"),
}


@dataclass(frozen=True)
class ColourPair:
    """Two colours that meet. `field` is the theme's: `light.brand`."""

    field: str
    what: str
    front: str
    back: str
    needed: float

    @property
    def ratio(self) -> float:
        """Their contrast, from 1 to 21."""
        return contrast(self.front, self.back)


def pairs(theme: Theme) -> tuple[ColourPair, ...]:
    """Every pair of colours that the theme brings about, in both appearances."""
    return tuple(
        pair
        for appearance, colours in ((Appearance.LIGHT, theme.light), (Appearance.DARK, theme.dark))
        for pair in _pairs(appearance, colours, SURFACES[appearance])
    )


def _pairs(appearance: Appearance, colours: Colours, surface: Surface) -> tuple[ColourPair, ...]:
    brand, accent = f"{appearance.value}.brand", f"{appearance.value}.accent"
    return (
        ColourPair(brand, "words on the main button", surface.on_brand, colours.brand, TEXT_CONTRAST),
        ColourPair(brand, "words of the other buttons", colours.brand, surface.tint, TEXT_CONTRAST),
        ColourPair(brand, "links on the page", colours.brand, surface.paper, TEXT_CONTRAST),
        ColourPair(accent, "words on a badge", surface.on_brand, colours.accent, TEXT_CONTRAST),
        ColourPair(accent, "ticks on the wall", colours.accent, surface.tint, GRAPHIC_CONTRAST),
        ColourPair(accent, "the edge against the page", colours.accent, surface.paper, GRAPHIC_CONTRAST),
    )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours (#rrggbb)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, from 0 to 1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
