"""A button that prints the page, in the browser alone."""

from __future__ import annotations

import reflex as rx


def print_button(words: str) -> rx.Component:
    """Opens the browser's print dialogue."""
    return rx.el.button(
        words,
        type="button",
        on_click=rx.run_script("window.print()"),
        class_name="button button--secondary",
    )
