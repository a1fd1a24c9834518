"""The list of everything to put right; each entry leads to its field."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.paywalls.editor.field import source_link
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.views import FindingView
from klarna_shop.ui.studio.paywalls.preview.state import PaywallPreviewState


def findings() -> rx.Component:
    """How many there are, and all of them on demand."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2("Checks", class_name="design-part__title"),
            rx.cond(
                (EditorState.errors == 0) & (EditorState.warnings == 0),
                rx.el.span("Nothing to put right", class_name="badge badge--success"),
                rx.fragment(
                    _count(EditorState.errors, "error"),
                    _count(EditorState.warnings, "warning"),
                ),
            ),
            class_name="design-part__head",
            custom_attrs={
                "data-testid": "design-checks",
                "data-errors": EditorState.errors,
                "data-warnings": EditorState.warnings,
            },
        ),
        rx.el.div(
            rx.el.p(
                "Errors keep a design from being published; warnings are to be read. They are estimates and"
                " lists of words, and no legal advice.",
                class_name="hint",
            ),
            rx.el.ul(rx.foreach(EditorState.findings, _finding), class_name="design-findings"),
            class_name="design-part__body",
        ),
        id="part-checks",
        class_name="design-part design-part--checks",
    )


def _count(number: rx.Var[int], severity: str) -> rx.Component:
    words = rx.cond(number == 1, f"{number} {severity}", f"{number} {severity}s")
    return rx.cond(number > 0, rx.el.span(words, class_name=f"badge badge--{severity}"), rx.fragment())


def _finding(finding: rx.Var[FindingView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(finding.severity.capitalize(), class_name="badge badge--" + finding.severity),
        rx.el.div(
            rx.el.button(
                finding.place,
                type="button",
                on_click=[EditorState.lead_to(finding.path), PaywallPreviewState.follow],
                class_name="design-findings__place",
                custom_attrs={"data-testid": "design-finding", "data-path": finding.path},
            ),
            rx.el.p(finding.sentence, " ", finding.mend),
            rx.el.p(source_link(finding.source, finding.address), class_name="design-mark__source"),
        ),
    )
