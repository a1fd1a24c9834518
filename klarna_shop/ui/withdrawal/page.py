"""The withdrawal function's page: first which contract, then the declaration itself, then its receipt."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.letters.receipt import WITHDRAWAL_FORM
from klarna_shop.ui.letters.view import letter_view
from klarna_shop.ui.page_title import page_title
from klarna_shop.ui.print_button import print_button
from klarna_shop.ui.withdrawal.state import ERROR_ID, WithdrawalState
from klarna_shop.ui.withdrawal.views import ContractView

FIELDS = ("contract", "name", "email")


def withdrawal_page(language: str) -> rx.Component:
    """Withdraw from a contract."""
    settings = load_settings()
    return rx.el.div(
        rx.el.noscript(
            rx.el.p(
                text(language, "withdraw.noscript", email=settings.seller_email),
                class_name="notice notice--info",
            )
        ),
        rx.match(
            WithdrawalState.status,
            ("choose", _choice(language)),
            ("confirm", _confirmation(language)),
            ("done", _receipt(language)),
            ("withdrawn", _withdrawn(language)),
            _loading(language),
        ),
        class_name="page page--letter stack",
    )


def _choice(language: str) -> rx.Component:
    """The function itself: its button says what it does (directive 2023/2673)."""
    return rx.fragment(
        page_title(text(language, "withdraw.title")),
        rx.el.p(text(language, "withdraw.lead"), class_name="page__lead"),
        rx.cond(
            WithdrawalState.lost,
            rx.el.p(text(language, "withdraw.nothing"), role="status", class_name="notice notice--warning"),
            rx.fragment(),
        ),
        rx.el.form(
            rx.cond(
                WithdrawalState.contracts.length() > 0,
                rx.el.fieldset(
                    rx.el.legend(text(language, "withdraw.which"), class_name="page__subtitle"),
                    rx.foreach(WithdrawalState.contracts, _contract),
                    _option("", text(language, "withdraw.other"), rx.fragment(), chosen=False),
                    class_name="choices",
                ),
                rx.fragment(),
            ),
            rx.el.button(
                text(language, "withdraw.start"),
                type="submit",
                aria_busy=WithdrawalState.working,
                class_name="button button--primary",
                custom_attrs={"data-testid": "withdraw-start"},
            ),
            on_submit=WithdrawalState.start,
            reset_on_submit=False,
            class_name="stack",
        ),
        rx.el.p(_form_link(language), class_name="hint"),
    )


def _contract(contract: rx.Var[ContractView], index: rx.Var[int]) -> rx.Component:
    small_print = rx.fragment(
        rx.el.span(contract.line, class_name="choice__after"),
        rx.el.span(contract.deadline, class_name="choice__terms"),
    )
    return _option(contract.reference, contract.name, small_print, chosen=index == 0)


def _option(
    value: str | rx.Var[str],
    title: str | rx.Var[str],
    small_print: rx.Component,
    *,
    chosen: bool | rx.Var[bool],
) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio", name="contract", value=value, default_checked=chosen, class_name="choice__input"
        ),
        rx.el.span(
            rx.el.span(rx.el.span(title, class_name="choice__title"), class_name="choice__heading"),
            small_print,
            class_name="choice__body",
        ),
        class_name="choice",
    )


def _confirmation(language: str) -> rx.Component:
    """The declaration: name, contract, where the receipt goes, and nothing more."""
    known = WithdrawalState.chosen.reference != ""
    return rx.fragment(
        page_title(text(language, "withdraw.confirm_title")),
        rx.cond(
            known,
            rx.el.div(
                rx.el.p(rx.el.strong(WithdrawalState.chosen.name)),
                rx.el.p(WithdrawalState.chosen.line),
                rx.cond(
                    WithdrawalState.chosen.is_open,
                    rx.fragment(
                        rx.el.p(WithdrawalState.chosen.deadline, class_name="hint"),
                        rx.el.p(text(language, "withdraw.closes_hint"), class_name="hint"),
                    ),
                    rx.el.p(
                        text(language, "withdraw.closed_hint"),
                        " ",
                        rx.el.a(
                            text(language, "withdraw.to_account"),
                            href=address(language, "/account"),
                            class_name="link",
                        ),
                        class_name="notice notice--warning",
                    ),
                ),
                class_name="card stack stack--tight",
            ),
            rx.fragment(),
        ),
        _error(language),
        rx.el.form(
            rx.cond(
                known,
                rx.fragment(),
                _field(language, "contract", hint=text(language, "withdraw.contract_hint")),
            ),
            _field(language, "name", default_value=WithdrawalState.name, auto_complete="name"),
            _field(
                language,
                "email",
                kind="email",
                hint=rx.cond(
                    WithdrawalState.mails,
                    text(language, "withdraw.email_hint"),
                    text(language, "withdraw.email_hint_no_mail"),
                ),
                default_value=WithdrawalState.email,
                auto_complete="email",
            ),
            rx.el.div(
                rx.el.button(
                    text(language, "withdraw.confirm"),
                    type="submit",
                    aria_busy=WithdrawalState.working,
                    aria_disabled=WithdrawalState.working,
                    class_name="button button--primary",
                    custom_attrs={"data-testid": "withdraw-confirm"},
                ),
                rx.el.button(
                    text(language, "withdraw.back"),
                    type="button",
                    on_click=WithdrawalState.back,
                    class_name="button button--quiet",
                ),
                class_name="button-row",
            ),
            on_submit=WithdrawalState.declare,
            reset_on_submit=False,
            no_validate=True,
            class_name="stack",
        ),
    )


def _field(
    language: str, name: str, *, hint: str | rx.Var[str] = "", kind: str = "text", **more: Any
) -> rx.Component:
    element_id = f"withdraw-{name}"
    wrong = WithdrawalState.faults.contains(name)
    explained = not isinstance(hint, str) or hint != ""
    described = f"{element_id}-hint {element_id}-fault" if explained else f"{element_id}-fault"
    return rx.el.div(
        rx.el.label(text(language, f"withdraw.{name}"), html_for=element_id, class_name="field__label"),
        rx.el.input(
            id=element_id,
            name=name,
            type=kind,
            required=True,
            aria_invalid=wrong,
            aria_describedby=described,
            class_name="field__input",
            **more,
        ),
        rx.el.p(hint, id=f"{element_id}-hint", class_name="field__hint") if explained else rx.fragment(),
        rx.el.p(
            rx.cond(wrong, text(language, f"withdraw.fault.{name}"), ""),
            id=f"{element_id}-fault",
            class_name="field__error",
        ),
        class_name="field",
    )


def _error(language: str) -> rx.Component:
    email = load_settings().seller_email
    return rx.el.div(
        rx.cond(
            WithdrawalState.error != "",
            rx.el.div(
                rx.el.p(
                    rx.match(
                        WithdrawalState.error,
                        ("not_yours", text(language, "withdraw.error.not_yours")),
                        ("too_many", text(language, "withdraw.error.too_many", email=email)),
                        text(language, "withdraw.error.invalid_fields"),
                    )
                ),
                class_name="notice notice--error",
            ),
            rx.fragment(),
        ),
        id=ERROR_ID,
        role="alert",
        tab_index=-1,
        custom_attrs={"data-testid": "withdraw-error", "data-code": WithdrawalState.error},
    )


def _receipt(language: str) -> rx.Component:
    return rx.fragment(
        letter_view(WithdrawalState.letter, "withdraw-receipt"),
        rx.cond(
            WithdrawalState.held_back,
            rx.el.p(text(language, "withdraw.held_back"), class_name="notice notice--info not-printed"),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.button(
                text(language, "withdraw.download"),
                type="button",
                on_click=WithdrawalState.download,
                class_name="button button--primary",
                custom_attrs={"data-testid": "withdraw-download"},
            ),
            print_button(text(language, "withdraw.print")),
            rx.el.a(text(language, "purchase.to_front_page"), href=address(language, "/"), class_name="link"),
            class_name="button-row not-printed",
        ),
    )


def _withdrawn(language: str) -> rx.Component:
    """The contract has been withdrawn from by somebody else's hand: what they said is theirs."""
    return rx.fragment(
        page_title(text(language, "withdraw.withdrawn_title")),
        rx.el.p(WithdrawalState.withdrawn, class_name="page__lead"),
        rx.el.p(text(language, "withdraw.withdrawn_hint", email=load_settings().seller_email)),
        rx.el.div(
            rx.el.a(
                text(language, "withdraw.to_account"), href=address(language, "/account"), class_name="link"
            ),
            rx.el.a(text(language, "purchase.to_front_page"), href=address(language, "/"), class_name="link"),
            class_name="button-row",
        ),
    )


def _form_link(language: str) -> rx.Component:
    return rx.el.a(
        text(language, "withdraw.form_link"),
        href=f"{address(language, '/terms')}#{WITHDRAWAL_FORM}",
        class_name="link",
    )


def _loading(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "withdraw.title")),
        rx.el.p(text(language, "withdraw.lead"), class_name="page__lead"),
        rx.el.div(class_name="skeleton skeleton--line", aria_busy="true"),
    )
