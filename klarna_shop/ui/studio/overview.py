"""The studio's first page: what each room is for."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from klarna_shop.ui.studio.articles.panel import article_problems_panel
from klarna_shop.ui.studio.frame import Room
from klarna_shop.ui.studio.payment_methods.panel import payment_methods_panel
from klarna_shop.ui.studio.unfinished.panel import unfinished_panel


def overview(rooms: Sequence[Room]) -> rx.Component:
    """A card for each room, and how purchases stand."""
    return rx.el.div(
        _cards(rooms),
        article_problems_panel(),
        payment_methods_panel(),
        unfinished_panel(),
        class_name="stack stack--loose",
    )


def _cards(rooms: Sequence[Room]) -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.h2(rx.el.a(room.name, href=room.path), class_name="studio-card__name"),
                rx.el.p(room.purpose),
                class_name="studio-card",
            )
            for room in rooms
        ),
        class_name="studio-cards",
    )
