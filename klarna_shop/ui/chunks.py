"""Which file of the bundle a page's parts are in.

Reflex puts the parts of a page that watch a state into a file named after the module of the function that
makes the page. All pages made by one function would load each other's parts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import reflex as rx


def in_chunk(build: Callable[[], rx.Component], *names: str) -> Callable[[], rx.Component]:
    """The page that `build` makes, its parts in a file of these `names`."""

    def page() -> rx.Component:
        return build()

    page.__module__ = ".".join(names)
    return page


def module_of(content: Callable[..., Any]) -> str:
    """The module of the function that makes a page's content, also behind `functools.partial`."""
    while isinstance(content, partial):
        content = content.func
    return content.__module__
