"""The way to the studio's flows from the shop: a window beside it that follows what this browser buys."""

from __future__ import annotations

import reflex as rx
from reflex.event import run_script
from reflex.vars.function import FunctionVar

from klarna_shop.ui.languages import text
from klarna_shop.ui.plain_link import PlainLink

ADDRESS = "/studio/flows?follow=1"
_WINDOW = "popup,noopener,width=720,height=900,left=10000,top=0"
"""As far to the right as the screen goes. Without an opener the window has a state of its own."""


def inspector_link(language: str) -> rx.Component:
    """For sandbox mode. Where the browser runs no script yet, or opens no windows, it is a new tab."""
    opened = rx.Var("window").to(dict).open.to(FunctionVar).call(ADDRESS, "_blank", _WINDOW)
    return PlainLink.create(
        text(language, "frame.inspector"),
        href=ADDRESS,
        on_click=run_script(opened).prevent_default,
        custom_attrs={"target": "_blank", "rel": "noopener", "data-testid": "flow-inspector"},
    )
