"""What an unknown address shows."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import address, text


def not_found(language: str) -> rx.Component:
    """Says that there is no such page, and leads on."""
    return rx.el.div(
        rx.el.h1(text(language, "frame.not_found"), class_name="page__title"),
        rx.el.p(text(language, "frame.not_found_hint"), class_name="page__lead"),
        rx.el.div(
            rx.el.a(
                text(language, "frame.to_front_page"),
                href=address(language, "/"),
                class_name="button button--primary",
            ),
            class_name="button-row",
        ),
        class_name="page stack",
    )
