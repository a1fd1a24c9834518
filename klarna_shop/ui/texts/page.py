"""A standing text as a page, with the seller's facts filled in."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.consent import consent_choice
from klarna_shop.ui.personal_data import personal_data_section
from klarna_shop.ui.standing_texts import WITHDRAWAL_FORM, as_html, standing_text


def text_page(language: str, name: str) -> rx.Component:
    """The text `name` (`terms` or `privacy`) in a language."""
    return rx.el.div(
        _text(language, name),
        rx.el.section(_text(language, WITHDRAWAL_FORM), id=WITHDRAWAL_FORM, class_name="card")
        if name == "terms"
        else rx.fragment(),
        *((consent_choice(language), personal_data_section(language)) if name == "privacy" else ()),
        class_name="page page--text prose",
    )


def _text(language: str, name: str) -> rx.Component:
    """A text that is not there in a language yet stands in the default one, marked as such."""
    markdown, written = standing_text(name, language, load_settings())
    return rx.el.div(rx.html(as_html(markdown)), lang=written)
