"""Says why a page does not get going, and what works without.

The sentences are in every page. A script in its head, which needs nothing else, has one of them shown
(`operations/front_end/guards.js`); so they are there for a page whose own scripts never began, too.
"""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import text
from klarna_shop.ui.seller_email import seller_email

REASONS = ("scripts", "connection", "newer")
"""The page's scripts never began; nothing reaches the server; the server has a newer build."""


def hindrance(language: str) -> rx.Component:
    """A live region at the foot of the window; empty to the eye until there is a reason."""
    return rx.el.div(
        *(_reason(language, reason) for reason in REASONS),
        role="status",
        class_name="hindrance",
        custom_attrs={"data-testid": "hindrance"},
    )


def _reason(language: str, reason: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, f"hindrance.{reason}")),
        rx.el.p(text(language, "hindrance.contact"), " ", seller_email())
        if reason != "newer"
        else rx.fragment(),
        rx.el.div(
            _act(text(language, "hindrance.reload"), "reload"),
            _act(text(language, "trouble.dismiss"), "close"),
            class_name="button-row",
        ),
        class_name="hindrance__reason",
        custom_attrs={"data-reason": reason},
    )


def _act(words: str, act: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        class_name="hindrance__act",
        custom_attrs={"data-hindrance-act": act},
    )
