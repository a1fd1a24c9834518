"""The receipt's page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import text
from klarna_shop.ui.letters.view import letter_view
from klarna_shop.ui.page_title import page_title
from klarna_shop.ui.print_button import print_button
from klarna_shop.ui.receipt.state import ReceiptState
from klarna_shop.ui.summary import nothing_to_show


def receipt_page(language: str) -> rx.Component:
    """The receipt of one purchase."""
    return rx.el.div(
        rx.match(
            ReceiptState.status,
            ("ready", _receipt(language)),
            ("not_yet", _not_yet(language)),
            ("missing", nothing_to_show(language, ReceiptState.sign_in_address, titled=True)),
            _loading(language),
        ),
        class_name="page page--letter stack",
    )


def _receipt(language: str) -> rx.Component:
    return rx.fragment(
        letter_view(ReceiptState.letter, "receipt"),
        rx.el.div(
            print_button(text(language, "receipt.print")),
            rx.el.button(
                text(language, "receipt.download"),
                type="button",
                on_click=ReceiptState.download,
                class_name="button button--secondary",
                custom_attrs={"data-testid": "receipt-download"},
            ),
            _to_confirmation(language),
            class_name="button-row not-printed",
        ),
    )


def _not_yet(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "receipt.page_title")),
        rx.el.p(text(language, "receipt.not_yet"), class_name="notice notice--info"),
        _to_confirmation(language),
    )


def _to_confirmation(language: str) -> rx.Component:
    return rx.el.a(
        text(language, "receipt.to_confirmation"), href=ReceiptState.confirmation_address, class_name="link"
    )


def _loading(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "receipt.loading"), class_name="visually-hidden"),
        rx.el.div(class_name="skeleton skeleton--summary"),
        aria_busy="true",
    )
