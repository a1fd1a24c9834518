"""This shop's own rules for walls, out of `docs/paywalls.md`, so that a finding leads to what it goes by."""

from __future__ import annotations

from collections.abc import Iterator

import reflex as rx
from markdown_it import MarkdownIt

from klarna_shop.settings import PROJECT
from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Source
from klarna_shop.ui.studio.paywalls.editor.words import rule_id

_DOCUMENT = PROJECT / "docs" / "paywalls.md"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def rules() -> rx.Component:
    """Every section of the document that a check names, each under its own id."""
    return rx.el.section(
        rx.el.h2("Rules of this shop", class_name="studio-panel__title"),
        *(
            rx.el.section(
                rx.el.h3(heading, class_name="field__label"),
                rx.html(_MARKDOWN.render(text)),
                id=rule_id(heading),
                tab_index=-1,
                class_name="design-rule",
            )
            for heading, text in shop_rules()
        ),
        class_name="design-rules",
    )


def shop_rules() -> Iterator[tuple[str, str]]:
    """The sections that checks name, as (heading, Markdown)."""
    wanted = {
        source.title.rpartition(":")[2].strip()
        for source in vars(sources).values()
        if isinstance(source, Source) and not source.url
    }
    for section in _DOCUMENT.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if heading.strip() in wanted:
            yield heading.strip(), text
