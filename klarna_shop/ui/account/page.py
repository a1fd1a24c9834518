"""The account page. Its frame is prerendered; everything personal arrives after the reader is known."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.account.state import MESSAGE_ID, AccountState
from klarna_shop.ui.account.subscription_item import subscription_item
from klarna_shop.ui.account.views import DetailView, OrderView, PaymentView
from klarna_shop.ui.languages import address, product_words, text
from klarna_shop.ui.seller_email import seller_email

FAILURES = ("not_possible", "not_allowed", "not_found", "unavailable")


def account_page(language: str) -> rx.Component:
    """The customer's own page, or the way to signing in."""
    return rx.el.div(
        rx.el.h1(text(language, "account.title"), class_name="page__title"),
        rx.el.noscript(
            rx.el.p(
                text(language, "account.noscript", email=load_settings().seller_email),
                class_name="notice notice--info",
            )
        ),
        rx.match(
            AccountState.status,
            ("ready", _account(language)),
            ("anonymous", _anonymous(language)),
            ("expired", _expired(language)),
            ("unavailable", _unavailable(language)),
            _loading(language),
        ),
        class_name="page page--account stack",
    )


def _account(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            text(language, "account.email"),
            " ",
            rx.el.strong(AccountState.email, custom_attrs={"data-testid": "account-email"}),
        ),
        _message(language),
        _subscriptions(language),
        _orders(language),
        _payments(language),
        _details(language),
        class_name="stack stack--loose",
    )


def _message(language: str) -> rx.Component:
    return rx.el.div(
        rx.match(
            AccountState.done,
            *(
                (code, rx.el.p(text(language, f"account.done.{code}"), class_name="notice notice--success"))
                for code in ("cancelled", "reactivated")
            ),
            rx.fragment(),
        ),
        rx.match(
            AccountState.failed,
            *(
                (
                    code,
                    rx.el.p(
                        text(language, f"account.failed.{code}"),
                        *((" ", seller_email()) if code == "not_allowed" else ()),
                        class_name="notice notice--error",
                    ),
                )
                for code in FAILURES
            ),
            rx.fragment(),
        ),
        id=MESSAGE_ID,
        role="status",
        tab_index=-1,
    )


def _section(language: str, name: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(text(language, f"account.{name}"), id=f"account-{name}", class_name="page__subtitle"),
        *content,
        aria_labelledby=f"account-{name}",
        class_name="account__section stack",
    )


def _subscriptions(language: str) -> rx.Component:
    return _section(
        language,
        "subscriptions",
        rx.cond(
            AccountState.subscriptions.length() > 0,
            rx.el.ul(
                rx.foreach(AccountState.subscriptions, lambda held: subscription_item(language, held)),
                class_name="account__list",
            ),
            rx.el.div(
                rx.el.p(text(language, "account.no_subscriptions")),
                rx.el.a(
                    text(language, "account.to_packages"),
                    href=address(language, "/packages"),
                    class_name="button button--secondary",
                ),
                class_name="stack",
            ),
        ),
    )


def _orders(language: str) -> rx.Component:
    def item(order: rx.Var[OrderView]) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(order.name, class_name="account__name", **product_words(language)),
                rx.el.p(order.line),
                rx.el.p(
                    text(language, "account.order.number"), " ", order.order_id, class_name="account__meta"
                ),
            ),
            rx.cond(
                order.receipt_address != "",
                rx.el.a(
                    text(language, "account.receipt"),
                    href=order.receipt_address,
                    aria_label=text(language, "account.receipt") + " " + order.order_id,
                    class_name="link",
                ),
                rx.fragment(),
            ),
            key=order.order_id,
            custom_attrs={
                "data-testid": "account-order",
                "data-order-id": order.order_id,
                "data-state": order.state,
            },
        )

    return _section(
        language,
        "orders",
        rx.cond(
            AccountState.orders_known,
            rx.cond(
                AccountState.orders.length() > 0,
                rx.el.ul(rx.foreach(AccountState.orders, item), class_name="account__list"),
                rx.el.p(text(language, "account.no_orders")),
            ),
            _part_missing(language, "account.orders_unavailable"),
        ),
        rx.el.p(
            text(language, "account.withdraw"),
            " ",
            rx.el.a(
                text(language, "withdraw.line_link"),
                href=address(language, "/withdraw"),
                class_name="link",
                custom_attrs={"data-testid": "withdraw-start"},
            ),
            class_name="hint",
        ),
    )


def _payments(language: str) -> rx.Component:
    def item(payment: rx.Var[PaymentView]) -> rx.Component:
        return rx.el.li(
            rx.el.div(rx.el.p(payment.name), rx.el.p(payment.line, class_name="account__meta")),
            key=payment.id,
        )

    return _section(
        language,
        "payments",
        rx.cond(
            AccountState.payments_known,
            rx.cond(
                AccountState.payments.length() > 0,
                rx.el.ul(rx.foreach(AccountState.payments, item), class_name="account__list"),
                rx.el.p(text(language, "account.no_payments")),
            ),
            _part_missing(language, "account.payments_unavailable"),
        ),
    )


def _details(language: str) -> rx.Component:
    def item(detail: rx.Var[DetailView]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(detail.label),
            rx.el.dd(detail.value),
            key=detail.field,
            custom_attrs={"data-testid": "account-detail", "data-field": detail.field},
        )

    return _section(
        language,
        "details",
        rx.el.p(AccountState.details_line, class_name="hint"),
        rx.el.dl(rx.foreach(AccountState.details, item), class_name="account__details"),
    )


def _part_missing(language: str, key: str) -> rx.Component:
    return rx.el.div(rx.el.p(text(language, key)), _retry(language), class_name="notice notice--warning")


def _anonymous(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.h2(text(language, "account.anonymous.title"), class_name="page__subtitle"),
        rx.el.p(text(language, "account.anonymous.lead")),
        _sign_in(language, "account.sign_in"),
        class_name="card stack",
    )


def _expired(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "account.expired.title")),
        rx.el.p(text(language, "account.expired.next_step")),
        _sign_in(language, "account.sign_in_again"),
        role="alert",
        class_name="notice notice--warning",
    )


def _unavailable(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "account.unavailable.title")),
        rx.el.p(text(language, "account.unavailable.next_step")),
        _retry(language),
        role="alert",
        class_name="notice notice--error",
    )


def _loading(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "account.loading"), class_name="visually-hidden"),
        rx.el.div(class_name="skeleton skeleton--summary"),
        aria_busy="true",
    )


def _sign_in(language: str, key: str) -> rx.Component:
    return rx.el.a(
        text(language, key),
        href=f"{address(language, '/login')}?next={address(language, '/account')}",
        class_name="button button--primary",
    )


def _retry(language: str) -> rx.Component:
    return rx.el.button(
        text(language, "account.retry"),
        type="button",
        on_click=AccountState.show,
        class_name="button button--secondary",
    )
