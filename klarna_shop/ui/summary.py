"""What is bought, for how much, and what follows: the same list on checkout and confirmation."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.languages import address, product_words, text
from klarna_shop.ui.offer_words import OfferView
from klarna_shop.ui.page_title import page_title


def summary(
    language: str,
    offer: rx.Var[OfferView],
    *,
    element_id: str,
    testid: str,
    total: str | rx.Var[str] = "",
) -> rx.Component:
    """The terms of one offer as a list of name and value, with the seller.

    `total` is what the last row is called, where that is not the amount to pay now.
    """

    def row(label: str, value: rx.Var[str] | str, **attributes: str) -> rx.Component:
        return rx.el.div(
            rx.el.dt(text(language, f"summary.{label}")),
            rx.el.dd(value, **attributes),
            class_name="summary__row",
        )

    return rx.el.dl(
        row("what", offer.name, **product_words(language)),
        row("price", offer.price_line),
        row("after", offer.after_line),
        row("start", offer.start_line),
        row("binding", offer.binding_line),
        row("notice", offer.notice_line),
        row("seller", load_settings().seller_name),
        rx.el.div(
            rx.el.dt(text(language, "summary.total") if isinstance(total, str) and not total else total),
            rx.el.dd(rx.el.strong(offer.total_line), " ", rx.el.small(offer.vat_line)),
            class_name="summary__row summary__row--total",
        ),
        id=element_id,
        class_name="summary",
        custom_attrs={
            "data-testid": testid,
            "data-code": offer.code,
            "data-price": offer.price.to(str),
            "data-price-after": offer.price_after,
        },
    )


def nothing_to_show(language: str, sign_in: rx.Var[str], *, titled: bool = False) -> rx.Component:
    """For an address whose purchase does not exist or is another's: the same words for both.

    `sign_in` is the address of the sign-in page that leads back here. `titled`: these words are the page's
    heading, where it has no other.
    """
    words = text(language, "purchase.nothing_to_show")
    return rx.el.div(
        page_title(words) if titled else rx.el.p(words),
        rx.el.p(text(language, "purchase.nothing_to_show_hint")),
        rx.el.div(
            rx.el.a(
                text(language, "packages.sign_in"),
                href=sign_in,
                class_name="button button--secondary",
            ),
            rx.el.a(text(language, "purchase.to_front_page"), href=address(language, "/"), class_name="link"),
            class_name="button-row",
        ),
        class_name="notice notice--info stack",
        custom_attrs={"data-testid": "nothing-to-show"},
    )
