"""Why this wall, or why none: below the article, for the studio and for whoever tries the sandbox out."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import text
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.storefront.state import ArticleState

WHY = ArticleState.why


def why_panel(language: str) -> rx.Component:
    """The trace where the server has sent one."""
    return rx.cond(
        WHY.rule != "",
        rx.el.details(
            rx.el.summary(text(language, "article.why")),
            rx.el.ol(rx.foreach(WHY.lines, rx.el.li)),
            rx.cond(WHY.design_href != "", _design(language), rx.fragment()),
            rx.cond(WHY.resettable, _reset(language), rx.fragment()),
            class_name="why",
            custom_attrs={"data-testid": "why-this-wall", "data-rule": WHY.rule},
        ),
        rx.fragment(),
    )


def _design(language: str) -> rx.Component:
    return rx.el.p(
        # In a tab of its own: also a preview's frame lets it go.
        PlainLink.create(
            text(language, "why.open_design"),
            href=WHY.design_href,
            class_name="link",
            custom_attrs={"target": "_blank", "data-testid": "why-design"},
        )
    )


def _reset(language: str) -> rx.Component:
    return rx.el.button(
        text(language, "why.start_anew"),
        type="button",
        on_click=ArticleState.start_anew,
        class_name="why__reset",
        custom_attrs={"data-testid": "why-reset"},
    )
