"""Designs to start from, each a document of its own (`<key>.json`) that stands for an idea."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from klarna_shop.shop.paywalls.document import PaywallDesign

_FOLDER = Path(__file__).parent
_ORDER = (
    "metered-card",
    "registration-wall",
    "trial-comparison",
    "soft-sheet",
    "investigation-full-page",
    "thirty-days-phone",
    "win-back",
    "newsletter-campaign",
)
"""As the studio shows them: from the widest audience to the narrowest."""


@dataclass(frozen=True)
class Template:
    """One design to start from. Name and purpose are the document's."""

    key: str
    design: PaywallDesign


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order to show them."""
    return tuple(
        Template(key, PaywallDesign.model_validate_json((_FOLDER / f"{key}.json").read_bytes(), strict=True))
        for key in _ORDER
    )
