"""The confirmation's page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.summary import nothing_to_show, summary


def confirmation_page(language: str) -> rx.Component:
    """What was bought, what happens next, and the way back to the article."""
    return rx.el.div(
        rx.match(
            ConfirmationState.status,
            ("loading", _loading(language)),
            ("missing", nothing_to_show(language)),
            _purchase(language),
        ),
        class_name="page page--confirmation stack",
    )


def _purchase(language: str) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.match(
                ConfirmationState.status,
                ("completed", _completed(language)),
                ("pending", _pending(language)),
                _failed(language),
            ),
            role="status",
            class_name="stack",
        ),
        rx.cond(ConfirmationState.status == "completed", _article_link(language), rx.fragment()),
        rx.cond(
            ConfirmationState.status == "failed",
            rx.fragment(),
            rx.el.section(
                rx.el.h2(text(language, "confirmation.summary"), class_name="page__subtitle"),
                summary(
                    language,
                    ConfirmationState.offer,
                    element_id="confirmation-summary",
                    testid="confirmation-summary",
                ),
                rx.cond(
                    ConfirmationState.order_id != "",
                    rx.el.p(text(language, "confirmation.order"), " ", ConfirmationState.order_id),
                    rx.fragment(),
                ),
                rx.el.p(ConfirmationState.offer.withdrawal_line, class_name="hint"),
                class_name="stack",
            ),
        ),
        class_name="confirmation stack",
        custom_attrs={
            "data-testid": "confirmation",
            "data-status": ConfirmationState.status,
            "data-order-id": ConfirmationState.order_id,
            "data-kind": ConfirmationState.offer.kind,
        },
    )


def _completed(language: str) -> rx.Component:
    return rx.fragment(
        rx.el.h1(text(language, "confirmation.completed"), class_name="page__title"),
        rx.el.p(
            rx.cond(
                ConfirmationState.starts_later,
                text(language, "confirmation.starts_later"),
                text(language, "confirmation.opens_now"),
            ),
            class_name="page__lead",
        ),
        rx.el.h2(text(language, "confirmation.next"), class_name="page__subtitle"),
        rx.el.ul(
            rx.cond(
                ConfirmationState.new_customer,
                rx.el.li(
                    text(language, "confirmation.password_mail"),
                    rx.cond(
                        ConfirmationState.customer_email != "",
                        rx.fragment(" ", rx.el.strong(ConfirmationState.customer_email), "."),
                        rx.fragment(),
                    ),
                ),
                rx.el.li(
                    text(language, "confirmation.in_account"),
                    " ",
                    rx.el.a(
                        text(language, "confirmation.account_link"),
                        href=address(language, "/account"),
                        class_name="link",
                    ),
                ),
            ),
            rx.cond(
                ConfirmationState.offer.after_line != "",
                rx.el.li(ConfirmationState.offer.after_line),
                rx.fragment(),
            ),
            rx.cond(
                ConfirmationState.offer.kind == "trial",
                rx.el.li(text(language, "confirmation.trial_details")),
                rx.fragment(),
            ),
            class_name="confirmation__next",
        ),
    )


def _pending(language: str) -> rx.Component:
    return rx.fragment(
        rx.el.h1(text(language, "confirmation.pending"), class_name="page__title"),
        rx.match(
            ConfirmationState.state,
            ("unresolved", rx.el.p(text(language, "confirmation.unresolved"), class_name="page__lead")),
            ("placed", rx.el.p(text(language, "confirmation.placed"), class_name="page__lead")),
            rx.el.p(text(language, "confirmation.checking"), class_name="page__lead"),
        ),
        rx.match(
            ConfirmationState.reason,
            ("login_required", rx.el.p(text(language, "confirmation.sign_in_again"))),
            ("payway_unavailable", rx.el.p(text(language, "confirmation.payway_unavailable"))),
            rx.fragment(),
        ),
        rx.el.p(text(language, "confirmation.do_not_buy_again"), class_name="notice notice--warning"),
    )


def _failed(language: str) -> rx.Component:
    return rx.fragment(
        rx.el.h1(text(language, "confirmation.failed"), class_name="page__title"),
        rx.el.p(
            rx.match(
                ConfirmationState.reason,
                *((reason.value, text(language, f"checkout.error.{reason.value}")) for reason in Reason),
                text(language, "confirmation.closed"),
            ),
            class_name="notice notice--error",
        ),
        rx.el.p(text(language, "checkout.money.order_refused")),
        rx.el.a(
            text(language, "confirmation.try_again"),
            href=address(language, "/packages"),
            class_name="button button--secondary",
        ),
    )


def _article_link(language: str) -> rx.Component:
    return rx.cond(
        ConfirmationState.article_address != "",
        rx.el.a(
            text(language, "confirmation.back_to_article"),
            " ",
            rx.el.span(ConfirmationState.article_title, class_name="confirmation__article"),
            href=ConfirmationState.article_address,
            class_name="button button--primary",
            custom_attrs={"data-testid": "confirmation-article"},
        ),
        rx.el.a(
            text(language, "purchase.to_front_page"),
            href=address(language, "/"),
            class_name="button button--primary",
        ),
    )


def _loading(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "confirmation.loading"), class_name="visually-hidden"),
        rx.el.div(class_name="skeleton skeleton--summary"),
        aria_busy="true",
    )
