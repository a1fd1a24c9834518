"""A standing text as a page, with the seller's facts filled in."""

from __future__ import annotations

from pathlib import Path

import reflex as rx
from markdown_it import MarkdownIt

from klarna_shop.settings import load_settings
from klarna_shop.ui.consent import consent_choice

_TEXTS = Path(__file__).parent
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def text_page(language: str, name: str) -> rx.Component:
    """The text `name` (`terms` or `privacy`) in a language."""
    settings = load_settings()
    source = (_TEXTS / f"{name}.{language}.md").read_text(encoding="utf-8")
    filled = source.format(
        seller_name=settings.seller_name,
        seller_number=settings.seller_number,
        seller_address=settings.seller_address,
        seller_email=settings.seller_email,
        meter_days=settings.meter_days,
        meter_free_articles=settings.meter_free_articles,
    )
    return rx.el.div(
        rx.html(_MARKDOWN.render(filled)),
        consent_choice(language) if name == "privacy" else rx.fragment(),
        class_name="page page--text prose",
    )
