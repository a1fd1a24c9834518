"""The heading of a page that is reached in the middle of something: it takes the focus.

The router changes the page without telling anybody; so a screen reader says where one has come, and the
next press of Tab goes on from the top of the new page.
"""

from __future__ import annotations

import reflex as rx

TITLE_ID = "page-title"


def page_title(words: str) -> rx.Component:
    """`<h1>`, focused once when it appears. Another title in its place is another heading, and appears anew.

    In a task of its own: to focus makes the browser lay out the page, which need not hold up what begins too.
    """
    focus = rx.run_script(f"setTimeout(() => document.getElementById({TITLE_ID!r})?.focus())")
    return rx.el.h1(words, key=words, id=TITLE_ID, tab_index=-1, on_mount=focus, class_name="page__title")
