"""The seller's standing texts (`texts/*.md`): filled in for a page, and as plain sections for a letter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from klarna_shop.settings import Settings
from klarna_shop.shop.purchase.retention import TRIAL_DIGEST_DAYS
from klarna_shop.text_check import read_file
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, address

WITHDRAWAL_FORM = "withdrawal-form"
"""The standard form's name; also its id on the page with the terms."""

_TEXTS = Path(__file__).parent / "texts"
_PLACE = re.compile(r"\{(\w+)\}")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass
class PlainSection:
    """A heading and what stands under it, without any markup."""

    heading: str
    paragraphs: list[str] = field(default_factory=list)


def standing_text(name: str, language: str, settings: Settings) -> tuple[str, str]:
    """The text `name` as Markdown, and the language it is in.

    A text that is not there in a language yet is given in the default one.
    """
    written = language if (_TEXTS / f"{name}.{language}.md").is_file() else DEFAULT_LANGUAGE
    source = read_file(_TEXTS / f"{name}.{written}.md")
    values = {
        "seller_name": _escaped(settings.seller_name),
        "seller_number": _escaped(settings.seller_number),
        "seller_address": _escaped(settings.seller_address),
        "seller_email": settings.seller_email,
        "seller_contact": ", ".join(
            filter(None, (f"<{settings.seller_email}>", _escaped(settings.seller_phone)))
        ),
        "meter_days": settings.meter_days,
        "meter_free_articles": settings.meter_free_articles,
        "retention_days": settings.retention_days,
        "trial_digest_days": TRIAL_DIGEST_DAYS,
        "withdraw": address(language, "/withdraw"),
        "terms": address(language, "/terms"),
    }
    # A seller's own text may have braces of its own.
    filled = _PLACE.sub(lambda place: str(values.get(place[1], place[0])), source)
    return filled, written


def _escaped(plain: str) -> str:
    """A setting as Markdown that shows it letter by letter."""
    return _PUNCTUATION.sub(r"\\\g<0>", plain)


def as_html(markdown: str) -> str:
    """The text as elements for a page."""
    return str(_MARKDOWN.render(markdown))


def as_sections(markdown: str, title: str, base: str) -> list[PlainSection]:
    """The text as plain sections. Links are written out, those of the shop's own pages below `base`.

    The first heading takes the place of `title`, and each later one has it before it: on a receipt, "Seller"
    alone would not say that it is a part of the terms.
    """
    sections = [PlainSection(title)]
    titled = False
    mark = ""
    counters: list[int | None] = []
    tokens = _MARKDOWN.parse(markdown)
    for position, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open":
                counters.append(None)
            case "ordered_list_open":
                counters.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                counters.pop()
            case "list_item_open":
                number = counters[-1]
                mark = "– " if number is None else f"{number}. "
                counters[-1] = None if number is None else number + 1
            case "inline":
                words = _words(token.children or [], base)
                if tokens[position - 1].type == "heading_open":
                    if titled:
                        sections.append(PlainSection(f"{title}: {words}"))
                    else:
                        title, titled = words, True
                        sections.append(PlainSection(title))
                else:
                    sections[-1].paragraphs.append(f"{mark}{words}")
                mark = ""
            case "fence" | "code_block":
                sections[-1].paragraphs.append(token.content.strip())
    return [section for section in sections if section.paragraphs]


def _words(tokens: list[Token], base: str) -> str:
    """A line's words, each link followed by its address where the words are not the address."""
    words: list[str] = []
    href, label = "", 0
    for token in tokens:
        match token.type:
            case "text" | "code_inline" | "image":
                words.append(token.content)
            case "softbreak" | "hardbreak":
                words.append(" ")
            case "link_open":
                href, label = str(token.attrGet("href") or ""), len(words)
            case "link_close":
                target = f"{base}{href}" if href.startswith("/") else href
                if target.removeprefix("mailto:") != "".join(words[label:]):
                    words.append(f" ({target.removeprefix('mailto:')})")
    return "".join(words)
