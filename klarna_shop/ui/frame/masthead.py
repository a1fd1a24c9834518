"""The head of every page: name of the paper, date, sections, and what a reader can switch."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.frame.language_choice import language_switches
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.reader_state import ReaderState


def masthead(language: str, path: str, written: Sequence[str], *, focused: bool) -> rx.Component:
    """`path` is the page's address in the default language's tree; `focused` leaves out what leads away."""
    name = rx.el.a(
        text(language, "frame.paper_name"), href=address(language, "/"), class_name="masthead__name"
    )
    switches = (language_switches(language, path, written), _theme_switch(language))
    if focused:
        return rx.el.header(
            rx.el.div(
                rx.el.div(
                    name, rx.el.div(*switches, class_name="masthead__actions"), class_name="masthead__bar"
                ),
                class_name="sheet__inner",
            ),
            class_name="masthead masthead--focused",
        )
    return rx.el.header(
        rx.el.div(
            rx.el.div(
                rx.el.span(ReaderState.today, class_name="masthead__date"),
                rx.el.div(*switches, _reader(language, path), class_name="masthead__actions"),
                class_name="masthead__bar",
            ),
            name,
            _sections(language),
            class_name="sheet__inner",
        ),
        class_name="masthead",
    )


def _sections(language: str) -> rx.Component:
    """Links to the sections of the front page."""
    front = address(language, "/")
    return rx.el.nav(
        rx.el.ul(
            *(
                rx.el.li(rx.el.a(section.name, href=f"{front}#{section.code}"))
                for section in current_shop().articles.sections(language)
            ),
            class_name="masthead__section-list",
        ),
        aria_label=text(language, "frame.sections"),
        class_name="masthead__sections",
    )


def _reader(language: str, path: str) -> rx.Component:
    here = address(language, path)
    login = address(language, "/login")
    sign_in = rx.el.a(
        text(language, "frame.sign_in"),
        href=login if path in {"/login", "/register"} else f"{login}?next={here}",
        class_name="masthead__action masthead__action--strong",
    )
    signed_in = rx.fragment(
        rx.el.a(
            rx.el.span(text(language, "frame.account"), ": ", class_name="visually-hidden"),
            ReaderState.display_name,
            href=address(language, "/account"),
            class_name="masthead__action masthead__action--strong masthead__account",
        ),
        plain_form(
            rx.el.input(type="hidden", name="next", value=here),
            rx.el.button(
                text(language, "frame.sign_out"),
                type="submit",
                class_name="masthead__action",
                custom_attrs={"data-testid": "logout"},
            ),
            action="/auth/sign-out",
            method="post",
        ),
    )
    return rx.el.div(
        rx.cond(ReaderState.known, rx.cond(ReaderState.signed_in, signed_in, sign_in), rx.fragment()),
        class_name="masthead__reader",
    )


def _theme_switch(language: str) -> rx.Component:
    return rx.el.button(
        rx.el.span(class_name="theme-mark", aria_hidden="true"),
        type="button",
        title=text(language, "frame.theme"),
        aria_label=text(language, "frame.theme"),
        on_click=rx.toggle_color_mode,
        class_name="masthead__action",
        custom_attrs={"data-testid": "theme-switch"},
    )
