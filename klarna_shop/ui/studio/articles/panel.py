"""The panel, which is there only while there is something to put right."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.articles.state import ArticleProblemsState, ProblemRow


def article_problems_panel() -> rx.Component:
    """Each problem with its file and line, and what readers see meanwhile."""
    return rx.cond(
        ArticleProblemsState.rows.length() > 0,
        rx.el.section(
            rx.el.h2("Articles to put right", id="article-problems-title", class_name="studio-panel__title"),
            rx.el.p(
                "All other articles are served as they are. A change of a file shows after the next start.",
                class_name="hint",
            ),
            rx.el.ul(
                rx.foreach(ArticleProblemsState.rows, _row),
                class_name="stack stack--tight",
                custom_attrs={"data-testid": "studio-article-problems"},
            ),
            rx.cond(
                ArticleProblemsState.more > 0,
                rx.el.p(ArticleProblemsState.more, " more: `make doctor` lists all.", class_name="hint"),
                rx.fragment(),
            ),
            aria_labelledby="article-problems-title",
            class_name="studio-panel stack",
        ),
        rx.fragment(),
    )


def _row(row: rx.Var[ProblemRow]) -> rx.Component:
    return rx.el.li(
        rx.el.code(row.place),
        " ",
        rx.cond(
            row.served,
            rx.el.span("shown without it", class_name="badge badge--warning"),
            rx.el.span("left out", class_name="badge badge--error"),
        ),
        rx.el.div("Got ", row.got, "; takes ", row.takes),
    )
