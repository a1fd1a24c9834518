"""Who reads, and how the next purchase ends: at hand on every page of a sandbox, folded away.

A page of the studio's in a frame, which is not fetched before it is unfolded.
"""

from __future__ import annotations

from urllib.parse import urlencode

import reflex as rx

from klarna_shop.ui.languages import text
from klarna_shop.ui.reader_state import ReaderState


def switches(language: str, here: str) -> rx.Component:
    """The fold. `here` is this page's address, to which a switch leads back. None inside a preview."""
    name = text(language, "frame.switches")
    return rx.cond(
        ReaderState.preview.status == "",
        rx.el.details(
            rx.el.summary(name),
            rx.el.iframe(
                src=f"/studio/switches?{urlencode({'next': here})}",
                title=name,
                loading="lazy",
                class_name="demo-switches__frame",
            ),
            class_name="demo-switches sheet__inner",
            custom_attrs={"data-testid": "switches"},
        ),
        rx.fragment(),
    )
