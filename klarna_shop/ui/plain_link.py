"""A link that the browser follows itself: to addresses that are none of the app's pages, or to a place here.

Following a place in the page, only the browser moves the focus along.
"""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML


class PlainLink(BaseHTML):
    """`<a>` without the router."""

    tag = "a"

    href: rx.Var[str]
    target: rx.Var[str]
