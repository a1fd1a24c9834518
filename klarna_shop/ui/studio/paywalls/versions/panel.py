"""Versions, what changed between two, and the history: a part of the editor's form."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.versions.state import VersionsState
from klarna_shop.ui.studio.paywalls.versions.views import DifferenceRow, HistoryRow, SideChoice, VersionRow


def versions() -> rx.Component:
    """Opens on demand; what it shows is read when it is opened."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2("Versions and history", class_name="design-part__title"),
            on_click=VersionsState.show,
            class_name="design-part__head",
            custom_attrs={"data-testid": "design-versions"},
        ),
        rx.el.div(_versions(), _comparison(), _history(), class_name="design-part__body"),
        id="part-versions",
        class_name="design-part",
    )


def _versions() -> rx.Component:
    return rx.fragment(
        rx.cond(
            VersionsState.versions.length() > 0,
            rx.el.ul(rx.foreach(VersionsState.versions, _version), class_name="design-versions"),
            rx.el.p("Never published yet.", class_name="hint"),
        ),
        rx.cond(EditorState.version != "", _unpublish(), rx.fragment()),
    )


def _version(version: rx.Var[VersionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(version.name),
            rx.el.span(version.when, class_name="hint"),
            rx.cond(
                version.in_force, rx.el.span("In force", class_name="badge badge--success"), rx.fragment()
            ),
            rx.cond(
                VersionsState.asking == version.number,
                rx.fragment(),
                rx.el.button(
                    "Roll back to this",
                    rx.el.span(": ", version.name, class_name="visually-hidden"),
                    type="button",
                    on_click=VersionsState.ask(version.number),
                    class_name="button button--quiet",
                    custom_attrs={"data-testid": "design-roll-back", "data-version": version.number},
                ),
            ),
            class_name="design-versions__head",
        ),
        rx.cond(version.note != "", rx.el.p("“", version.note, "”"), rx.fragment()),
        rx.cond(VersionsState.asking == version.number, _question(version), rx.fragment()),
        custom_attrs={"data-testid": "design-version", "data-version": version.number},
    )


def _question(version: rx.Var[VersionRow]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "Readers meet it at once, and the draft becomes this version. An undo brings the draft back."
        ),
        rx.el.div(
            rx.el.button(
                "Roll back",
                type="button",
                on_click=VersionsState.roll_back(version.number),
                class_name="button button--danger",
                custom_attrs={"data-testid": "design-roll-back-confirm"},
            ),
            rx.el.button(
                "Leave it", type="button", on_click=VersionsState.ask(-1), class_name="button button--quiet"
            ),
            class_name="button-row",
        ),
        role="alert",
        class_name="notice notice--warning",
    )


def _unpublish() -> rx.Component:
    return rx.cond(
        EditorState.asking == "unpublish",
        rx.el.div(
            rx.el.p(
                rx.cond(
                    EditorState.is_standard,
                    "Take it out of force? Readers meet the built-in standard design again, at once.",
                    "Take it out of force? Its readers meet the next design that is for them, at once.",
                )
            ),
            rx.el.div(
                rx.el.button(
                    "Unpublish",
                    type="button",
                    on_click=[EditorState.unpublish, VersionsState.show],
                    class_name="button button--danger",
                ),
                rx.el.button(
                    "Leave it", type="button", on_click=EditorState.ask(""), class_name="button button--quiet"
                ),
                class_name="button-row",
            ),
            role="alert",
            class_name="notice notice--warning",
        ),
        rx.cond(
            EditorState.version != "built-in",
            rx.el.button(
                "Unpublish …",
                type="button",
                on_click=EditorState.ask("unpublish"),
                class_name="button button--secondary",
            ),
            rx.fragment(),
        ),
    )


def _comparison() -> rx.Component:
    return rx.cond(
        VersionsState.versions.length() > 0,
        rx.el.section(
            rx.el.h3("What changed", class_name="field__label"),
            rx.el.div(
                _side("before", "From"),
                _side("after", "To"),
                class_name="field-row",
            ),
            rx.cond(
                VersionsState.differences.length() > 0,
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            rx.el.th("Field", scope="col"),
                            rx.el.th("Before", scope="col"),
                            rx.el.th("After", scope="col"),
                        )
                    ),
                    rx.el.tbody(rx.foreach(VersionsState.differences, _difference)),
                    class_name="design-differences",
                    custom_attrs={"data-testid": "design-differences"},
                ),
                rx.el.p("They say the same.", class_name="hint"),
            ),
            class_name="stack stack--tight",
        ),
        rx.fragment(),
    )


def _side(name: str, label: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"compare-{name}", class_name="field__label"),
        rx.el.select(
            rx.foreach(VersionsState.sides, _choice),
            id=f"compare-{name}",
            value=getattr(VersionsState, name),
            on_change=lambda value: VersionsState.compare(name, value),
            class_name="field__input",
        ),
        class_name="field",
    )


def _choice(choice: rx.Var[SideChoice]) -> rx.Component:
    return rx.el.option(choice.name, value=choice.value)


def _difference(row: rx.Var[DifferenceRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.place, scope="row"),
        rx.el.td(rx.el.del_(row.before)),
        rx.el.td(rx.el.ins(row.after)),
    )


def _history() -> rx.Component:
    return rx.el.section(
        rx.el.h3("History", class_name="field__label"),
        rx.el.ol(rx.foreach(VersionsState.history, _entry), class_name="design-history"),
        class_name="stack stack--tight",
        custom_attrs={"data-testid": "design-history"},
    )


def _entry(entry: rx.Var[HistoryRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(entry.when, class_name="hint"),
        rx.el.div(
            rx.el.p(entry.what),
            rx.cond(
                entry.places.length() > 0,
                rx.el.p(
                    entry.places.join("; "),
                    rx.cond(entry.more > 0, f" and {entry.more} more", ""),
                    class_name="hint",
                ),
                rx.fragment(),
            ),
        ),
    )
