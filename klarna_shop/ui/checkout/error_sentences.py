"""Why a purchase did not go on, in three sentences: what happened, what became of the money, what to do."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.purchase import Reason
from klarna_shop.ui.languages import text
from klarna_shop.ui.seller_email import seller_email

_FOR_CUSTOMER_SERVICE = frozenset({Reason.SSN_ALREADY_TAKEN, Reason.SSN_ALREADY_SET})
"""The next step is to ask the seller, so the sentence ends with where."""


def error_sentences(
    language: str, code: str, *, approved: rx.Var[bool] | bool, money: str = ""
) -> rx.Component:
    """Return the sentences for one of the codes of `Reason`.

    Args:
        language: the page's.
        code: of `Reason`.
        approved: true if Klarna had approved this purchase, so that it may show a reservation. None of the
            codes means a charge.
        money: name of the second sentence, where it is another than these.
    """
    if money:
        about_money: str | rx.Var[str] = text(language, f"checkout.money.{money}")
    else:
        with_approval, without = _money(code)
        about_money = rx.cond(
            approved,
            text(language, f"checkout.money.{with_approval}"),
            text(language, f"checkout.money.{without}"),
        )
    return rx.fragment(
        rx.el.p(text(language, f"checkout.error.{code}.what")),
        rx.el.p(about_money),
        rx.el.p(
            text(language, f"checkout.error.{code}.next"),
            *((" ", seller_email()) if code in _FOR_CUSTOMER_SERVICE else ()),
        ),
    )


def _money(code: str) -> tuple[str, str]:
    """Return the names of the sentences about the money, after an approval and without one."""
    if code == Reason.ALREADY_SUBSCRIBED:
        # Another purchase may have charged something.
        return "nothing_more", "nothing_here"
    return "order_refused", "nothing_charged"
