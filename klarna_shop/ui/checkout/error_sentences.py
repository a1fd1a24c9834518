"""Why a purchase did not go on, in three sentences: what happened, what became of the money, what to do."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.languages import text
from klarna_shop.ui.seller_email import seller_email

_AFTER_APPROVAL = frozenset(
    {
        Reason.PAYMENT_METHOD_FAILED,
        Reason.SSN_ALREADY_TAKEN,
        Reason.SSN_ALREADY_SET,
        Reason.ACCOUNT_UPDATE_ERROR,
        Reason.DELIVERY_ADDRESS_ERROR,
        Reason.AUTHORIZATION_EXPIRED,
        Reason.PAYWAY_UNAVAILABLE,
        Reason.NOT_ELIGIBLE,
    }
)
"""Klarna had approved, so it may show a reservation. None of the reasons means a charge."""
_FOR_CUSTOMER_SERVICE = frozenset({Reason.SSN_ALREADY_TAKEN, Reason.SSN_ALREADY_SET})
"""The next step is to ask the seller, so the sentence ends with where."""


def error_sentences(language: str, code: str, *, money: str = "") -> rx.Component:
    """The sentences for one of the codes of `Reason`; `money` names the second, if not the code's own."""
    money = money or _money(code)
    return rx.fragment(
        rx.el.p(text(language, f"checkout.error.{code}.what")),
        rx.el.p(text(language, f"checkout.money.{money}")),
        rx.el.p(
            text(language, f"checkout.error.{code}.next"),
            *((" ", seller_email()) if code in _FOR_CUSTOMER_SERVICE else ()),
        ),
    )


def _money(code: str) -> str:
    """Name of the sentence about the money."""
    if code == Reason.ALREADY_SUBSCRIBED:
        return "nothing_more"
    return "order_refused" if code in _AFTER_APPROVAL else "nothing_charged"
