"""Which style sheets a page loads: what all pages share, bundled by Reflex into one file, and its own."""

from __future__ import annotations

from collections.abc import Iterator

import reflex as rx

STYLESHEETS: tuple[str, ...] = tuple(
    f"/styles/{name}.css" for name in ("tokens", "base", "components", "frame", "storefront", "paywall")
)
"""For `rx.App(stylesheets=[...])`. `tokens` comes first: it declares the order of the layers."""


def page_sheets(*names: str) -> Iterator[rx.Component]:
    """Links to the style sheets that only some pages need, by name."""
    for name in names:
        # With a precedence React puts it into the head, waits for it, and no other page loads it.
        yield rx.el.link(
            rel="stylesheet",
            href=str(rx.asset(f"styles/{name}.css")),
            custom_attrs={"precedence": "page"},
        )
