"""One field of the form, whatever it is filled in with, and what is found there."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.studio.paywalls.browser import typed_field
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.views import FieldView, Mark, OptionView

Field = rx.Var[FieldView]


def fields(part: str) -> rx.Component:
    """All fields of a part of the form."""
    return rx.foreach(EditorState.fields[part], field)


def field(view: Field) -> rx.Component:
    """A field with its name, its hint, and what is to be said of what stands in it."""
    return rx.el.div(
        rx.match(
            view.control,
            ("cards", _choices(view, "cards")),
            ("several", _choices(view, "chips")),
            ("tick", _tick(view)),
            _labelled(view),
        ),
        rx.cond(
            view.fault != "",
            rx.el.p(view.fault, id=_id("fault", view), role="alert", class_name="field__error"),
            rx.fragment(),
        ),
        marks(view.marks),
        key=view.path,
        class_name=rx.match(
            view.control,
            ("number", "design-field design-field--short"),
            ("moment", "design-field design-field--half"),
            ("swatch", "design-field design-field--half"),
            ("select", "design-field design-field--half"),
            "design-field",
        ),
    )


def marks(found: rx.Var[list[Mark]]) -> rx.Component:
    """Findings, each with how to mend it and where the rule is from."""
    return rx.foreach(found, _mark)


def source_link(title: rx.Var[str], address: rx.Var[str]) -> rx.Component:
    """Where a rule can be read: another site in a tab of its own, the shop's own rules in the page."""
    return rx.cond(
        address.startswith("#"),
        PlainLink.create(title, href=address, class_name="link"),
        PlainLink.create(
            title, href=address, class_name="link", custom_attrs={"target": "_blank", "rel": "noreferrer"}
        ),
    )


def _mark(mark: rx.Var[Mark]) -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong(mark.severity.capitalize(), ". "), mark.sentence, " ", mark.mend),
        rx.el.p(source_link(mark.source, mark.address), class_name="design-mark__source"),
        class_name="design-mark design-mark--" + mark.severity,
        custom_attrs={"data-testid": "design-mark", "data-severity": mark.severity},
    )


def _id(prefix: str, view: Field) -> rx.Var[str]:
    return f"{prefix}-" + view.path


def _described(view: Field) -> dict[str, rx.Var[str]]:
    return {
        "aria-describedby": rx.cond(
            view.fault != "", _id("fault", view), rx.cond(view.hint != "", _id("hint", view), None)
        ),
        "aria-invalid": rx.cond(view.fault != "", "true", "false"),
    }


def _hint(view: Field) -> rx.Component:
    return rx.cond(
        view.hint != "", rx.el.p(view.hint, id=_id("hint", view), class_name="field__hint"), rx.fragment()
    )


def _labelled(view: Field) -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.label(view.label, html_for=_id("field", view), class_name="field__label"),
            rx.cond(
                view.place >= 0, list_tools(view.path, view.place, view.is_last, view.label), rx.fragment()
            ),
            class_name="design-field__head",
        ),
        rx.match(
            view.control,
            ("select", _select(view)),
            ("swatch", _swatch(view)),
            _typed(view, view.control, "field__input"),
        ),
        _hint(view),
    )


def _typed(view: Field, kind: rx.Var[str] | str, look: str, **more: object) -> rx.Component:
    return typed_field(
        path=view.path,
        kind=kind,
        value=view.value,
        generation=EditorState.generation,
        takes_variables=view.takes_variables,
        placeholder=view.placeholder,
        on_typed=lambda value: EditorState.change(view.path, value),
        class_name=look,
        custom_attrs={
            "autoComplete": "off",
            "data-variables": rx.cond(view.takes_variables, "true", None),
            **_described(view),
            **more,
        },
    )


def _swatch(view: Field) -> rx.Component:
    return rx.el.div(
        _typed(view, "swatch", "design-swatch", **{"id": "swatch-" + view.path, "aria-label": view.label}),
        _typed(view, "line", "field__input"),
        class_name="design-field__pair",
    )


def _select(view: Field) -> rx.Component:
    return rx.el.select(
        rx.foreach(view.options, lambda option: rx.el.option(option.label, value=option.value)),
        id=_id("field", view),
        value=view.value,
        on_change=lambda value: EditorState.change(view.path, value),
        class_name="field__input",
        custom_attrs=_described(view),
    )


def _tick(view: Field) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            id=_id("field", view),
            checked=view.value == "true",
            on_change=lambda chosen: EditorState.change(view.path, chosen),
        ),
        rx.el.span(
            view.label, rx.cond(view.hint != "", rx.el.span(view.hint, class_name="design-field__why"), "")
        ),
        class_name="field__check",
    )


def _choices(view: Field, look: str) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(view.label, class_name="field__label"),
        _hint(view),
        rx.el.div(
            rx.foreach(view.options, lambda option: _option(view, option, look)), class_name=f"design-{look}"
        ),
        id=_id("field", view),
    )


def _option(view: Field, option: rx.Var[OptionView], look: str) -> rx.Component:
    if look == "cards":
        control = rx.el.input(
            type="radio",
            name=view.path,
            value=option.value,
            checked=option.chosen,
            on_change=EditorState.change(view.path, option.value),
        )
    else:
        control = rx.el.input(
            type="checkbox",
            checked=option.chosen,
            on_change=lambda chosen: EditorState.choose(view.path, option.value, chosen),
        )
    return rx.el.label(
        control,
        rx.el.span(
            rx.el.span(option.label, class_name="design-option__name"),
            rx.cond(
                option.explanation != "",
                rx.el.span(option.explanation, class_name="design-field__why"),
                rx.fragment(),
            ),
        ),
        class_name="design-option",
    )


def list_tools(
    path: rx.Var[str], place: rx.Var[int], is_last: rx.Var[bool], name: rx.Var[str]
) -> rx.Component:
    """Buttons that put an entry of a list elsewhere, or take it away."""
    return rx.el.span(
        _tool("↑", "Up: ", name, EditorState.move(path, -1), place == 0, "up-" + path),
        _tool("↓", "Down: ", name, EditorState.move(path, 1), is_last, "down-" + path),
        _tool("×", "Remove: ", name, EditorState.remove(path), False, "remove-" + path),
        class_name="design-tools",
    )


def _tool(
    sign: str,
    does: str,
    name: rx.Var[str],
    event: object,
    disabled: rx.Var[bool] | bool,
    identity: rx.Var[str],
) -> rx.Component:
    return rx.el.button(
        rx.el.span(sign, aria_hidden="true"),
        rx.el.span(does, name, class_name="visually-hidden"),
        type="button",
        on_click=event,
        disabled=disabled,
        id=identity,
        class_name="design-tool",
    )
