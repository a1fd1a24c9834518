"""The checkout's page: summary beside Klarna's widget, the order button directly below the terms."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from klarna_shop.klarna import klarna_payment
from klarna_shop.settings import load_settings
from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.checkout.error_sentences import error_sentences
from klarna_shop.ui.checkout.sdk_report import SdkReport
from klarna_shop.ui.checkout.state import ERROR_ID, CheckoutState
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.page_title import page_title
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.standing_texts import WITHDRAWAL_FORM
from klarna_shop.ui.summary import nothing_to_show, summary

SUMMARY_ID = "checkout-summary"
DUE_ID = "checkout-due"
"""Of the line at the button: what is due now and what follows."""


def checkout_page(language: str) -> rx.Component:
    """Pay for one purchase."""
    return rx.el.div(
        page_title(text(language, "checkout.title")),
        rx.el.noscript(rx.el.p(text(language, "packages.noscript"), class_name="notice notice--info")),
        rx.match(
            CheckoutState.status,
            ("missing", nothing_to_show(language, CheckoutState.sign_in_address)),
            rx.fragment(
                _lead(language),
                _purchase(language),
            ),
        ),
        class_name="page page--checkout stack",
    )


def _lead(language: str) -> rx.Component:
    """Say what has become of the money so far."""
    paid = rx.cond(
        CheckoutState.offer.kind == "trial",
        text(language, "checkout.ordered_trial"),
        text(language, "checkout.paid"),
    )
    return rx.cond(
        CheckoutState.status == "closed",
        rx.fragment(),
        rx.cond(
            CheckoutState.approved,
            rx.el.div(
                rx.el.p(rx.cond(CheckoutState.paid, paid, text(language, "checkout.approved"))),
                rx.cond(
                    CheckoutState.status == "working",
                    rx.el.p(
                        rx.el.a(
                            text(language, "checkout.to_confirmation"),
                            href=CheckoutState.confirmation_address,
                            class_name="link",
                        )
                    ),
                    rx.fragment(),
                ),
                class_name="notice notice--success",
            ),
            # The largest text of the page on a phone, so that it does not wait for the order to come.
            rx.el.p(text(language, "checkout.lead"), class_name="page__lead"),
        ),
    )


def _purchase(language: str) -> rx.Component:
    is_loading = CheckoutState.status == "loading"
    return rx.el.div(
        rx.el.section(
            rx.el.h2(text(language, "checkout.summary"), class_name="page__subtitle"),
            rx.cond(
                is_loading,
                rx.fragment(
                    rx.el.p(text(language, "checkout.loading"), class_name="visually-hidden"),
                    rx.el.div(class_name="skeleton skeleton--summary"),
                ),
                rx.fragment(
                    summary(
                        language,
                        CheckoutState.offer,
                        element_id=SUMMARY_ID,
                        testid="checkout-summary",
                        total=_total(language),
                    ),
                    _change(language, "checkout.change_order"),
                    _customer(language),
                ),
            ),
            class_name="checkout__summary stack",
        ),
        rx.el.section(
            rx.el.h2(text(language, "checkout.payment"), class_name="page__subtitle"),
            _error(language),
            rx.cond(is_loading, rx.el.div(class_name="skeleton skeleton--widget"), rx.fragment()),
            # Stays while the order is placed, since the redirect goes through the component; and while the
            # page loads, which it does again after a reconnection.
            rx.cond(
                (CheckoutState.status == "closed") & (CheckoutState.client_token == ""),
                rx.fragment(),
                rx.el.div(_payment(language), hidden=is_loading, class_name="stack"),
            ),
            class_name="checkout__payment stack",
        ),
        aria_busy=is_loading,
        class_name="checkout",
    )


def _total(language: str) -> rx.Var[str]:
    """Name of the amount: due before the order, paid after it."""
    paid = rx.cond(
        CheckoutState.offer.price > 0,
        text(language, "summary.paid"),
        text(language, "summary.paid_nothing"),
    )
    return rx.cond(CheckoutState.paid, paid, text(language, "summary.total"))


def _payment(language: str) -> rx.Component:
    button = rx.cond(
        CheckoutState.offer.kind == "trial",
        text(language, "checkout.button_trial"),
        text(language, "checkout.button"),
    )
    texts = {
        key: text(language, f"checkout.klarna.{key}")
        for key in (
            "retry",
            "loading",
            "authorizing",
            "late",
            "do_not_close",
            "placing",
            "delayed",
            "paid",
            "hidden",
            "blocked_hint",
            "locked",
        )
    }
    return rx.fragment(
        _withdrawal(language),
        _due(language),
        klarna_payment(
            sdk_url=load_settings().klarna_sdk_url,
            client_token=CheckoutState.client_token,
            session_fingerprint=CheckoutState.session_fingerprint,
            categories=CheckoutState.categories,
            texts=rx.Var.create({"button": button, **texts}),
            described_by=f"{DUE_ID} {SUMMARY_ID}",
            locked=CheckoutState.status != "payable",
            acknowledged=CheckoutState.acknowledged,
            redirect_url=CheckoutState.redirect_url,
            continue_url=CheckoutState.confirmation_address,
            consent_required=CheckoutState.asks_waiver,
            consent_given=CheckoutState.waived,
            on_ready=CheckoutState.ready,
            on_unavailable=CheckoutState.unavailable,
            on_hidden=CheckoutState.hidden,
            on_authorize_started=CheckoutState.authorizing,
            on_authorized=CheckoutState.authorized,
            on_aborted=CheckoutState.aborted,
            on_invalid_fields=CheckoutState.corrected,
            on_refused=CheckoutState.refused,
            on_late=CheckoutState.no_answer,
            on_error=CheckoutState.failed,
            on_sdk_answer=SdkReport.answered,
        ),
        rx.el.p(
            text(language, "checkout.terms_before"),
            " ",
            rx.el.a(
                text(language, "checkout.terms_link"), href=address(language, "/terms"), class_name="link"
            ),
            ".",
            class_name="hint",
        ),
    )


def _due(language: str) -> rx.Component:
    """What the press costs, now and later: on a phone the summary is out of sight at the button."""
    return rx.cond(
        (CheckoutState.status == "closed") | CheckoutState.paid,
        rx.fragment(),
        rx.el.p(
            rx.el.strong(text(language, "summary.total"), ": ", CheckoutState.offer.total_line, "."),
            " ",
            CheckoutState.offer.after_line,
            " ",
            CheckoutState.offer.authorisation_line,
            id=DUE_ID,
        ),
    )


def _withdrawal(language: str) -> rx.Component:
    """Until when the purchase can be undone, and how; and the question, where the shop asks for a waiver."""
    told = rx.el.p(
        CheckoutState.offer.withdrawal_line,
        " ",
        # In a tab of its own: whoever reads up on their rights has not left the payment.
        PlainLink.create(
            text(language, "withdraw.form_link"),
            href=f"{address(language, '/terms')}#{WITHDRAWAL_FORM}",
            target="_blank",
            class_name="link",
        ),
        class_name="hint",
    )
    asked = rx.fragment(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                default_checked=CheckoutState.waived,
                key=CheckoutState.session_fingerprint,
                on_change=CheckoutState.waive,
                aria_describedby="checkout-waiver-hint",
                custom_attrs={"data-testid": "checkout-consent"},
            ),
            rx.el.span(text(language, "checkout.waiver")),
            class_name="field__check",
        ),
        rx.el.p(
            rx.cond(CheckoutState.waived, "", text(language, "checkout.waiver_hint")),
            id="checkout-waiver-hint",
            class_name="hint",
        ),
    )
    return rx.fragment(told, rx.cond(CheckoutState.asks_waiver, asked, rx.fragment()))


def _customer(language: str) -> rx.Component:
    """Who buys, as given in the picker; read only here."""

    def hook(element: Callable[..., rx.Component], testid: str, value: rx.Var[str]) -> rx.Component:
        return element(value, custom_attrs={"data-testid": testid})

    return rx.cond(
        CheckoutState.customer_email != "",
        rx.el.div(
            rx.el.h3(text(language, "checkout.buyer"), class_name="page__subtitle"),
            rx.el.dl(
                rx.el.div(
                    rx.el.dt(text(language, "checkout.buyer_name")),
                    rx.el.dd(
                        hook(rx.el.span, "customer-first-name", CheckoutState.customer_first_name),
                        " ",
                        hook(rx.el.span, "customer-last-name", CheckoutState.customer_last_name),
                    ),
                    class_name="summary__row",
                ),
                rx.el.div(
                    rx.el.dt(text(language, "packages.email")),
                    hook(rx.el.dd, "customer-email", CheckoutState.customer_email),
                    class_name="summary__row",
                ),
                class_name="summary",
            ),
            _change(language, "checkout.change_buyer"),
            rx.el.p(text(language, "checkout.password_mail"), class_name="hint"),
            class_name="checkout__buyer stack",
        ),
        rx.fragment(),
    )


def _change(language: str, name: str) -> rx.Component:
    """Back to the picker, which keeps offer and article. Who buys is asked anew: no name is in an address."""
    return rx.cond(
        CheckoutState.status == "payable",
        rx.el.p(
            rx.el.a(
                text(language, "checkout.change"),
                href=CheckoutState.packages_address,
                aria_label=text(language, name),
                class_name="link",
            ),
            class_name="hint",
        ),
        rx.fragment(),
    )


def _error(language: str) -> rx.Component:
    """What happened, what became of the money, and the next step."""
    return rx.el.div(
        rx.cond(
            CheckoutState.error != "",
            rx.el.div(
                rx.cond(
                    CheckoutState.other_customer,
                    rx.fragment(
                        rx.el.p(text(language, "checkout.other_customer")),
                        rx.el.p(
                            rx.cond(
                                CheckoutState.approved,
                                text(language, "checkout.money.approved"),
                                text(language, "checkout.other_customer_money"),
                            )
                        ),
                    ),
                    rx.match(
                        CheckoutState.error,
                        (Reason.LOGIN_REQUIRED.value, _signed_out(language)),
                        *(
                            (
                                reason.value,
                                error_sentences(language, reason.value, approved=CheckoutState.was_approved),
                            )
                            for reason in Reason
                            if reason is not Reason.LOGIN_REQUIRED
                        ),
                        error_sentences(
                            language, Reason.PAYWAY_UNAVAILABLE.value, approved=CheckoutState.was_approved
                        ),
                    ),
                ),
                rx.cond(
                    CheckoutState.wrong_fields.length() > 0,
                    rx.el.p(
                        text(language, "checkout.wrong_fields"), " ", CheckoutState.wrong_fields.join(", ")
                    ),
                    rx.fragment(),
                ),
                class_name="notice notice--error",
                custom_attrs={"data-testid": "checkout-error", "data-code": CheckoutState.error},
            ),
            rx.fragment(),
        ),
        rx.cond(
            CheckoutState.can_retry,
            rx.el.button(
                text(language, "checkout.retry"),
                type="button",
                on_click=CheckoutState.start_over,
                aria_busy=CheckoutState.starting_over,
                class_name="button button--secondary",
                custom_attrs={"data-testid": "checkout-retry"},
            ),
            rx.fragment(),
        ),
        rx.match(
            CheckoutState.error,
            ("already_subscribed", _way_out(language, "checkout.to_account", address(language, "/account"))),
            (
                "login_required",
                rx.cond(
                    CheckoutState.other_customer,
                    rx.fragment(),
                    _way_out(language, "packages.sign_in", CheckoutState.sign_in_address),
                ),
            ),
            (
                "ssn_already_taken",
                rx.cond(
                    CheckoutState.sign_in_address != "",
                    _way_out(language, "packages.sign_in", CheckoutState.sign_in_address),
                    rx.fragment(),
                ),
            ),
            ("not_eligible", _way_out(language, "checkout.other_offer", CheckoutState.packages_address)),
            rx.fragment(),
        ),
        id=ERROR_ID,
        role="alert",
        tab_index=-1,
        class_name="checkout__error stack",
    )


def _signed_out(language: str) -> rx.Component:
    """The customer's sign-in ended while this tab was at the checkout."""
    return rx.cond(
        CheckoutState.approved,
        error_sentences(language, Reason.LOGIN_REQUIRED.value, approved=True, money="approved"),
        error_sentences(language, Reason.LOGIN_REQUIRED.value, approved=CheckoutState.was_approved),
    )


def _way_out(language: str, label: str, target: str | rx.Var[str]) -> rx.Component:
    return rx.el.a(text(language, label), href=target, class_name="button button--secondary")
