"""What stands below the teaser for a reader without access, and the meter for one who reads freely."""

from __future__ import annotations

from functools import partial
from typing import Any

import reflex as rx

from klarna_shop.shop.articles import Article
from klarna_shop.ui.cookies_needed import cookies_needed
from klarna_shop.ui.languages import address, product_words, text
from klarna_shop.ui.reader_state import ReaderState
from klarna_shop.ui.storefront.seen import Seen
from klarna_shop.ui.storefront.state import ArticleState
from klarna_shop.ui.storefront.wall_view import WallOfferView

TITLE_ID = "paywall-title"
WALL = ArticleState.wall


def paywall(article: Article) -> rx.Component:
    """The wall as its design has it. Leads to the picker and creates nothing.

    All layouts are the same elements in the same order; where they stand is the style sheet's.
    """
    language = article.language
    return rx.el.section(
        _logo(language),
        _line(WALL.eyebrow, "badge paywall__eyebrow"),
        rx.el.h2(WALL.title, id=TITLE_ID, class_name="paywall__title"),
        _line(WALL.lead, "paywall__lead"),
        cookies_needed(text(language, "cookies.wall")),
        _line(WALL.price, "paywall__price"),
        _line(WALL.trial, "paywall__trial"),
        _offers(language),
        rx.cond(
            WALL.reasons.length() > 0,
            rx.el.ul(rx.foreach(WALL.reasons, rx.el.li), class_name="paywall__reasons"),
            rx.fragment(),
        ),
        _actions(article),
        _line(WALL.payment, "paywall__payment"),
        _line(WALL.small_print, "paywall__small-print"),
        Seen.create(
            # Another wall in the same place is another one to see.
            subject=WALL.design + ":" + WALL.version.to(str) + ":" + WALL.variant,
            on_seen=ArticleState.wall_seen,
        ),
        aria_labelledby=TITLE_ID,
        class_name="paywall",
        custom_attrs={
            "style": WALL.style,
            "data-testid": "paywall",
            "data-model": WALL.model,
            "data-design": WALL.design,
            "data-version": WALL.version.to(str),
            "data-variant": WALL.variant,
            "data-layout": WALL.layout,
            "data-font": WALL.font,
            "data-fade": WALL.fade.to(str),
            "data-teaser": WALL.teaser.to(str),
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


def _line(words: rx.Var[str], class_name: str, **attributes: str) -> rx.Component:
    return rx.cond(words != "", rx.el.p(words, class_name=class_name, **attributes), rx.fragment())


def _logo(language: str) -> rx.Component:
    name = text(language, "frame.paper_name")
    return rx.match(
        WALL.logo,
        ("", rx.fragment()),
        ("wordmark", rx.el.p(name, class_name="paywall__wordmark")),
        rx.el.img(src=WALL.logo, alt=name, class_name="paywall__logo"),
    )


def _offers(language: str) -> rx.Component:
    return rx.cond(
        WALL.offers.length() > 0,
        rx.el.ul(
            rx.foreach(WALL.offers, partial(_offer, language)),
            aria_label=text(language, "paywall.offers"),
            class_name="paywall__offers",
        ),
        rx.fragment(),
    )


def _offer(language: str, offer: rx.Var[WallOfferView]) -> rx.Component:
    return rx.el.li(
        _line(offer.badge, "badge paywall__badge"),
        rx.el.h3(offer.name, class_name="paywall__offer-name", **product_words(language)),
        rx.el.p(offer.price, class_name="paywall__offer-price"),
        _line(offer.description, "paywall__offer-description", **product_words(language)),
        rx.el.a(
            text(language, "paywall.choose"),
            href=offer.href,
            aria_label=offer.choose,
            class_name="button button--secondary paywall__choose",
        ),
        class_name="paywall__offer",
        custom_attrs={"data-testid": "paywall-offer", "data-code": offer.code, "data-look": offer.look},
    )


def _actions(article: Article) -> rx.Component:
    language = article.language
    here = address(language, f"/article/{article.slug}")

    def link(name: str, words: rx.Var[str], target: str | rx.Var[str], look: str) -> rx.Component:
        return rx.el.a(
            words,
            href=target,
            class_name=f"button button--{look}",
            custom_attrs={"data-testid": f"paywall-{name}"},
        )

    return rx.el.div(
        rx.cond(
            WALL.register != "",
            rx.fragment(
                link("register", WALL.register, f"{address(language, '/register')}?next={here}", "primary"),
                link("buy", WALL.buy, WALL.buy_href, "secondary"),
            ),
            link("buy", WALL.buy, WALL.buy_href, "primary"),
        ),
        rx.cond(
            ReaderState.signed_in,
            rx.fragment(),
            link("login", WALL.login, f"{address(language, '/login')}?next={here}", "secondary"),
        ),
        rx.cond(
            WALL.dismiss != "",
            rx.el.button(
                WALL.dismiss,
                type="button",
                on_click=ArticleState.dismiss,
                class_name="button button--quiet",
                custom_attrs={"data-testid": "paywall-dismiss"},
            ),
            rx.fragment(),
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
