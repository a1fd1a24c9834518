"""One article on the front page."""

from __future__ import annotations

from typing import Literal

import reflex as rx

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.ui.dates import day
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.storefront.picture import picture

Weight = Literal["lead", "top", "plain"]
"""How large a story stands on the page."""


def story(
    article: Article, *, weight: Weight, with_picture: bool = False, section: bool = False, anchor: str = ""
) -> rx.Component:
    """A story: its headline is the one link, and the whole of it the target.

    `section` names the section where no heading above does; `anchor` is an id to lead to.
    """
    language = article.language
    heading = rx.el.h2 if weight != "plain" else rx.el.h3
    return rx.el.article(
        picture(article, first=weight == "lead", class_name="story__picture", decorative=True)
        if with_picture
        else rx.fragment(),
        rx.el.p(article.section, class_name="story__section") if section else rx.fragment(),
        heading(
            rx.el.a(
                article.title,
                href=address(language, f"/article/{article.slug}"),
                custom_attrs={
                    "data-testid": "article-card",
                    "data-slug": article.slug,
                    "data-access": article.kind.value,
                },
            ),
            class_name="story__title",
        ),
        rx.el.p(article.standfirst, class_name="story__standfirst"),
        _facts(article),
        id=anchor or None,
        class_name=f"story story--{weight}",
    )


def _facts(article: Article) -> rx.Component:
    language = article.language
    kind = article.kind.value
    return rx.el.p(
        rx.el.span(day(article.published, language)),
        rx.el.span(text(language, "storefront.reading", minutes=article.reading_minutes)),
        rx.fragment()
        if article.kind is ArticleKind.METERED
        else rx.el.span(
            text(language, f"storefront.access.{kind}"), class_name=f"story__access story__access--{kind}"
        ),
        class_name="story__facts",
    )
