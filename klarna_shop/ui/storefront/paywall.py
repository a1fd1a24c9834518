"""What stands below the teaser for a reader without access, and the meter for one who reads freely."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.shop.articles import Article
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.reader_state import ReaderState
from klarna_shop.ui.storefront.state import ArticleState

REASONS = ("articles", "cancel", "klarna")


def paywall(article: Article) -> rx.Component:
    """The offer to read on. Leads to the picker and creates nothing."""
    language = article.language
    title_id = "paywall-title"
    return rx.el.section(
        rx.el.h2(
            rx.match(
                ArticleState.wall_model,
                ("metered", _filled(language, "paywall.title.metered", total=ArticleState.meter_total)),
                ("registration", text(language, "paywall.title.registration")),
                text(language, "paywall.title"),
            ),
            id=title_id,
            class_name="paywall__title",
        ),
        rx.el.p(
            rx.match(
                ArticleState.wall_model,
                ("metered", text(language, "paywall.lead.metered")),
                ("registration", text(language, "paywall.lead.registration")),
                text(language, "paywall.lead"),
            )
        ),
        rx.cond(ArticleState.wall_model == "registration", rx.fragment(), _price(language)),
        rx.el.ul(
            *(rx.el.li(text(language, f"paywall.reason.{reason}")) for reason in REASONS),
            class_name="paywall__reasons",
        ),
        _actions(article),
        rx.el.p(text(language, "paywall.klarna"), class_name="paywall__payment"),
        aria_labelledby=title_id,
        class_name="paywall",
        custom_attrs={
            "data-testid": "paywall",
            "data-model": ArticleState.wall_model,
            "data-design": ArticleState.design,
            "data-variant": ArticleState.variant,
        },
    )


def meter(language: str) -> rx.Component:
    """How many free articles are left; nothing for a reader who is not counted."""
    return rx.cond(
        ArticleState.meter_left >= 0,
        rx.el.div(
            rx.cond(
                ArticleState.meter_left > 0,
                rx.el.span(
                    _filled(
                        language,
                        "article.meter.left",
                        left=ArticleState.meter_left,
                        total=ArticleState.meter_total,
                    )
                ),
                rx.el.span(_filled(language, "article.meter.last", total=ArticleState.meter_total)),
            ),
            rx.el.a(
                text(language, "article.meter.subscribe"),
                href=address(language, "/packages"),
                class_name="link",
            ),
            class_name="meter",
            custom_attrs={"data-testid": "meter-left", "data-left": ArticleState.meter_left.to(str)},
        ),
        rx.fragment(),
    )


def _price(language: str) -> rx.Component:
    return rx.cond(
        ArticleState.price_from != "",
        rx.el.p(
            _filled(language, "paywall.from", price=ArticleState.price_from),
            rx.cond(
                ArticleState.trial != "",
                rx.el.span(ArticleState.trial, class_name="paywall__trial"),
                rx.fragment(),
            ),
            class_name="paywall__price",
        ),
        rx.fragment(),
    )


def _actions(article: Article) -> rx.Component:
    language = article.language
    here = address(language, f"/article/{article.slug}")

    def link(name: str, target: str, look: str) -> rx.Component:
        return rx.el.a(
            text(language, f"paywall.{name}"),
            href=target,
            class_name=f"button button--{look}",
            custom_attrs={"data-testid": f"paywall-{name}"},
        )

    buy = f"{address(language, '/packages')}?from={article.slug}"
    return rx.el.div(
        rx.cond(
            ArticleState.wall_model == "registration",
            rx.fragment(
                link("register", f"{address(language, '/register')}?next={here}", "primary"),
                link("buy", buy, "secondary"),
            ),
            link("buy", buy, "primary"),
        ),
        rx.cond(
            ReaderState.signed_in,
            rx.fragment(),
            link("login", f"{address(language, '/login')}?next={here}", "secondary"),
        ),
        class_name="paywall__actions",
    )


def _filled(language: str, key: str, **values: rx.Var[Any]) -> rx.Var[str]:
    """A text whose places are filled in the browser, with values of the state."""
    marks = {name: f"\0{name}\0" for name in values}
    parts = text(language, key, **marks).split("\0")
    # Every second part is the name of a value.
    pieces = [values[part].to(str) if index % 2 else rx.Var.create(part) for index, part in enumerate(parts)]
    joined = pieces[0]
    for piece in pieces[1:]:
        joined = joined + piece
    return joined
