"""From an article's Markdown to safe HTML blocks, parted where the teaser ends.

Footnotes are parted with the text. A note's text stands in the open only if both its mark and its text stand
above the end of the teaser; every other note belongs to what follows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any
from urllib.parse import unquote

from markdown_it.token import Token

from klarna_shop.shop.articles.cleaning import (
    GIVEN_ID,
    Cleaning,
    FindPicture,
    Omission,
    TextProblem,
    is_more,
    is_safe_link,
)
from klarna_shop.shop.articles.markdown import LINK, PICTURE, parse
from klarna_shop.shop.articles.model import Block
from klarna_shop.shop.articles.rendering import render

__all__ = ["Text", "TextProblem", "is_safe_link", "read_text"]

WORDS_PER_MINUTE = 210
TEASER_BLOCKS = 2
PAGE_IDS = frozenset({"content", "resume", "article-body", "preview-refresh"})
"""Ids of the article's page itself, which no heading may take."""

_NOTES = '<section class="notes" role="doc-endnotes"><ol>', "</ol></section>"
_BETWEEN_NOTES = _NOTES[1] + _NOTES[0]
_WORD = re.compile(r"\w+(?:[-'’:.,]\w+)*")
_OWN_ID = re.compile(r"(?:p|fn|fnref)-[0-9-]+")


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text in blocks, and its footnotes as HTML, parted where the teaser ends."""

    teaser: tuple[Block, ...]
    rest: tuple[Block, ...]
    words: int
    teaser_notes: str = field(default="", repr=False)
    rest_notes: str = field(default="", repr=False)
    walled_marks: int = 0
    """How many marks of footnotes in the teaser have their text behind it."""
    omissions: tuple[Omission, ...] = ()
    """Parts that readers do not get, in the order of reading."""

    @property
    def all_notes(self) -> str:
        """The footnotes in the order of their marks, as one list."""
        return "".join([self.teaser_notes, self.rest_notes]).replace(_BETWEEN_NOTES, "")

    @property
    def reading_minutes(self) -> int:
        """Whole minutes, at least one."""
        return max(1, ceil(self.words / WORDS_PER_MINUTE))


@dataclass(frozen=True, slots=True)
class _Note:
    """A footnote: its number, where its text stands (line from 0), its tokens."""

    number: int
    line: int
    tokens: list[Token]


def _no_pictures(_file_name: str) -> str:
    return PICTURE


def read_text(source: str, find_picture: FindPicture = _no_pictures) -> Text:
    """Render an article's Markdown.

    The teaser ends at a line ``<!-- more -->``, else after the first two blocks.

    Raises:
        TextProblem: no text, or a misplaced end of the teaser.
    """
    tokens, environment = parse(source)
    cleaning = Cleaning(find_picture)
    tokens, definitions = _without_definitions(tokens)
    tokens = cleaning.clean(tokens)
    notes = _notes(environment, definitions, cleaning)
    links = _Links([tokens, *(note.tokens for note in notes)])
    groups, cut, end = _cut(tokens)
    if not groups:
        raise TextProblem("no text", "at least one paragraph")
    teaser_marks = _marks(groups[:cut])
    open_notes = {note.number for note in notes if note.number in teaser_marks and note.line < end}
    walled_marks = frozenset(teaser_marks - open_notes)
    blocks: list[Block] = []
    for place, group in enumerate(groups):
        links.check(group, cleaning)
        blocks.append(_block(group, f"p-{place + 1}", walled_marks if place < cut else frozenset()))
    for note in notes:
        links.check(note.tokens, cleaning)
    words = sum(_count_words(token) for group in groups for token in group)
    return Text(
        teaser=tuple(blocks[:cut]),
        rest=tuple(blocks[cut:]),
        words=words + sum(_count_words(token) for note in notes for token in note.tokens),
        teaser_notes=_section(note for note in notes if note.number in open_notes),
        rest_notes=_section(note for note in notes if note.number not in open_notes),
        walled_marks=len(walled_marks),
        omissions=tuple(sorted(cleaning.omissions, key=lambda one: one.line)),
    )


def _cut(tokens: Sequence[Token]) -> tuple[list[list[Token]], int, float]:
    """The tokens of each top-level element, how many are the teaser, and the line after it (from 0)."""
    groups: list[list[Token]] = []
    end: int | None = None
    end_line = inf
    for group in _top_level(tokens):
        if not is_more(group[0]):
            groups.append(group)
            continue
        line = group[0].map[0] if group[0].map else 0
        if end is not None:
            raise TextProblem("<!-- more --> twice", "one end of the teaser", line + 1)
        if not groups:
            got = "<!-- more --> before the first paragraph"
            raise TextProblem(got, "a teaser of at least one paragraph", line + 1)
        end, end_line = len(groups), line
    if end is None:
        end = min(TEASER_BLOCKS, len(groups))
        end_line = _first_line(groups[end:])
    return groups, end, end_line


def _first_line(groups: Sequence[Sequence[Token]]) -> float:
    """The line in which these blocks begin; infinity where there are none."""
    if not groups:
        return inf
    place = groups[0][0].map
    return place[0] if place else 0


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each top-level element in turn."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


# Footnotes


def _without_definitions(tokens: Sequence[Token]) -> tuple[list[Token], dict[str, tuple[int, list[Token]]]]:
    """The text without its footnotes; and these by label, each with the last line that it begins in."""
    text: list[Token] = []
    found: dict[str, tuple[int, list[Token]]] = {}
    within: list[tuple[str, int, list[Token]]] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            within.append((token.meta["label"], token.map[0] if token.map else 0, []))
        elif token.type == "footnote_reference_close":
            label, line, inner = within.pop()
            found[label] = max(line, found[label][0] if label in found else line), inner
        elif within:
            within[-1][2].append(token)
        else:
            text.append(token)
    return text, found


def _notes(
    environment: dict[str, Any], definitions: dict[str, tuple[int, list[Token]]], cleaning: Cleaning
) -> list[_Note]:
    """The footnotes that are referred to, in the order of their marks."""
    listed = environment.get("footnotes", {}).get("list", {})
    notes: list[_Note] = []
    for number, entry in sorted(listed.items()):
        if "tokens" in entry:
            # Written at its mark, so that it stands wherever its mark does.
            line = 0
            tokens = [
                Token("paragraph_open", "p", 1),
                Token("inline", "", 0, children=entry["tokens"], content=entry["content"]),
                Token("paragraph_close", "p", -1),
            ]
        else:
            line, tokens = definitions.pop(entry["label"], (0, []))
        notes.append(_Note(number + 1, line, cleaning.clean(tokens)))
    for line, _ in definitions.values():
        cleaning.omit("a footnote that no mark refers to", line + 1, "[^1] in the text and a line [^1]: …")
    return notes


def _marks(groups: Sequence[Sequence[Token]]) -> set[int]:
    """The numbers of the footnotes that these blocks refer to."""
    return {
        child.meta["id"] + 1
        for group in groups
        for token in group
        for child in token.children or ()
        if child.type == "footnote_ref"
    }


def _section(notes: Iterator[_Note]) -> str:
    items = [
        f'<li id="fn-{note.number}" value="{note.number}">{render(note.tokens, frozenset())}'
        f'<a href="#fnref-{note.number}" role="doc-backlink">↑ {note.number}</a></li>'
        for note in notes
    ]
    return "".join(items).join(_NOTES) if items else ""


# Links and headings


class _Links:
    """Gives each heading an address of its own, and takes the links to headings that are not there."""

    def __init__(self, parts: Sequence[Sequence[Token]]) -> None:
        self._known: set[str] = set()
        for tokens in parts:
            for place, token in enumerate(tokens):
                if token.type == "heading_open":
                    token.meta = {"anchor": self._anchor(tokens[place + 1].children or [])}

    def _anchor(self, children: Sequence[Token]) -> str:
        given = next((found for one in children if (found := GIVEN_ID.fullmatch(one.content))), None)
        words = "".join(one.content for one in children if one.type in {"text", "code_inline"})
        stem = given[1] if given else re.sub(r"[^\w-]", "", re.sub(r"\s+", "-", words.strip().lower()))
        stem = stem or "h"
        if stem in PAGE_IDS or _OWN_ID.fullmatch(stem):
            stem = f"h-{stem}"
        anchor, count = stem, 0
        while anchor in self._known:
            count += 1
            anchor = f"{stem}-{count}"
        self._known.add(anchor)
        return anchor

    def check(self, tokens: Sequence[Token], cleaning: Cleaning) -> None:
        """Take the links within the text that lead nowhere; their words stay."""
        for token in tokens:
            kept: list[Token] = []
            lost = False
            for child in token.children or ():
                if child.type == "link_open":
                    address = str(child.attrGet("href"))
                    target = unquote(address[1:])
                    lost = address.startswith("#") and target not in self._known
                    if lost and f"h-{target}" in self._known and target in PAGE_IDS:
                        child.attrSet("href", f"#h-{target}")
                        lost = False
                    if lost:
                        line = token.map[0] + 1 if token.map else 0
                        cleaning.omit(LINK, line, f"a heading of this text; there is none for {address}")
                        continue
                elif child.type == "link_close" and lost:
                    lost = False
                    continue
                kept.append(child)
            if token.children is not None:
                token.children = kept


# Blocks


def _block(group: list[Token], anchor: str, walled_marks: frozenset[int]) -> Block:
    first = group[0]
    first.attrSet("id", anchor)
    tag = "pre" if first.type in {"fence", "code_block"} else first.tag
    return Block(anchor=anchor, tag=tag, html=render(group, walled_marks))


def _count_words(token: Token) -> int:
    if token.type == "inline":
        return sum(
            len(_WORD.findall(child.content))
            for child in token.children or ()
            if child.type in {"text", "code_inline"}
        )
    if token.type in {"fence", "code_block"}:
        return len(_WORD.findall(token.content))
    return 0
