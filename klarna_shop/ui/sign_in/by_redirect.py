"""The sign-in and register pages where customers sign in at Payway: one button instead of a form."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import address, text
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.sign_in.state import SignInState


def by_way_in(*, password: rx.Component, redirect: rx.Component) -> rx.Component:
    """What belongs to the way in which this shop signs customers in; one build serves both.

    The prerendered page holds the form, which works without JavaScript. It is kept out of sight for the
    moment in which the shop says which it is, and no longer.
    """
    return rx.el.div(
        rx.cond(SignInState.way_in == "redirect", redirect, password),
        class_name=rx.cond(SignInState.way_in == "", "way-in way-in--awaited stack", "way-in stack"),
    )


def redirect_card(
    language: str, page: str, *links: rx.Component, above: rx.Component | None = None
) -> rx.Component:
    """The button out to Payway. `page` is `sign_in` or `register`; `links` stand below it."""
    return rx.el.div(
        above or rx.fragment(),
        rx.el.p(text(language, f"{page}.redirect.lead")),
        PlainLink.create(
            text(language, f"{page}.redirect.submit"),
            href=SignInState.start_address,
            class_name="button button--primary button--wide",
            custom_attrs={"data-testid": "login-submit"},
        ),
        rx.el.p(text(language, "sign_in.redirect.remembered"), class_name="hint"),
        *links,
        class_name="card stack",
    )


def read_on(language: str) -> rx.Component:
    """Return the way on without signing in, for a reader whose sign-in has just failed."""
    return rx.cond(
        SignInState.code != "",
        rx.el.p(
            PlainLink.create(
                text(language, "sign_in.redirect.read_on"),
                href=rx.cond(SignInState.next_path != "", SignInState.next_path, address(language, "/")),
                class_name="link",
                custom_attrs={"data-testid": "login-read-on"},
            )
        ),
        rx.fragment(),
    )


def other_customer(language: str) -> rx.Component:
    """In the sandbox, the way to become somebody else where Payway's stand-in remembers a customer."""
    return rx.cond(
        SignInState.other_customer_address != "",
        rx.el.p(
            PlainLink.create(
                text(language, "sign_in.redirect.other_customer"),
                href=SignInState.other_customer_address,
                class_name="link",
                custom_attrs={"data-testid": "login-other"},
            )
        ),
        rx.fragment(),
    )
