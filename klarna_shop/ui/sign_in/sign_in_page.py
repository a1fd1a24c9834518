"""The sign-in page: a form, or the button that leads to Payway, as the running shop is set up."""

from __future__ import annotations

import reflex as rx

from klarna_shop.email_address import LONGEST_EMAIL
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import LONGEST_PASSWORD, DemoCustomer
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, address, text
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.sign_in.by_redirect import by_way_in, other_customer, read_on, redirect_card
from klarna_shop.ui.sign_in.form_parts import (
    ANSWERS_ITSELF,
    alert,
    already_signed_in,
    field,
    hidden_fields,
    sign_in_email_words,
)
from klarna_shop.ui.sign_in.state import SignInState

ACTION = "/auth/sign-in"
OUTCOMES = (
    "refused",
    "frozen",
    "registered",
    "foreign",
    "expired",
    "code",
    "interrupted",
    "provider",
    "unproven",
    "clock",
    "interaction",
)
"""Codes of `Notice` that have words of their own, besides `unavailable`."""


def sign_in_page(language: str) -> rx.Component:
    """Sign in with e-mail and password, in the sandbox also as a demo customer; or sign in at Payway."""
    shop = current_shop()
    forgot_password_url = shop.settings.payway_forgot_password_url
    return rx.el.div(
        rx.el.h1(text(language, "sign_in.title"), class_name="page__title"),
        already_signed_in(language),
        by_way_in(
            password=rx.fragment(
                _form(language, forgot_password_url),
                _demo_customers(language, shop.demo_customers) if shop.settings.is_sandbox else rx.fragment(),
            ),
            redirect=redirect_card(
                language,
                "sign_in",
                read_on(language),
                other_customer(language),
                _forgot_password(language, forgot_password_url),
                _to_register(language),
                above=alert(_what_happened(language)),
            ),
        ),
        class_name="page page--form stack",
    )


def _form(language: str, forgot_password_url: str | None) -> rx.Component:
    return plain_form(
        alert(_what_happened(language)),
        field(
            language,
            "email",
            "login-email",
            label=text(language, "sign_in.email"),
            kind="email",
            value=SignInState.email,
            fault=SignInState.email_fault,
            fault_words=sign_in_email_words(language),
            alerted=True,
            auto_complete="username",
            max_length=LONGEST_EMAIL,
        ),
        field(
            language,
            "password",
            "login-password",
            label=text(language, "sign_in.password"),
            kind="password",
            fault=SignInState.password_fault,
            fault_words={"required": text(language, "sign_in.fault.password.required")},
            alerted=True,
            auto_complete="current-password",
            max_length=LONGEST_PASSWORD,
        ),
        rx.el.button(
            text(language, "sign_in.submit"),
            type="submit",
            class_name="button button--primary button--wide",
            custom_attrs={"data-testid": "login-submit"},
        ),
        _forgot_password(language, forgot_password_url),
        _to_register(language),
        hidden_fields(language),
        action=ACTION,
        method="post",
        no_validate=ANSWERS_ITSELF,
        class_name="card stack",
    )


def _what_happened(language: str) -> rx.Component:
    def case(code: str) -> tuple[str, rx.Component]:
        return code, rx.fragment(
            rx.el.strong(text(language, f"sign_in.{code}.title")),
            rx.el.p(text(language, f"sign_in.{code}.next_step")),
        )

    return rx.fragment(
        rx.match(
            SignInState.code,
            *map(case, OUTCOMES),
            (
                "fields",
                rx.fragment(
                    rx.el.strong(text(language, "register.fields.title")),
                    rx.el.p(text(language, "register.fields.next_step")),
                ),
            ),
            case("unavailable")[1],
        ),
        rx.cond(SignInState.detail != "", rx.el.p(SignInState.detail), rx.fragment()),
    )


def _to_register(language: str) -> rx.Component:
    return rx.el.p(
        text(language, "sign_in.no_account"),
        " ",
        rx.el.a(
            text(language, "sign_in.to_register"),
            href=f"{address(language, '/register')}{SignInState.next_query}",
            class_name="link",
        ),
    )


def _forgot_password(language: str, url: str | None) -> rx.Component:
    if url is None:
        return rx.fragment()
    return rx.el.p(rx.el.a(text(language, "sign_in.forgot_password"), href=url, class_name="link"))


def _demo_customers(language: str, customers: tuple[DemoCustomer, ...]) -> rx.Component:
    if not customers:
        return rx.fragment()
    return rx.el.section(
        rx.el.h2(text(language, "sign_in.demo.title"), id="demo-customers", class_name="page__subtitle"),
        rx.el.p(text(language, "sign_in.demo.lead"), class_name="hint"),
        rx.el.ul(
            *(rx.el.li(_demo_customer(language, one)) for one in customers), class_name="demo-customers"
        ),
        aria_labelledby="demo-customers",
        class_name="stack",
    )


def _demo_customer(language: str, customer: DemoCustomer) -> rx.Component:
    purpose = customer.purposes.get(language) or customer.purposes.get(DEFAULT_LANGUAGE, "")
    return plain_form(
        hidden_fields(language),
        rx.el.input(type="hidden", name="email", value=customer.email, read_only=True),
        rx.el.input(type="hidden", name="password", value=customer.password, read_only=True),
        rx.el.button(
            rx.el.span(customer.name, class_name="demo-customer__name"),
            " ",
            rx.el.span(purpose, class_name="demo-customer__purpose"),
            type="submit",
            class_name="demo-customer",
            custom_attrs={"data-testid": "demo-customer", "data-email": customer.email},
        ),
        action=ACTION,
        method="post",
    )
