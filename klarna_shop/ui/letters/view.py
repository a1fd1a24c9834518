"""A letter on a page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.letters.letter import Letter, LetterRow, LetterSection
from klarna_shop.ui.page_title import page_title


def letter_view(letter: rx.Var[Letter], testid: str) -> rx.Component:
    """The letter under the page's title, with the paper's name where it is printed."""
    return rx.el.article(
        page_title(letter.title),
        rx.el.p(letter.lead, class_name="page__lead"),
        rx.foreach(letter.sections, _section),
        class_name="letter",
        custom_attrs={"data-testid": testid},
    )


def _section(section: rx.Var[LetterSection], index: rx.Var[int]) -> rx.Component:
    # By number: the seller's own texts may say the same twice.
    return rx.el.section(
        rx.el.h2(section.heading, class_name="page__subtitle"),
        rx.cond(
            section.rows.length() > 0,
            rx.el.dl(rx.foreach(section.rows, _row), class_name="summary"),
            rx.fragment(),
        ),
        rx.foreach(section.paragraphs, lambda paragraph, index: rx.el.p(paragraph, key=index)),
        key=index,
        class_name="letter__section",
    )


def _row(row: rx.Var[LetterRow]) -> rx.Component:
    return rx.el.div(rx.el.dt(row.label), rx.el.dd(row.value), key=row.label, class_name="summary__row")
