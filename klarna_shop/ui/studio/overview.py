"""The studio's first page: what each room is for."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from klarna_shop.ui.studio.frame import Room


def overview(rooms: Sequence[Room]) -> rx.Component:
    """A card for each room."""
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
