"""A letter: a title, a sentence, and sections of rows and paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class LetterRow:
    """A name and what it is."""

    label: str = ""
    value: str = ""


@dataclass
class LetterSection:
    """A part under its heading: first the rows, then the paragraphs."""

    heading: str = ""
    rows: list[LetterRow] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)


@dataclass
class Letter:
    """All that stands in it. Plain text throughout; addresses are written out."""

    language: str = ""
    title: str = ""
    lead: str = ""
    file_name: str = ""
    """Without an ending."""
    sections: list[LetterSection] = field(default_factory=list)


def rows(*pairs: tuple[str, str]) -> list[LetterRow]:
    """Rows of those pairs that have a value."""
    return [LetterRow(label, value) for label, value in pairs if value]
