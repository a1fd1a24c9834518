"""What stands around every studio page: its name, its rooms, the way back to the shop, and the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx
from reflex_components_core.core.banner import has_too_many_connection_errors

from klarna_shop.settings import load_settings
from klarna_shop.ui.frame.hindrance import hindrance
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.studio.state import StudioState
from klarna_shop.ui.trouble import trouble_banner

CONTENT = "content"
LOST = "The connection is lost. Nothing you saved is gone; the page goes on by itself when it is back."


NO_COOKIES = (
    "This browser does not accept cookies. Logging in needs them: allow cookies for this site, and reload."
)


@dataclass(frozen=True)
class Room:
    """One of the studio's pages in its navigation. `purpose` is a sentence for the overview."""

    path: str
    name: str
    purpose: str


def studio_frame(rooms: Sequence[Room], path: str, title: str, *content: rx.Component) -> rx.Component:
    """A whole studio page around `content`, which is shown to whoever may come in."""
    return rx.fragment(
        _style_sheet(),
        rx.el.div(
            PlainLink.create("Skip to the content", href=f"#{CONTENT}", class_name="skip-link"),
            _bar(rooms, path),
            rx.el.main(
                trouble_banner("en"),
                rx.el.h1(title, class_name="studio__title"),
                rx.match(
                    StudioState.status,
                    ("open", rx.fragment(*content)),
                    ("closed", _login(path)),
                    rx.el.div(class_name="skeleton skeleton--rest", aria_busy="true"),
                ),
                id=CONTENT,
                tab_index=-1,
                class_name="studio__main",
            ),
            _connection(),
            hindrance("en"),
            lang="en",
            class_name="studio",
        ),
    )


def studio_slip(title: str, *content: rx.Component) -> rx.Component:
    """A page that stands in a small frame on another: the door, and what is behind it."""
    return rx.fragment(
        _style_sheet(),
        rx.el.main(
            rx.el.h1(title, class_name="visually-hidden"),
            rx.match(
                StudioState.status,
                ("open", rx.fragment(*content)),
                ("closed", rx.el.p("The studio is closed to this browser.", class_name="hint")),
                rx.fragment(),
            ),
            lang="en",
            class_name="studio studio--slip",
        ),
    )


def _style_sheet() -> rx.Component:
    # With a precedence React puts it into the head, and readers' pages never load it.
    return rx.el.link(
        rel="stylesheet", href=str(rx.asset("styles/studio.css")), custom_attrs={"precedence": "studio"}
    )


def _bar(rooms: Sequence[Room], path: str) -> rx.Component:
    return rx.el.header(
        rx.el.a("Studio", href="/studio", class_name="studio__name"),
        rx.el.nav(
            rx.el.ul(
                *(
                    rx.el.li(
                        rx.el.a(
                            room.name,
                            href=room.path,
                            class_name="studio__room",
                            custom_attrs={"aria-current": "page"} if room.path == path else {},
                        )
                    )
                    for room in rooms
                ),
                class_name="studio__rooms",
            ),
            aria_label="Studio",
            class_name="studio__nav",
        ),
        rx.el.div(
            _environment(),
            PlainLink.create("To the shop", href="/", class_name="studio__action"),
            rx.el.button(
                rx.el.span(class_name="theme-mark", aria_hidden="true"),
                type="button",
                title="Light or dark",
                aria_label="Light or dark",
                on_click=rx.toggle_color_mode,
                class_name="studio__action",
                custom_attrs={"data-testid": "theme-switch"},
            ),
            rx.cond(
                StudioState.guarded & (StudioState.status == "open"),
                plain_form(
                    rx.el.button("Log out", type="submit", class_name="studio__action"),
                    action="/auth/studio/log-out",
                    method="post",
                ),
                rx.fragment(),
            ),
            class_name="studio__actions",
        ),
        class_name="studio__bar",
    )


def _environment() -> rx.Component:
    name = load_settings().payway_env
    return rx.el.span(f"Payway: {name}", class_name=f"badge studio__environment studio__environment--{name}")


def _login(path: str) -> rx.Component:
    return plain_form(
        rx.el.p(
            "The studio is for the product team. Its password is STUDIO_PASSWORD in the shop's settings."
        ),
        rx.el.p(NO_COOKIES, class_name="notice notice--warning without-cookies"),
        rx.cond(
            StudioState.refusal != "",
            rx.el.div(StudioState.refusal, role="alert", class_name="notice notice--error"),
            rx.fragment(),
        ),
        rx.el.input(type="hidden", name="next", value=path),
        rx.el.div(
            rx.el.label("Password", html_for="studio-password", class_name="field__label"),
            rx.el.input(
                id="studio-password",
                name="password",
                type="password",
                required=True,
                auto_complete="current-password",
                class_name="field__input",
            ),
            class_name="field",
        ),
        rx.el.button("Log in", type="submit", class_name="button button--primary"),
        action="/auth/studio/log-in",
        method="post",
        class_name="card stack studio__login",
        custom_attrs={"data-testid": "studio-login"},
    )


def _connection() -> rx.Component:
    return rx.el.div(
        rx.cond(has_too_many_connection_errors, LOST, ""), role="status", class_name="connection-notice"
    )
