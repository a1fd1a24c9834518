"""The room's one page: the list, or the design that the address names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.ui.studio.paywalls.editor.page import editor, missing
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.files.panel import design_files, import_new
from klarna_shop.ui.studio.paywalls.files.state import DesignFilesState
from klarna_shop.ui.studio.paywalls.listing.page import listing
from klarna_shop.ui.studio.paywalls.listing.state import PaywallListState
from klarna_shop.ui.studio.paywalls.preview.state import PaywallPreviewState
from klarna_shop.ui.studio.paywalls.rules import rules
from klarna_shop.ui.studio.paywalls.versions.panel import versions
from klarna_shop.ui.studio.paywalls.versions.state import VersionsState

_STYLES = str(rx.asset("styles/studio-paywalls.css"))


def paywalls_events() -> tuple[Any, ...]:
    """What happens when the page is opened."""
    return (
        EditorState.show,
        PaywallPreviewState.show,
        PaywallListState.show,
        VersionsState.show,
        DesignFilesState.show,
    )


def paywalls_page() -> rx.Component:
    """The room."""
    return rx.fragment(
        # With a precedence React puts it into the head, and no other page loads it.
        rx.el.link(rel="stylesheet", href=_STYLES, custom_attrs={"precedence": "studio"}),
        rx.match(
            EditorState.status,
            (
                "open",
                rx.fragment(
                    editor([EditorState.publish, VersionsState.show], versions(), design_files()), rules()
                ),
            ),
            ("missing", missing()),
            ("", listing(import_new())),
            rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
        ),
    )
