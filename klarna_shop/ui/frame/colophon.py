"""The foot of every page: who sells, and the standing addresses."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.frame.inspector_link import inspector_link
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.seller_email import seller_email

_LINKS = {
    "frame.subscribe": "/packages",
    "frame.account": "/account",
    "withdraw.link": "/withdraw",
    "frame.terms": "/terms",
    "frame.privacy": "/privacy",
}


def colophon(language: str) -> rx.Component:
    """The footer."""
    settings = load_settings()
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                rx.el.p(text(language, "frame.paper_name"), class_name="colophon__name"),
                rx.el.address(
                    settings.seller_name,
                    " · ",
                    rx.el.span(
                        text(language, "frame.seller_number", number=settings.seller_number),
                        class_name="colophon__number",
                    ),
                    rx.el.br(),
                    settings.seller_address,
                    rx.el.br(),
                    seller_email(),
                    *((rx.el.br(), settings.seller_phone) if settings.seller_phone else ()),
                    class_name="colophon__seller",
                ),
            ),
            rx.el.nav(
                rx.el.ul(
                    *(
                        rx.el.li(rx.el.a(text(language, label), href=address(language, path)))
                        for label, path in _LINKS.items()
                    ),
                    *([rx.el.li(inspector_link(language))] if settings.is_sandbox else []),
                    class_name="colophon__links",
                ),
                aria_label=text(language, "frame.about"),
            ),
            class_name="sheet__inner colophon__inner",
        ),
        class_name="colophon",
    )
