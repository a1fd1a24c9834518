"""The editor: the form on one side, the live page beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.ui.studio.paywalls.browser import editor_keys
from klarna_shop.ui.studio.paywalls.editor.bar import bar, notices
from klarna_shop.ui.studio.paywalls.editor.findings import findings
from klarna_shop.ui.studio.paywalls.editor.parts import form_parts
from klarna_shop.ui.studio.paywalls.editor.state import GONE, EditorState
from klarna_shop.ui.studio.paywalls.preview.frame import preview


def editor(on_publish: Any, *more: rx.Component) -> rx.Component:
    """One design. `more` stands below the form; `on_publish` happens when the note is sent."""
    return rx.fragment(
        editor_keys(
            stamp=EditorState.stamp,
            go_to=EditorState.go_to,
            on_undo=EditorState.undo,
            on_redo=EditorState.redo,
            on_save=EditorState.save,
        ),
        rx.el.div(bar(on_publish), notices(), class_name="design-head"),
        rx.el.div(
            rx.el.div(findings(), *form_parts(), *more, class_name="design-form"),
            preview(),
            class_name="design-editor",
        ),
    )


def missing() -> rx.Component:
    """A name that no design has."""
    return rx.el.div(
        rx.el.p(GONE),
        rx.el.a("All designs", href="/studio/paywalls", class_name="link"),
        class_name="notice notice--warning",
    )
