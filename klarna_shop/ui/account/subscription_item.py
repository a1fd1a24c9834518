"""One subscription in the list, with the question that comes before it is cancelled."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.account.state import CONFIRMATION_ID, AccountState
from klarna_shop.ui.account.views import ReasonView, SubscriptionView
from klarna_shop.ui.languages import product_words, text


def subscription_item(language: str, held: rx.Var[SubscriptionView]) -> rx.Component:
    """A list item for one subscription of the reader's account."""
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(held.name, **product_words(language)),
                " ",
                _badge(held),
                class_name="account__name",
            ),
            rx.el.p(held.line),
            rx.el.p(held.small_print, class_name="account__meta"),
            rx.cond(AccountState.confirming == held.id, _question(language, held), rx.fragment()),
            class_name="stack stack--tight",
        ),
        rx.cond(AccountState.confirming == held.id, rx.fragment(), _actions(language, held)),
        key=held.id,
        custom_attrs={
            "data-testid": "account-subscription",
            "data-code": held.code,
            "data-state": held.state,
        },
    )


def _badge(held: rx.Var[SubscriptionView]) -> rx.Component:
    tone = rx.match(
        rx.cond(held.withdrawn, "cancelled", held.state),
        ("activated", "badge badge--success"),
        ("cancelled", "badge badge--warning"),
        ("frozen", "badge badge--warning"),
        ("deactivated", "badge badge--error"),
        "badge",
    )
    return rx.el.span(held.state_word, class_name=tone)


def _actions(language: str, held: rx.Var[SubscriptionView]) -> rx.Component:
    busy = AccountState.working != ""
    return rx.el.div(
        rx.cond(
            held.can_cancel,
            rx.el.button(
                text(language, "account.cancel"),
                type="button",
                on_click=AccountState.ask_to_cancel(held.id),
                disabled=busy,
                class_name="button button--secondary",
                # Several subscriptions have a button each with the same words.
                aria_label=text(language, "account.cancel") + ": " + held.name,
                custom_attrs={"data-testid": "account-cancel"},
            ),
            rx.fragment(),
        ),
        rx.cond(
            held.can_reactivate,
            rx.el.button(
                rx.cond(
                    AccountState.working == held.id,
                    text(language, "account.working"),
                    text(language, "account.reactivate"),
                ),
                type="button",
                on_click=AccountState.reactivate(held.id).throttle(1000),  # type: ignore[misc]  # an event spec
                disabled=busy,
                aria_busy=AccountState.working == held.id,
                class_name="button button--secondary",
                custom_attrs={"data-testid": "account-reactivate"},
            ),
            rx.fragment(),
        ),
        class_name="account__actions",
    )


def _question(language: str, held: rx.Var[SubscriptionView]) -> rx.Component:
    return rx.el.form(
        rx.el.p(held.cancel_title, class_name="page__subtitle", id=CONFIRMATION_ID, tab_index=-1),
        rx.el.p(held.cancel_line),
        rx.cond(AccountState.reasons.length() > 0, _reasons(language), rx.fragment()),
        rx.el.div(
            rx.el.button(
                rx.cond(
                    AccountState.working != "",
                    text(language, "account.working"),
                    text(language, "account.cancel.confirm"),
                ),
                type="submit",
                disabled=AccountState.working != "",
                aria_busy=AccountState.working != "",
                class_name="button button--danger",
                custom_attrs={"data-testid": "account-cancel-confirm"},
            ),
            rx.el.button(
                text(language, "account.cancel.keep"),
                type="button",
                on_click=AccountState.keep,
                disabled=AccountState.working != "",
                class_name="button button--secondary",
            ),
            class_name="button-row",
        ),
        on_submit=AccountState.cancel,
        reset_on_submit=False,
        class_name="notice notice--warning stack",
    )


def _reasons(language: str) -> rx.Component:
    def option(reason: rx.Var[ReasonView]) -> rx.Component:
        return rx.el.option(reason.name, value=reason.id, key=reason.id)

    return rx.el.div(
        rx.el.label(
            text(language, "account.cancel.reason"),
            html_for="account-cancel-reason",
            class_name="field__label",
        ),
        rx.el.select(
            rx.el.option(text(language, "account.cancel.no_reason"), value=""),
            rx.foreach(AccountState.reasons, option),
            id="account-cancel-reason",
            name="reason",
            class_name="field__input",
        ),
        class_name="field",
    )
