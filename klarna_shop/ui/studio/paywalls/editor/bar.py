"""The editor's head: how the design stands, undo, save, publish; and what somebody else did meanwhile."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.shop.paywalls.tables import LONGEST_NOTE
from klarna_shop.ui.studio.paywalls.editor.publishing import MESSAGE_ID
from klarna_shop.ui.studio.paywalls.editor.standing import standing_badge
from klarna_shop.ui.studio.paywalls.editor.state import EditorState


def bar(on_publish: Any) -> rx.Component:
    """Name and standing on one side, what one does with the design on the other."""
    return rx.el.div(
        rx.el.div(
            rx.el.a("All designs", href="/studio/paywalls", class_name="link"),
            rx.el.h2(EditorState.name, class_name="design-bar__name"),
            rx.el.p(
                standing_badge(EditorState.standing),
                rx.cond(EditorState.version != "", rx.el.span(EditorState.version, " is in force"), ""),
                class_name="design-bar__standing",
            ),
            class_name="design-bar__design",
        ),
        rx.el.div(_saved(), _undo(), _publish(on_publish), class_name="design-bar__tools"),
        class_name="design-bar",
    )


def _saved() -> rx.Component:
    return rx.el.p(
        rx.el.span("Saving…", class_name="design-bar__saving"),
        rx.el.span(
            rx.match(
                EditorState.conflict,
                ("changed", "Not saved"),
                ("deleted", "Not saved"),
                rx.cond(EditorState.saved != "", "Saved " + EditorState.saved, ""),
            ),
            class_name="design-bar__saved",
        ),
        id="design-saved",
        custom_attrs={"data-testid": "design-saved"},
    )


def _undo() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            "Undo",
            type="button",
            title="Ctrl+Z",
            on_click=EditorState.undo,
            disabled=~EditorState.can_undo,
            class_name="button button--quiet",
            custom_attrs={"data-testid": "design-undo", "aria-keyshortcuts": "Control+Z"},
        ),
        rx.el.button(
            "Redo",
            type="button",
            title="Ctrl+Shift+Z",
            on_click=EditorState.redo,
            disabled=~EditorState.can_redo,
            class_name="button button--quiet",
            custom_attrs={"data-testid": "design-redo", "aria-keyshortcuts": "Control+Shift+Z"},
        ),
        rx.el.button(
            "Save",
            type="button",
            title="Ctrl+S. Drafts are saved by themselves as well.",
            on_click=EditorState.save,
            class_name="button button--secondary",
            custom_attrs={"data-testid": "studio-save", "aria-keyshortcuts": "Control+S"},
        ),
        class_name="design-bar__group",
    )


def _publish(on_publish: Any) -> rx.Component:
    return rx.el.form(
        rx.el.label("Note for the history", html_for="publish-note", class_name="visually-hidden"),
        rx.el.input(
            # A version anew: the note is part of it. What was refused keeps its note for the next attempt.
            key=EditorState.version,
            id="publish-note",
            name="note",
            max_length=LONGEST_NOTE,
            placeholder="Why? (optional note)",
            auto_complete="off",
            class_name="field__input design-bar__note",
        ),
        rx.el.button(
            "Publish",
            type="submit",
            class_name="button button--primary",
            custom_attrs={"data-testid": "studio-publish"},
        ),
        on_submit=on_publish,
        class_name="design-bar__group",
    )


def notices() -> rx.Component:
    """What has just happened, and what is to be decided."""
    return rx.fragment(
        rx.el.p(
            EditorState.message,
            id=MESSAGE_ID,
            tab_index=-1,
            role="status",
            class_name=rx.cond(EditorState.message != "", "notice notice--info", "design-silent"),
        ),
        rx.match(
            EditorState.conflict,
            ("changed", _changed()),
            ("deleted", _deleted()),
            rx.fragment(),
        ),
    )


def _changed() -> rx.Component:
    return rx.el.div(
        rx.el.p("Somebody else has changed this design, and your last change is not saved."),
        rx.cond(EditorState.their_changes != "", rx.el.p("They changed: ", EditorState.their_changes), ""),
        rx.el.div(
            rx.el.button(
                "Load theirs",
                type="button",
                on_click=EditorState.load_theirs,
                class_name="button button--secondary",
            ),
            rx.el.button(
                "Keep mine",
                type="button",
                on_click=EditorState.keep_mine,
                class_name="button button--secondary",
            ),
            class_name="button-row",
        ),
        role="alert",
        class_name="notice notice--warning",
        custom_attrs={"data-testid": "design-conflict"},
    )


def _deleted() -> rx.Component:
    return rx.el.div(
        rx.el.p("Somebody else has deleted this design. Your work is still here and is not saved."),
        rx.el.div(
            rx.el.button(
                "Keep it as a new design",
                type="button",
                on_click=EditorState.keep_mine,
                class_name="button button--secondary",
            ),
            rx.el.a("All designs", href="/studio/paywalls", class_name="button button--quiet"),
            class_name="button-row",
        ),
        role="alert",
        class_name="notice notice--warning",
    )
