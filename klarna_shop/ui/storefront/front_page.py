"""The front page: lead and tops above, then the sections."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from klarna_shop.shop.articles import Article, Placement
from klarna_shop.ui.languages import text
from klarna_shop.ui.storefront.story import story

TOPS = 3
"""How many stories stand beside the lead."""
ROW = 3
"""How many stories stand beside each other in a section."""


def front_page(language: str, articles: Sequence[Article]) -> rx.Component:
    """The front page of `articles`, which come in the order of their weight (`ArticleLibrary.front_page`)."""
    lead, tops, others = _upper(articles)
    sections = _by_section(others)
    rows = [stories for stories in sections if len(stories) > 1]
    columns = [stories for stories in sections if len(stories) == 1]
    # A section without a place of its own below is led to where its first story stands above.
    below = {article.section_code for article in others}
    anchors: dict[str, str] = {}
    for article in (*lead, *tops):
        if article.section_code not in below:
            anchors.setdefault(article.section_code, article.slug)

    def anchor(article: Article) -> str:
        return article.section_code if anchors.get(article.section_code) == article.slug else ""

    return rx.el.div(
        rx.el.h1(text(language, "storefront.heading"), class_name="visually-hidden"),
        rx.el.section(
            *(story(one, weight="lead", with_picture=True, section=True, anchor=anchor(one)) for one in lead),
            rx.el.div(
                *(story(one, weight="top", section=True, anchor=anchor(one)) for one in tops),
                class_name="front__tops",
            ),
            aria_label=text(language, "storefront.lead"),
            class_name="front__upper",
        ),
        *(_section(stories, "whole") for stories in rows),
        rx.el.div(
            *(
                _section(stories, width)
                for stories, width in zip(columns, _widths(len(columns)), strict=True)
            ),
            class_name="front__columns",
        )
        if columns
        else rx.fragment(),
        class_name="front",
    )


def _upper(
    articles: Sequence[Article],
) -> tuple[Sequence[Article], Sequence[Article], Sequence[Article]]:
    lead, rest = articles[:1], articles[1:]
    tops = [article for article in rest if article.placement is not Placement.STANDARD][:TOPS]
    return lead, tops, [article for article in rest if article not in tops]


def _by_section(articles: Sequence[Article]) -> list[list[Article]]:
    sections: dict[str, list[Article]] = {}
    for article in articles:
        sections.setdefault(article.section_code, []).append(article)
    return sorted(sections.values(), key=len, reverse=True)


def _widths(count: int) -> list[str]:
    """Thirds of the page; the first takes two or all three where that makes every line full."""
    first = {0: "third", 1: "whole", 2: "wide"}[count % 3]
    return [first, *["third"] * (count - 1)]


def _section(stories: Sequence[Article], width: str) -> rx.Component:
    first = stories[0]
    return rx.el.section(
        rx.el.h2(first.section, class_name="section__name"),
        *(
            rx.el.div(
                *(
                    story(one, weight="plain", with_picture=width != "third" and index == 0)
                    for index, one in enumerate(stories[start : start + ROW])
                ),
                class_name="section__stories",
            )
            for start in range(0, len(stories), ROW)
        ),
        id=first.section_code,
        class_name=f"section section--{width}",
    )
