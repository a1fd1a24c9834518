"""One preview: who reads, when, on what, and which design stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews.persona import Persona

TEXT_SIZES = (100, 200)
"""Per cent of the browser's own size."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_NAME = 64


@dataclass(frozen=True)
class Preview:
    """What a preview shows. Article and language are the address's.

    Raises:
        ValueError: a field is not what it can be.
    """

    persona: Persona = Persona.FIRST_VISIT
    design: str = ""
    """The slug of the design that is looked at; empty for the designs as they are published."""
    draft: bool = False
    """Whether the draft of `design` stands in the place of its published version."""
    alone: bool = False
    """Whether `design` meets this reader whatever it targets, and no other design is tried."""
    at: datetime | None = None
    """The moment for the decision; None for now."""
    appearance: Appearance = Appearance.LIGHT
    text_size: int = 100
    device: Device = Device.DESKTOP
    variant: str = ""
    shared: bool = False
    """Whether it is looked at through a share link."""

    def __post_init__(self) -> None:
        if self.text_size not in TEXT_SIZES:
            raise ValueError(f"text of {self.text_size} %")
        if self.at is not None and (self.at.tzinfo is None or not EARLIEST <= self.at < LATEST):
            raise ValueError("a moment without a time zone, or too far away")
        if (self.draft or self.alone) and not self.design:
            raise ValueError("which design?")
        if len(self.design) > LONGEST_NAME or len(self.variant) > LONGEST_NAME:
            raise ValueError("a name too long to be one")
