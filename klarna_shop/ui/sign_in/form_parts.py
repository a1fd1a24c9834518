"""What the sign-in and register forms have in common: fields, hidden values, the alert above them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.sign_in.state import ALERT_ID, SignInState

FAULTS = ("required", "invalid", "too_short", "too_long")
ANSWERS_ITSELF = SignInState.way_in != ""
"""Whether the page says in its own words what is missing. The browser does, where no script runs."""


def field(
    language: str,
    name: str,
    identifier: str,
    *,
    label: str,
    kind: str = "text",
    hint: str = "",
    value: rx.Var[str] | None = None,
    fault: rx.Var[str] | None = None,
    fault_words: Mapping[str, str] | None = None,
    alerted: bool = False,
    **attributes: Any,
) -> rx.Component:
    """A labelled input. `alerted` ties it to the alert above, for faults that are nobody's in particular.

    `fault_words` has the words by code of `fault`; without, they are those of making an account.
    """
    described = [f"{identifier}-hint"] * bool(hint) + [f"{identifier}-fault"] * (fault is not None)
    described += [ALERT_ID] * alerted
    if value is not None:
        # The value arrives after the input; a new key makes a new input, with the value as its default.
        attributes |= {"default_value": value, "key": value}
    if fault is not None:
        attributes["aria_invalid"] = fault != ""
    return rx.el.div(
        rx.el.label(label, html_for=identifier, class_name="field__label"),
        rx.el.input(
            id=identifier,
            name=name,
            type=kind,
            required=True,
            aria_describedby=" ".join(described) or None,
            class_name="field__input",
            custom_attrs={"data-testid": identifier},
            **attributes,
        ),
        rx.el.p(hint, id=f"{identifier}-hint", class_name="field__hint") if hint else rx.fragment(),
        _fault(identifier, fault, fault_words or _register_words(language, name))
        if fault is not None
        else rx.fragment(),
        class_name="field",
    )


def _register_words(language: str, name: str) -> dict[str, str]:
    words = {code: text(language, f"register.fault.{name}.{code}") for code in FAULTS}
    return words | ({"unsupported": unsupported_email(language)} if name == "email" else {})


def sign_in_email_words(language: str) -> dict[str, str]:
    """Sentences by fault of an address to sign in with."""
    no_account = text(language, "sign_in.fault.email.unsupported", email=load_settings().seller_email)
    return _register_words(language, "email") | {"unsupported": no_account}


def unsupported_email(language: str) -> str:
    """Sentence for an address of a form that Payway does not take."""
    return text(language, "register.fault.email.unsupported", email=load_settings().seller_email)


def _fault(identifier: str, fault: rx.Var[str], words: Mapping[str, str]) -> rx.Component:
    return rx.el.p(
        rx.match(fault, *words.items(), ""),
        id=f"{identifier}-fault",
        class_name="field__error",
    )


def hidden_fields(language: str) -> rx.Component:
    """Where to go on, and the language of the page that comes next."""
    return rx.fragment(
        rx.el.input(type="hidden", name="next", value=SignInState.next_path, read_only=True),
        rx.el.input(type="hidden", name="language", value=language, read_only=True),
    )


def alert(*content: rx.Component) -> rx.Component:
    """The region above a form that says what happened; always there, so that it can be focused and heard.

    It takes the focus once it is drawn: before, the form may still be out of sight, where nothing can.
    """
    focus = rx.run_script(f"setTimeout(() => document.getElementById({ALERT_ID!r})?.focus())")
    return rx.el.div(
        rx.cond(
            SignInState.code != "",
            rx.el.div(
                *content,
                class_name=rx.cond(
                    SignInState.code == "registered", "notice notice--info", "notice notice--error"
                ),
                on_mount=focus,
                custom_attrs={"data-testid": "login-error", "data-code": SignInState.code},
            ),
            rx.fragment(),
        ),
        id=ALERT_ID,
        role="alert",
        tab_index=-1,
    )


def already_signed_in(language: str) -> rx.Component:
    """For a reader who is signed in and comes here all the same, perhaps as another customer than awaited."""
    return rx.cond(
        SignInState.signed_in,
        rx.cond(SignInState.awaits_another, _awaits_another(language), _go_on(language)),
        rx.fragment(),
    )


def _awaits_another(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "checkout.other_customer")),
        plain_form(
            hidden_fields(language),
            rx.el.input(type="hidden", name="sign_in", value="1", read_only=True),
            rx.el.button(
                text(language, "frame.sign_out"), type="submit", class_name="button button--primary"
            ),
            action="/auth/sign-out",
            method="post",
        ),
        class_name="notice notice--warning stack",
        custom_attrs={"data-testid": "other-customer"},
    )


def _go_on(language: str) -> rx.Component:
    return rx.el.p(
        text(language, "sign_in.already"),
        " ",
        rx.cond(
            SignInState.next_path != "",
            rx.el.a(text(language, "sign_in.go_on"), href=SignInState.next_path, class_name="link"),
            rx.el.a(
                text(language, "sign_in.to_account"), href=address(language, "/account"), class_name="link"
            ),
        ),
        class_name="notice notice--info",
    )
