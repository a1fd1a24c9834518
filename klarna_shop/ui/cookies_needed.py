"""Says that the browser keeps no cookies, where that is why something does not work."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.reader_state import ReaderState


def cookies_needed(sentence: str) -> rx.Component:
    """The sentence as a notice, for a reader whose socket came without the visitor cookie."""
    return rx.cond(
        ReaderState.cookieless,
        rx.el.p(
            sentence,
            role="status",
            class_name="notice notice--warning",
            custom_attrs={"data-testid": "cookies-needed"},
        ),
        rx.fragment(),
    )
