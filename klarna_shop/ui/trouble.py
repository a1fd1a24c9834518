"""What a reader sees, and what the log gets, when a handler fails in a way nobody designed."""

from __future__ import annotations

import logging
import secrets

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.ui.languages import text

log = logging.getLogger(__name__)


class TroubleState(rx.State):
    """The reference of the last failure, for the reader to quote."""

    reference: str = ""

    @rx.event
    def report(self, reference: str) -> None:
        """Show the banner. Carries nothing but a reference, so that anybody may call it."""
        self.reference = reference[:12] if reference.isalnum() else ""

    @rx.event
    def dismiss(self) -> None:
        """Take the banner away."""
        self.reference = ""


def on_exception(exception: Exception) -> EventSpec:
    """Log an unexpected failure under a reference, and show the reader that reference."""
    reference = secrets.token_hex(4)
    log.error("unexpected failure %s", reference, exc_info=exception)
    return TroubleState.report(reference)


def trouble_banner(language: str) -> rx.Component:
    """What happened, what became of the money, what to do."""
    return rx.cond(
        TroubleState.reference != "",
        rx.el.div(
            rx.el.p(text(language, "trouble.sentence"), " ", rx.el.code(TroubleState.reference)),
            rx.el.button(
                text(language, "trouble.dismiss"),
                type="button",
                on_click=TroubleState.dismiss,
                class_name="button button--quiet",
            ),
            role="alert",
            class_name="notice notice--error",
        ),
        rx.fragment(),
    )
