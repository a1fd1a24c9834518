"""Says that the connection is lost, in place of the framework's pop-up message."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_too_many_connection_errors

from klarna_shop.ui.languages import text


def connection_notice(language: str) -> rx.Component:
    """A live region at the foot of the window; speaks after the second failed attempt until it is back."""
    return rx.el.div(
        rx.cond(has_too_many_connection_errors, text(language, "frame.connection_lost"), ""),
        role="status",
        class_name="connection-notice",
    )
