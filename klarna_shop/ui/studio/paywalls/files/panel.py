"""Import and export as forms."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.paywalls.exchange import LARGEST_BYTES
from klarna_shop.ui.studio.paywalls.browser import text_file
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.files.state import REFUSED_ID, DesignFilesState, ImportFault
from klarna_shop.ui.studio.paywalls.listing.state import PaywallListState


def design_files() -> rx.Component:
    """In the editor: export, import over the draft, duplicate, delete."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2("Export, import, duplicate, delete", class_name="design-part__title"),
            class_name="design-part__head",
            custom_attrs={"data-testid": "design-files"},
        ),
        rx.el.div(
            rx.el.div(
                rx.el.button(
                    "Export as JSON",
                    type="button",
                    on_click=DesignFilesState.export,
                    class_name="button button--secondary",
                    custom_attrs={"data-testid": "design-export"},
                ),
                rx.el.button(
                    "Duplicate",
                    type="button",
                    on_click=PaywallListState.duplicate(EditorState.slug),
                    class_name="button button--secondary",
                    custom_attrs={"data-testid": "design-duplicate"},
                ),
                rx.cond(
                    EditorState.is_standard,
                    rx.fragment(),
                    rx.el.button(
                        "Delete …",
                        type="button",
                        on_click=PaywallListState.ask(EditorState.slug),
                        class_name="button button--secondary",
                        custom_attrs={"data-testid": "design-delete"},
                    ),
                ),
                class_name="button-row",
            ),
            rx.cond(
                (PaywallListState.asking == EditorState.slug) & ~EditorState.is_standard,
                _delete(),
                rx.fragment(),
            ),
            _import("Replace this draft by a file", "An undo brings the draft back."),
            class_name="design-part__body",
        ),
        id="part-files",
        class_name="design-part",
    )


def import_new() -> rx.Component:
    """On the list: a new design from a file."""
    return rx.el.section(_import("Import a design", "It becomes a new draft."), class_name="designs-import")


def _delete() -> rx.Component:
    return rx.el.div(
        rx.el.p("Delete this design? Where it is in force, its readers meet the next one that is for them."),
        rx.el.div(
            rx.el.button(
                "Delete it",
                type="button",
                on_click=PaywallListState.delete(EditorState.slug),
                class_name="button button--danger",
                custom_attrs={"data-testid": "design-delete-confirm"},
            ),
            rx.el.button(
                "Keep it", type="button", on_click=PaywallListState.ask(""), class_name="button button--quiet"
            ),
            class_name="button-row",
        ),
        role="alert",
        class_name="notice notice--warning",
    )


def _import(title: str, hint: str) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title, class_name="field__label"),
        rx.el.p(f"A file that was exported here, or follows the same JSON Schema. {hint}", class_name="hint"),
        rx.el.div(
            rx.el.label("File", html_for="import-file", class_name="field__label"),
            text_file(
                id="import-file",
                largest=LARGEST_BYTES,
                on_text=DesignFilesState.import_file,
                on_too_large=DesignFilesState.too_large,
            ),
            class_name="field",
        ),
        rx.el.form(
            rx.el.div(
                rx.el.label("Or paste it", html_for="import-text", class_name="field__label"),
                rx.el.textarea(
                    id="import-text",
                    name="content",
                    rows=4,
                    spell_check=False,
                    placeholder='{"schema_version": 1, "name": …}',
                    class_name="field__input design-import__text",
                ),
                class_name="field",
            ),
            rx.el.button("Import what is pasted", type="submit", class_name="button button--secondary"),
            on_submit=DesignFilesState.import_text,
            class_name="stack stack--tight",
        ),
        rx.cond(
            DesignFilesState.refusal != "",
            rx.el.div(
                rx.el.p(DesignFilesState.refusal),
                rx.el.ul(rx.foreach(DesignFilesState.faults, _fault)),
                id=REFUSED_ID,
                tab_index=-1,
                role="alert",
                class_name="notice notice--error",
                custom_attrs={"data-testid": "import-refused"},
            ),
            rx.fragment(),
        ),
        class_name="stack stack--tight",
    )


def _fault(fault: rx.Var[ImportFault]) -> rx.Component:
    return rx.el.li(
        rx.cond(fault.path != "", rx.el.code(fault.path), ""),
        rx.cond(fault.place != "", f" ({fault.place})", ""),
        rx.cond(fault.path != "", ": ", ""),
        fault.message,
    )
