"""What an unknown address shows."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import address, text

PATH = "/not-found"
"""Where this page is built; the server sends it for every unknown address."""

# The page's scripts find their page by the address in the bar, and for an unknown one they would draw a
# second page below this one. So they are shown this page's address while they start, and no longer.
_BORROW = "window.unknownAddress = location.href; history.replaceState(history.state, ``, `{path}`)"
_RETURN = "window.unknownAddress && history.replaceState(history.state, ``, window.unknownAddress)"


def not_found(language: str) -> rx.Component:
    """Says that there is no such page, and leads on."""
    return rx.el.div(
        rx.el.script(_BORROW.format(path=address(language, PATH))),
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
        on_mount=rx.run_script(_RETURN),
        class_name="page stack",
    )
