"""An article once it has been read and checked."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ArticleKind(StrEnum):
    """How an article may be read: always, as far as the meter goes, or by subscribers only."""

    FREE = "free"
    METERED = "metered"
    PREMIUM = "premium"


class Placement(StrEnum):
    """Where an article stands on the front page; declared from first to last."""

    LEAD = "lead"
    TOP = "top"
    STANDARD = "standard"

    @property
    def rank(self) -> int:
        """0 for the lead, growing downwards."""
        return list(Placement).index(self)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the newspaper: its code, the same in all languages, and its name in one."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Illustration:
    """An article's picture. ``width`` and ``height`` are in pixels (SVG: units of its view box)."""

    file_name: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level element of the text; ``tag`` is its name, such as ``p``, ``h2`` or ``ul``.

    ``anchor`` is the element's ``id`` (``p-1``, ``p-2``, … in reading order), so that an address or
    a stored place can lead back to it.
    """

    anchor: str
    tag: str
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language. Its HTML is safe to show as it is; times are UTC.

    The text is left out of ``repr``, so that a log line or a traceback never gives it away.
    ``access_codes`` is empty where the shop's own codes apply.
    """

    slug: str
    language: str
    title: str
    kind: ArticleKind
    section: str = field(repr=False)
    section_code: str
    standfirst: str = field(repr=False)
    byline: str = field(repr=False)
    published: datetime = field(repr=False)
    updated: datetime | None = field(repr=False)
    illustration: Illustration | None = field(repr=False)
    placement: Placement = field(repr=False)
    tags: tuple[str, ...] = field(repr=False)
    access_codes: tuple[str, ...] = field(repr=False)
    words: int = field(repr=False)
    reading_minutes: int = field(repr=False)
    teaser_blocks: tuple[Block, ...] = field(repr=False)
    rest: tuple[Block, ...] = field(repr=False)
    teaser_notes: str = field(default="", repr=False)
    """Footnotes as HTML that everybody may read: their mark and their text stand above the teaser's end."""
    rest_notes: str = field(default="", repr=False)
    """All other footnotes, as HTML."""

    @property
    def body(self) -> tuple[Block, ...]:
        """The whole text: the teaser's blocks, then the rest."""
        return self.teaser_blocks + self.rest

    @property
    def teaser(self) -> tuple[str, ...]:
        """The HTML of each block that everybody may read."""
        return tuple(block.html for block in self.teaser_blocks)

    @property
    def teaser_html(self) -> str:
        """The teaser as HTML: what a reader without access gets, and all of it."""
        return _html(self.teaser_blocks, self.teaser_notes)

    @property
    def rest_html(self) -> str:
        """What follows the teaser. Only for readers who have access."""
        return _html(self.rest, self.rest_notes)

    @property
    def body_html(self) -> str:
        """The whole text, teaser included. Only for readers who have access."""
        return _html(self.body, self.teaser_notes, self.rest_notes)

    @property
    def rest_parts(self) -> tuple[str, ...]:
        """The HTML of each block after the teaser, and the footnotes. Only for readers who have access."""
        return (*(block.html for block in self.rest), *filter(None, [self.rest_notes]))


def _html(blocks: tuple[Block, ...], *notes: str) -> str:
    return "\n".join([*(block.html for block in blocks), *filter(None, notes)])
