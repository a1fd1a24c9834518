"""The page where an account is made."""

from __future__ import annotations

import reflex as rx

from klarna_shop.email_address import LONGEST_EMAIL
from klarna_shop.shop.identity import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.sign_in.by_redirect import by_way_in, redirect_card
from klarna_shop.ui.sign_in.form_parts import (
    ANSWERS_ITSELF,
    alert,
    already_signed_in,
    field,
    hidden_fields,
)
from klarna_shop.ui.sign_in.state import SignInState

ACTION = "/auth/register"


def register_page(language: str) -> rx.Component:
    """Make an account and be signed in with it: here, or at Payway."""
    return rx.el.div(
        rx.el.h1(text(language, "register.title"), class_name="page__title"),
        rx.el.p(text(language, "register.lead"), class_name="page__lead"),
        already_signed_in(language),
        by_way_in(
            password=_form(language),
            redirect=redirect_card(language, "register", _to_sign_in(language)),
        ),
        class_name="page page--form stack",
    )


def _form(language: str) -> rx.Component:
    return plain_form(
        alert(_what_happened(language)),
        *_fields(language),
        rx.el.button(
            text(language, "register.submit"),
            type="submit",
            class_name="button button--primary button--wide",
            custom_attrs={"data-testid": "login-submit"},
        ),
        _to_sign_in(language),
        hidden_fields(language),
        action=ACTION,
        method="post",
        no_validate=ANSWERS_ITSELF,
        class_name="card stack",
    )


def _to_sign_in(language: str) -> rx.Component:
    return rx.el.p(
        text(language, "register.have_account"),
        " ",
        rx.el.a(
            text(language, "register.to_sign_in"),
            href=f"{address(language, '/login')}{SignInState.next_query}",
            class_name="link",
        ),
    )


def _fields(language: str) -> list[rx.Component]:
    return [
        rx.el.div(
            field(
                language,
                "first_name",
                "register-first-name",
                label=text(language, "register.first_name"),
                value=SignInState.first_name,
                fault=SignInState.first_name_fault,
                auto_complete="given-name",
                max_length=LONGEST_NAME,
            ),
            field(
                language,
                "last_name",
                "register-last-name",
                label=text(language, "register.last_name"),
                value=SignInState.last_name,
                fault=SignInState.last_name_fault,
                auto_complete="family-name",
                max_length=LONGEST_NAME,
            ),
            class_name="field-row",
        ),
        field(
            language,
            "email",
            "login-email",
            label=text(language, "sign_in.email"),
            kind="email",
            value=SignInState.email,
            fault=SignInState.email_fault,
            auto_complete="username",
            max_length=LONGEST_EMAIL,
        ),
        field(
            language,
            "password",
            "login-password",
            label=text(language, "sign_in.password"),
            kind="password",
            hint=text(language, "register.password_hint", count=SHORTEST_PASSWORD),
            fault=SignInState.password_fault,
            auto_complete="new-password",
            min_length=SHORTEST_PASSWORD,
            max_length=LONGEST_PASSWORD,
        ),
    ]


def _what_happened(language: str) -> rx.Component:
    def case(code: str) -> tuple[str, rx.Component]:
        return code, rx.fragment(
            rx.el.strong(text(language, f"register.{code}.title")),
            rx.el.p(text(language, f"register.{code}.next_step")),
        )

    return rx.match(SignInState.code, *map(case, ("fields", "neutral")), case("unavailable")[1])
