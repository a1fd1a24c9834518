"""The wrapper of every page."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.consent import PRIVACY, consent_strip
from klarna_shop.ui.cookies_needed import cookies_needed
from klarna_shop.ui.frame.colophon import colophon
from klarna_shop.ui.frame.connection import connection_notice
from klarna_shop.ui.frame.hindrance import hindrance
from klarna_shop.ui.frame.language_choice import language_offers
from klarna_shop.ui.frame.masthead import masthead
from klarna_shop.ui.frame.switches import switches
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.preview import preview_tools
from klarna_shop.ui.reader_state import ReaderState

"""Where the choice stands that the strip leads to."""
CONTENT = "content"
"""The id of the page's main part, where the skip link leads."""


def frame(
    language: str, path: str, *content: rx.Component, written: Sequence[str], focused: bool = False
) -> rx.Component:
    """A whole page around `content`.

    `path` is the page's address without a language's prefix, `written` the languages that have it. `focused`
    is for the way through a purchase: a small masthead without sections and without signing in and out.
    """
    return rx.el.div(
        preview_tools(ReaderState.preview),
        PlainLink.create(text(language, "frame.skip"), href=f"#{CONTENT}", class_name="skip-link"),
        _demo_banner(language, path) if load_settings().is_sandbox else rx.fragment(),
        language_offers(language, path, written) if not focused else rx.fragment(),
        masthead(language, path, written, focused=focused),
        consent_strip(language) if not focused and path != PRIVACY else rx.fragment(),
        rx.el.main(
            rx.fragment() if _can_be_read_without(path) else cookies_needed(text(language, "cookies.needed")),
            *content,
            id=CONTENT,
            tab_index=-1,
            lang=language,
            class_name="sheet__content sheet__inner",
        ),
        colophon(language),
        connection_notice(language),
        hindrance(language),
        class_name="sheet",
    )


def _can_be_read_without(path: str) -> bool:
    """True for pages that need no cookies; an article's wall says itself what it lacks without them."""
    return path in {"/", PRIVACY, "/terms"} or path.startswith("/article/")


def _demo_banner(language: str, path: str) -> rx.Component:
    return rx.el.aside(
        rx.el.p(
            rx.el.strong(text(language, "frame.demo")),
            " ",
            text(language, "frame.demo_sentence"),
            " ",
            rx.el.a(text(language, "frame.studio"), href="/studio", class_name="demo-banner__studio"),
            _moved_clock(language),
            class_name="sheet__inner",
        ),
        switches(language, address(language, path)),
        aria_label=text(language, "frame.demo_label"),
        class_name="demo-banner",
    )


def _moved_clock(language: str) -> rx.Component:
    """That it is another time in the sandbox: everybody who uses the shop is told."""
    return rx.cond(
        ReaderState.moved_clock != "",
        rx.el.strong(
            " ",
            text(language, "frame.moved_clock"),
            " ",
            ReaderState.moved_clock,
            custom_attrs={"data-testid": "sandbox-clock"},
        ),
        rx.fragment(),
    )
