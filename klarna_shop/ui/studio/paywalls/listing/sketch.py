"""A small drawing of where a design's wall stands, in its own colours."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.paywalls.document import Layout, PaywallDesign

Box = tuple[float, float, float, float]
"""x, y, width, height, of 160 by 100."""

_LINES: dict[Layout, tuple[Box, ...]] = {
    Layout.INLINE_CARD: ((44, 10, 72, 5), (44, 20, 72, 2.5), (44, 26, 72, 2.5), (44, 32, 58, 2.5)),
    Layout.FULL_PAGE: ((44, 10, 72, 5), (44, 20, 72, 2.5), (44, 26, 50, 2.5)),
    Layout.BOTTOM_SHEET: tuple((44, 10 + 6 * line, 72, 5 if line == 0 else 2.5) for line in range(8)),
    Layout.OFFER_COMPARISON: ((44, 10, 72, 5), (44, 20, 72, 2.5), (44, 26, 60, 2.5)),
}
_WALLS: dict[Layout, Box] = {
    Layout.INLINE_CARD: (40, 42, 80, 50),
    Layout.FULL_PAGE: (0, 36, 160, 64),
    Layout.BOTTOM_SHEET: (8, 60, 144, 40),
    Layout.OFFER_COMPARISON: (16, 38, 128, 54),
}


def sketch(design: PaywallDesign) -> rx.Component:
    """The page with the wall on it. Says nothing that is not told in words beside it."""
    wall = _WALLS[design.layout]
    return rx.el.svg(
        *(_box(line, "sketch__text") for line in _LINES[design.layout]),
        _box(wall, "sketch__wall"),
        _box((wall[0], wall[1], wall[2], 2), "sketch__accent"),
        *_content(design.layout, wall),
        view_box="0 0 160 100",
        custom_attrs={
            "aria-hidden": "true",
            "preserveAspectRatio": "xMidYMid slice",
        },
        style={
            "--sketch-brand": design.theme.light.brand,
            "--sketch-accent": design.theme.light.accent,
            "--sketch-brand-dark": design.theme.dark.brand,
            "--sketch-accent-dark": design.theme.dark.accent,
        },
        class_name="sketch",
    )


def _content(layout: Layout, wall: Box) -> list[rx.Component]:
    x, y, width, height = wall
    middle = x + width / 2
    if layout is Layout.OFFER_COMPARISON:
        each = (width - 32) / 3
        cards = [(x + 8 + number * (each + 8), y + 16.0, each, height - 22.0) for number in range(3)]
        return [
            _box((middle - 30, y + 7, 60, 4), "sketch__title"),
            *(_box(card, "sketch__card") for card in cards),
            *(
                _box((left + 5, top + tall - 9, wide - 10, 5), "sketch__button")
                for left, top, wide, tall in cards
            ),
        ]
    if layout is Layout.BOTTOM_SHEET:
        return [
            _box((x + 10, y + 10, 56, 4), "sketch__title"),
            _box((x + 10, y + 18, 66, 2.5), "sketch__text"),
            _box((x + 10, y + 23, 58, 2.5), "sketch__text"),
            _box((x + width - 52, y + 14, 42, 10), "sketch__button"),
        ]
    return [
        _box((middle - 28, y + 9, 56, 4), "sketch__title"),
        _box((middle - 32, y + 18, 64, 2.5), "sketch__text"),
        _box((middle - 26, y + 23, 52, 2.5), "sketch__text"),
        _box((middle - 28, y + 31, 56, 9), "sketch__button"),
    ]


def _box(box: Box, look: str) -> rx.Component:
    x, y, width, height = box
    return rx.el.rect(
        x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", rx="1", class_name=look
    )
