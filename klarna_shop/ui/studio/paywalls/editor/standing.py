"""How a design stands, as a badge."""

from __future__ import annotations

import reflex as rx


def standing_badge(standing: rx.Var[str]) -> rx.Component:
    """`draft`, `published`, or `changed`: published, and the draft has gone on since."""
    return rx.match(
        standing,
        ("published", rx.el.span("Published", class_name="badge badge--success")),
        ("changed", rx.el.span("Published, draft changed", class_name="badge badge--warning")),
        rx.el.span("Draft", class_name="badge"),
    )
