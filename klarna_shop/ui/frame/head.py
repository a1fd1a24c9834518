"""What the `<head>` of every page holds beside Reflex's own."""

from __future__ import annotations

import re
from functools import cache

import reflex as rx

from klarna_shop.settings import PROJECT
from klarna_shop.ui.consent import REMEMBERED_BEFORE_PAINT
from klarna_shop.ui.frame.language_choice import language_script
from klarna_shop.ui.frame.press import SEEN_AT_ONCE

_FONT = re.compile(r'url\("(/fonts/[^"]+)"\)')


@cache
def _headline_font() -> str:
    """The font's versioned address, as in the style sheet: under another it would be loaded twice."""
    tokens = (PROJECT / "assets" / "styles" / "tokens.css").read_text(encoding="utf-8")
    found = _FONT.search(tokens)
    if found is None:
        raise LookupError("tokens.css names no font below /fonts/")
    return found[1]


def head_components() -> list[rx.Component]:
    """For `rx.App(head_components=...)`: scripts, the font early, the icon, and the browser's own colours."""
    return [
        rx.el.script(REMEMBERED_BEFORE_PAINT),
        rx.el.script(language_script()),
        rx.el.script(SEEN_AT_ONCE),
        rx.el.link(
            rel="preload",
            href=_headline_font(),
            cross_origin="anonymous",
            type="font/woff2",
            custom_attrs={"as": "font"},
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.meta(
            name="theme-color", content="#fdfdfb", custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content="#14181b", custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
    ]
