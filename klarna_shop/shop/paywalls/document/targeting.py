"""Whom a design is for. Every list that is empty, and every null, means: all."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from klarna_shop.shop.paywalls.document.part import Part, Word

MOST_VALUES = 50
HIGHEST_PRIORITY = 1000
MOST_VISITS = 1_000_000


class ReaderKind(StrEnum):
    """Who reads: nobody we know, a customer, or a customer whose subscription has ended."""

    ANONYMOUS = "anonymous"
    SIGNED_IN = "signed_in"
    LAPSED = "lapsed"


class Device(StrEnum):
    """By the browser's own word (its User-Agent)."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"


class Targeting(Part):
    """All rules must hold. Among the designs that match, the highest priority is shown."""

    sections: tuple[Word, ...] = Field(
        (), max_length=MOST_VALUES, title="Sections", description="The article's section, by code."
    )
    tags: tuple[Word, ...] = Field(
        (), max_length=MOST_VALUES, title="Tags", description="The article has at least one of these."
    )
    readers: tuple[ReaderKind, ...] = Field(
        (),
        max_length=MOST_VALUES,
        title="Readers",
        description=(
            "anonymous: nobody we know. signed_in: every customer who is. "
            "lapsed: signed in, subscription ended."
        ),
    )
    min_visits: int | None = Field(
        None,
        ge=1,
        le=MOST_VISITS,
        title="From visit",
        description="The browser's visits, this one included; a visit ends after 30 minutes of quiet.",
    )
    max_visits: int | None = Field(
        None, ge=1, le=MOST_VISITS, title="To visit", description="The last visit that it is shown on."
    )
    traffic_sources: tuple[Word, ...] = Field(
        (),
        max_length=MOST_VALUES,
        title="Traffic sources",
        description="utm_source of the address the visit began at, or direct. Capitals do not matter.",
    )
    devices: tuple[Device, ...] = Field(
        (), max_length=MOST_VALUES, title="Devices", description="phone, tablet, desktop."
    )
    languages: tuple[Word, ...] = Field(
        (), max_length=MOST_VALUES, title="Languages", description="The article's language, such as sv."
    )
    starts_at: AwareDatetime | None = Field(
        None, title="From", description="The first moment (UTC). Left empty (null): at once."
    )
    ends_at: AwareDatetime | None = Field(
        None,
        title="Until",
        description="The first moment after it (UTC). Left empty (null): no end.",
    )
    priority: int = Field(
        100,
        ge=0,
        le=HIGHEST_PRIORITY,
        title="Priority",
        description="The highest first; among equals, the slug in alphabetical order.",
    )
