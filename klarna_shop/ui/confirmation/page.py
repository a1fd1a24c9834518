"""The confirmation's page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.checkout.error_sentences import error_sentences
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.page_title import page_title
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.summary import nothing_to_show, summary

MAILBOX_PATH = "/sandbox/mailbox"


def confirmation_page(language: str) -> rx.Component:
    """What was bought, what happens next, and the way back to the article."""
    return rx.el.div(
        rx.match(
            ConfirmationState.status,
            ("loading", _loading(language)),
            ("missing", nothing_to_show(language, ConfirmationState.sign_in_address, titled=True)),
            _purchase(language),
        ),
        class_name="page page--confirmation stack",
    )


def _purchase(language: str) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.match(
                ConfirmationState.status,
                (
                    "completed",
                    rx.cond(ConfirmationState.withdrawn, _withdrawn(language), _completed(language)),
                ),
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
                # What it renews for is not true any more once it was withdrawn from.
                rx.cond(ConfirmationState.withdrawn, rx.fragment(), _summary(language)),
                rx.cond(
                    ConfirmationState.order_id != "",
                    rx.el.p(text(language, "confirmation.order"), " ", ConfirmationState.order_id),
                    rx.fragment(),
                ),
                rx.cond(ConfirmationState.status == "completed", _in_writing(language), rx.fragment()),
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


def _summary(language: str) -> rx.Component:
    return rx.fragment(
        rx.el.h2(
            rx.cond(
                ConfirmationState.status == "completed",
                text(language, "confirmation.summary"),
                text(language, "checkout.summary"),
            ),
            class_name="page__subtitle",
        ),
        summary(
            language,
            ConfirmationState.offer,
            element_id="confirmation-summary",
            testid="confirmation-summary",
            total=_total(language),
        ),
    )


def _in_writing(language: str) -> rx.Component:
    """The receipt, and the way out of the contract."""
    return rx.fragment(
        rx.el.p(
            rx.el.a(
                text(language, "receipt.link"), href=ConfirmationState.receipt_address, class_name="link"
            ),
            rx.cond(
                ConfirmationState.receipt_email != "",
                rx.fragment(
                    ". ", text(language, "receipt.mailed"), " ", ConfirmationState.receipt_email, "."
                ),
                rx.fragment(),
            ),
            custom_attrs={"data-testid": "confirmation-receipt"},
        ),
        rx.cond(
            ConfirmationState.withdrawn,
            rx.el.p(
                rx.el.a(
                    text(language, "withdraw.show_receipt"),
                    href=ConfirmationState.withdraw_address,
                    class_name="link",
                ),
                class_name="notice notice--info",
            ),
            rx.el.p(
                ConfirmationState.offer.withdrawal_line,
                " ",
                rx.el.a(
                    text(language, "withdraw.line_link"),
                    href=ConfirmationState.withdraw_address,
                    class_name="link",
                    custom_attrs={"data-testid": "withdraw-start"},
                ),
                class_name="hint",
            ),
        ),
    )


def _completed(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "confirmation.completed")),
        rx.el.p(
            rx.cond(
                ConfirmationState.starts_later != "",
                ConfirmationState.starts_later,
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
                    *_mailbox(language),
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
            rx.el.li(ConfirmationState.offer.after_line),
            rx.cond(
                ConfirmationState.offer.kind == "trial",
                rx.el.li(text(language, "confirmation.trial_details")),
                rx.fragment(),
            ),
            class_name="confirmation__next",
        ),
    )


def _withdrawn(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "withdraw.done_line")),
        rx.el.p(text(language, "confirmation.withdrawn"), class_name="page__lead"),
    )


def _total(language: str) -> rx.Var[str]:
    """What the amount is called: paid once the purchase is complete, and only if something was."""
    paid = rx.cond(
        ConfirmationState.offer.price > 0,
        text(language, "summary.paid"),
        text(language, "summary.paid_nothing"),
    )
    return rx.cond(ConfirmationState.status == "completed", paid, text(language, "summary.amount"))


def _mailbox(language: str) -> tuple[rx.Component | str, ...]:
    """Where the demo's mails can be read."""
    if not load_settings().embeds_sandbox:
        return ()
    link = PlainLink.create(
        text(language, "confirmation.demo_mailbox_link"), href=MAILBOX_PATH, class_name="link"
    )
    return " ", text(language, "confirmation.demo_mailbox"), " ", link, "."


def _pending(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "confirmation.pending")),
        rx.match(
            ConfirmationState.state,
            ("unresolved", rx.el.p(text(language, "confirmation.unresolved"), class_name="page__lead")),
            ("placed", rx.el.p(text(language, "confirmation.placed"), class_name="page__lead")),
            rx.el.p(text(language, "confirmation.checking"), class_name="page__lead"),
        ),
        rx.match(
            ConfirmationState.reason,
            (
                "login_required",
                rx.fragment(
                    rx.el.p(text(language, "confirmation.sign_in_again")),
                    rx.el.a(
                        text(language, "packages.sign_in"),
                        href=ConfirmationState.sign_in_address,
                        class_name="button button--primary",
                    ),
                ),
            ),
            ("payway_unavailable", rx.el.p(text(language, "confirmation.payway_unavailable"))),
            rx.fragment(),
        ),
        rx.el.p(text(language, "confirmation.do_not_buy_again"), class_name="notice notice--warning"),
    )


def _failed(language: str) -> rx.Component:
    return rx.fragment(
        page_title(text(language, "confirmation.failed")),
        rx.el.div(
            rx.match(
                ConfirmationState.reason,
                *(
                    (
                        reason.value,
                        error_sentences(language, reason.value, approved=ConfirmationState.was_approved),
                    )
                    for reason in Reason
                ),
                rx.fragment(
                    rx.el.p(text(language, "confirmation.closed")),
                    rx.el.p(text(language, "checkout.money.order_refused")),
                    rx.el.p(text(language, "confirmation.closed_next")),
                ),
            ),
            class_name="notice notice--error",
        ),
        rx.el.a(
            text(language, "confirmation.try_again"),
            href=ConfirmationState.packages_address,
            class_name="button button--secondary",
        ),
    )


def _article_link(language: str) -> rx.Component:
    return rx.cond(
        (ConfirmationState.article_address != "") & ~ConfirmationState.withdrawn,
        rx.el.a(
            rx.cond(
                ConfirmationState.starts_later != "",
                text(language, "confirmation.to_article"),
                text(language, "confirmation.back_to_article"),
            ),
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
