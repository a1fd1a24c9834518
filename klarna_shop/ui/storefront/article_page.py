"""The article: its head and teaser for everybody, the rest for those whom the decision lets in.

A free article stands in the page as a whole. Of any other nothing beyond the teaser is here: the state
sends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import rfc3339
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.reader_state import ReaderState
from klarna_shop.ui.storefront.paywall import meter, paywall
from klarna_shop.ui.storefront.picture import picture
from klarna_shop.ui.storefront.state import BODY, ArticleState, article_id
from klarna_shop.ui.storefront.why_panel import why_panel

RESUME = "resume"
"""The id of the place where a reader goes on after buying."""


def article_page(article: Article) -> rx.Component:
    """The page of one article in one language."""
    is_free = article.kind is ArticleKind.FREE
    return rx.el.article(
        *_head(article),
        _figure(article),
        _html(
            # Fades by the style sheet where a wall follows; free of state it stays in its page's own file.
            rx.Var.create(article.teaser_html),
            "prose article__teaser",
            testid="article-teaser",
        ),
        _free_rest(article) if is_free else _walled_rest(article),
        rx.el.div(
            why_panel(article.language),
            _refresh(),
            rx.el.a(
                text(article.language, "article.more"), href=address(article.language, "/"), class_name="link"
            ),
            class_name="article__end stack",
        ),
        lang=article.language,
        class_name="article",
    )


def _head(article: Article) -> tuple[rx.Component, ...]:
    language = article.language
    return (
        rx.el.p(
            rx.el.a(article.section, href=f"{address(language, '/')}#{article.section_code}"),
            class_name="article__section",
        ),
        rx.el.h1(article.title, class_name="article__title"),
        rx.el.p(article.standfirst, class_name="article__standfirst"),
        rx.el.div(
            rx.el.span(text(language, "article.by", byline=article.byline), class_name="article__byline")
            if article.byline
            else rx.fragment(),
            _time(language, "published", article.published),
            _time(language, "updated", article.updated) if article.updated else rx.fragment(),
            rx.el.span(text(language, "article.reading", minutes=article.reading_minutes)),
            class_name="article__facts",
        ),
    )


def _time(language: str, which: str, moment: datetime) -> rx.Component:
    return rx.el.time(
        text(language, f"article.{which}", when=date_and_time(moment, language)), date_time=rfc3339(moment)
    )


def _figure(article: Article) -> rx.Component:
    illustration = article.illustration
    if illustration is None:
        return rx.fragment()
    words = [part for part in (illustration.caption, illustration.credit) if part]
    return rx.el.figure(
        picture(article, first=True),
        rx.el.figcaption(illustration.caption, " ", rx.el.small(illustration.credit))
        if words
        else rx.fragment(),
        class_name="article__figure",
    )


def _html(source: rx.Var[str], class_name: str | rx.Var[str], testid: str, **more: Any) -> rx.Component:
    """HTML that the article library has made and cleaned, as it is."""
    return rx.html(source, class_name=[class_name], custom_attrs={"data-testid": testid}, **more)


def _free_rest(article: Article) -> rx.Component:
    return rx.el.div(
        _html(rx.Var.create(article.rest_html), "prose", testid="article-body"), class_name="article__rest"
    )


def _walled_rest(article: Article) -> rx.Component:
    return rx.el.div(
        rx.match(
            rx.cond(ArticleState.of == article_id(article), ArticleState.status, "deciding"),
            ("open", _opened(article.language)),
            ("walled", _walled(article)),
            ("unavailable", _unavailable(article.language)),
            ("withheld", _said(text(article.language, "preview.withheld"), "preview-withheld")),
            ("refused", _said(ReaderState.preview.fault, "preview-refused")),
            _deciding(article),
        ),
        class_name="article__rest",
    )


def _walled(article: Article) -> rx.Component:
    return rx.fragment(
        rx.cond(
            ArticleState.more_teaser.length() > 0,
            _html(ArticleState.more_teaser.join(""), "prose article__more", testid="article-more"),
            rx.fragment(),
        ),
        paywall(article),
    )


def _opened(language: str) -> rx.Component:
    return rx.fragment(
        rx.cond(
            ArticleState.resume,
            rx.el.p(
                text(language, "article.resume"),
                id=RESUME,
                tab_index=-1,
                on_mount=rx.set_focus(RESUME),
                class_name="article__resume",
            ),
            rx.fragment(),
        ),
        _html(ArticleState.body.join(""), "prose", testid="article-body", id=BODY, tab_index=-1),
        meter(language),
    )


def _unavailable(language: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(text(language, "article.unavailable")),
        rx.el.p(text(language, "article.unavailable_hint")),
        rx.el.button(
            text(language, "article.try_again"),
            type="button",
            on_click=ArticleState.decide,
            class_name="button button--secondary",
        ),
        role="status",
        class_name="notice notice--warning",
    )


def _said(sentence: str | rx.Var[str], testid: str) -> rx.Component:
    """What stands in the place of the text, in a preview that does not hold it."""
    return rx.el.div(
        rx.el.p(sentence),
        role="status",
        class_name="notice notice--info",
        custom_attrs={"data-testid": testid},
    )


def _refresh() -> rx.Component:
    """In a preview: decides anew when the editor that frames it presses this."""
    return rx.cond(
        ReaderState.preview.status == "shown",
        rx.el.button(
            id="preview-refresh",
            type="button",
            tab_index=-1,
            aria_hidden="true",
            on_click=ArticleState.decide,
            class_name="visually-hidden",
        ),
        rx.fragment(),
    )


def _deciding(article: Article) -> rx.Component:
    """About as high as the paywall, so that little moves when the answer is there."""
    language = article.language
    return rx.el.div(
        rx.el.noscript(
            rx.el.div(
                rx.el.p(text(language, "article.noscript")),
                rx.el.ul(
                    *(
                        rx.el.li(rx.el.a(one.title, href=address(language, f"/article/{one.slug}")))
                        for one in current_shop().articles.front_page(language)
                        if one.kind is ArticleKind.FREE
                    )
                ),
                class_name="notice notice--info",
            )
        ),
        rx.el.p(text(language, "article.deciding"), class_name="visually-hidden"),
        rx.el.div(class_name="skeleton skeleton--rest"),
        aria_busy="true",
        class_name="article__deciding",
    )
