"""The heading of a page that is reached in the middle of something: it takes the focus.

The router changes the page without telling anybody; so a screen reader says where one has come, and the
next press of Tab goes on from the top of the new page.
"""

from __future__ import annotations

import reflex as rx

TITLE_ID = "page-title"


def page_title(words: str) -> rx.Component:
    """`<h1>`, focused once when it appears."""
    return rx.el.h1(
        words, id=TITLE_ID, tab_index=-1, on_mount=rx.set_focus(TITLE_ID), class_name="page__title"
    )
