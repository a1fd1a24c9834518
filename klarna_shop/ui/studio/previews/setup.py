"""What stands side by side, as the page's address says it: a reload, and a link to a colleague, keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import SELLER_ZONE, seller_time
from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.paywalls.tables import LONGEST_SLUG
from klarna_shop.shop.previews import MOST_FRAMES, Persona, Preview, PreviewFrame
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages

PATH = "/studio/preview"
LONGEST_TEXT = 1_000
DRAFT, ALONE = "draft_", "alone_"
"""Before a design's slug: its draft in the place of its version, or before every reader."""


@dataclass(frozen=True)
class FrameSetup:
    """One frame. `design` is empty, or a slug with `DRAFT` or `ALONE` before it."""

    persona: Persona
    design: str = ""
    language: str = DEFAULT_LANGUAGE
    device: Device = Device.PHONE
    appearance: Appearance = Appearance.LIGHT
    text_size: int = 100

    def changed(self, field: object, value: object) -> FrameSetup:
        """With another value in one field; the same where it is none that the field can have."""
        try:
            return replace(self, **{field: _READ[field](value)})
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
        ):  # Infinity is no whole number
            return self

    def preview(self, at: datetime | None) -> Preview:
        """What the frame shows."""
        return Preview(
            persona=self.persona,
            design=self.design.partition("_")[2],
            draft=bool(self.design),
            alone=self.design.startswith(ALONE),
            at=at,
            appearance=self.appearance,
            text_size=self.text_size,
            device=self.device,
        )

    def written(self) -> str:
        """As text in an address."""
        values = (self.persona.value, self.design, self.language, self.device.value, self.appearance.value)
        return "~".join((*values, str(self.text_size)))


@dataclass(frozen=True)
class Setup:
    """All frames, and the page and moment that they share. Without `article` the front page."""

    article: str
    at: datetime | None
    frames: tuple[FrameSetup, ...]

    @property
    def address(self) -> str:
        """Where the studio shows it."""
        query = {"article": self.article, "frames": ".".join(frame.written() for frame in self.frames)}
        if self.at is not None:
            query["at"] = self.moment
        return f"{PATH}?{urlencode(query)}"

    @property
    def moment(self) -> str:
        """The moment in the newspaper's time, as a form's field writes it; empty for now."""
        return seller_time(self.at).strftime("%Y-%m-%dT%H:%M") if self.at else ""

    def shown(self) -> tuple[PreviewFrame, ...]:
        """The frames as previews."""
        return tuple(
            PreviewFrame(frame.preview(self.at), self.article, frame.language) for frame in self.frames
        )

    def with_frame(self, index: object, field: object, value: object) -> Setup:
        """With one field of one frame changed."""
        frames = [
            frame.changed(field, value) if number == index else frame
            for number, frame in enumerate(self.frames)
        ]
        return replace(self, frames=tuple(frames))

    def with_one_more(self) -> Setup:
        """With another frame, of the next reader who is not there yet, like the last."""
        if len(self.frames) >= MOST_FRAMES:
            return self
        there = {frame.persona for frame in self.frames}
        personas = current_shop().previews.personas
        following = next((persona for persona in personas if persona not in there), personas[0])
        return replace(self, frames=(*self.frames, replace(self.frames[-1], persona=following)))

    def without(self, index: object) -> Setup:
        """Without one frame; the last one stays."""
        left = tuple(frame for number, frame in enumerate(self.frames) if number != index)
        return replace(self, frames=left or self.frames)


def read_setup(query: Mapping[str, str]) -> Setup:
    """The setup that an address says; what it does not say, or says wrongly, is as usual."""
    article = query.get("article")
    return Setup(
        article=_default_article() if article is None else known_article(article),
        at=read_moment(query.get("at", "")),
        frames=_frames(query.get("frames", "")) or _default_frames(query.get("design", "")),
    )


def known_article(slug: object) -> str:
    """The slug, or none where there is no such article."""
    return slug if isinstance(slug, str) and current_shop().articles.find(DEFAULT_LANGUAGE, slug) else ""


def read_moment(written: object) -> datetime | None:
    """A moment in the newspaper's time; None for now and for what is no moment."""
    try:
        local = datetime.fromisoformat(written[:16] if isinstance(written, str) else "")
        at = local.replace(tzinfo=SELLER_ZONE)
        Preview(at=at)
    except ValueError:
        return None
    return at


def _frames(written: str) -> tuple[FrameSetup, ...]:
    parts = written[:LONGEST_TEXT].split(".")[:MOST_FRAMES] if written else []
    usual = FrameSetup(current_shop().previews.personas[0])
    found = []
    for part in parts:
        frame = usual
        for field, value in zip(_READ, part.split("~"), strict=False):
            frame = frame.changed(field, value)
        found.append(frame)
    return tuple(found)


def _default_frames(design: str) -> tuple[FrameSetup, ...]:
    personas = current_shop().previews.personas
    if design or len(personas) == 1:
        walled = FrameSetup(Persona.METER_USED_UP).changed("design", f"{ALONE}{design}" if design else "")
        return (walled, replace(walled, device=Device.DESKTOP))
    return (FrameSetup(Persona.FIRST_VISIT), FrameSetup(Persona.METER_USED_UP))


def _default_article() -> str:
    articles = current_shop().articles.front_page(DEFAULT_LANGUAGE)
    metered = (article.slug for article in articles if article.kind.value == "metered")
    return next(metered, articles[0].slug)


def _persona(value: str) -> Persona:
    persona = Persona(value)
    if persona not in current_shop().previews.personas:
        raise ValueError(value)
    return persona


def _design(value: str) -> str:
    slug = value.removeprefix(DRAFT).removeprefix(ALONE)
    if value and (slug == value or not 0 < len(slug) <= LONGEST_SLUG or not slug.replace("-", "").isalnum()):
        raise ValueError(value)
    return value


def _language(value: str) -> str:
    if value not in languages():
        raise ValueError(value)
    return value


def _text_size(value: str) -> int:
    return Preview(text_size=int(value)).text_size


_READ: Mapping[Any, Any] = {
    "persona": _persona,
    "design": _design,
    "language": _language,
    "device": Device,
    "appearance": Appearance,
    "text_size": _text_size,
}
"""The fields of a frame in the order of the address, and how each is read."""
