"""A standing text as a page, with the seller's facts filled in."""

from __future__ import annotations

from pathlib import Path

import reflex as rx
from markdown_it import MarkdownIt

from klarna_shop.settings import load_settings
from klarna_shop.ui.consent import consent_choice
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, address
from klarna_shop.ui.letters.receipt import WITHDRAWAL_FORM
from klarna_shop.ui.personal_data import personal_data_section

_TEXTS = Path(__file__).parent
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def text_page(language: str, name: str) -> rx.Component:
    """The text `name` (`terms` or `privacy`) in a language."""
    return rx.el.div(
        _text(language, name),
        rx.el.section(_text(language, "withdrawal-form"), id=WITHDRAWAL_FORM, class_name="card")
        if name == "terms"
        else rx.fragment(),
        *((consent_choice(language), personal_data_section(language)) if name == "privacy" else ()),
        class_name="page page--text prose",
    )


def _text(language: str, name: str) -> rx.Component:
    """A text that is not there in a language yet stands in the default one, marked as such."""
    settings = load_settings()
    file = _TEXTS / f"{name}.{language}.md"
    written = language if file.is_file() else DEFAULT_LANGUAGE
    source = (_TEXTS / f"{name}.{written}.md").read_text(encoding="utf-8")
    filled = source.format(
        seller_name=settings.seller_name,
        seller_number=settings.seller_number,
        seller_address=settings.seller_address,
        seller_email=settings.seller_email,
        meter_days=settings.meter_days,
        meter_free_articles=settings.meter_free_articles,
        retention_days=settings.retention_days,
        withdraw=address(language, "/withdraw"),
    )
    return rx.el.div(rx.html(_MARKDOWN.render(filled)), lang=written)
