"""What the editor needs of the browser: fields that keep what is typed, keys, the live frame, files."""

# Reflex declares an event as `EventHandler[<call>]`, which a type checker cannot read.
# mypy: disable-error-code="type-arg, valid-type"

from __future__ import annotations

import reflex as rx
from reflex_base.event import no_args_event_spec

_LIBRARY = rx.asset("editor_tools.jsx", shared=True).importable_path


class TypedField(rx.Component):
    """A text field. What is typed is sent after a quarter of a second of quiet, and is never overwritten.

    `kind`: `line`, `paragraph`, `number`, `moment` (day and time) or `swatch` (colour). A new `generation`
    puts the server's value in, as an undo does.
    """

    library = _LIBRARY
    tag = "TypedField"

    path: rx.Var[str]
    kind: rx.Var[str]
    value: rx.Var[str]
    generation: rx.Var[int]
    takes_variables: rx.Var[bool]
    placeholder: rx.Var[str]
    on_typed: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class VariableButton(rx.Component):
    """A button that writes `{variable}` at the cursor."""

    library = _LIBRARY
    tag = "VariableButton"

    variable: rx.Var[str]
    title: rx.Var[str]


class EditorKeys(rx.Component):
    """Ctrl+Z, Ctrl+Shift+Z and Ctrl+S. A new `go_to` (`<number> <path>`) leads to that field.

    `stamp` grows with each answer of the server.
    """

    library = _LIBRARY
    tag = "EditorKeys"

    stamp: rx.Var[int]
    go_to: rx.Var[str]
    on_undo: rx.EventHandler[no_args_event_spec]
    on_redo: rx.EventHandler[no_args_event_spec]
    on_save: rx.EventHandler[no_args_event_spec]


class LiveFrame(rx.Component):
    """The live page in an iframe of the device's size in CSS pixels, scaled to the room there is.

    One that `fills` is as high as the room allows. With a new `stamp` the page looks again at its design.
    `on_narrow` happens once where the window itself is no wider than a phone.
    """

    library = _LIBRARY
    tag = "LiveFrame"

    src: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]
    fills: rx.Var[bool]
    stamp: rx.Var[int]
    title: rx.Var[str]
    on_narrow: rx.EventHandler[no_args_event_spec]


class TextFile(rx.Component):
    """A file's text, read in the browser. `largest` in bytes."""

    library = _LIBRARY
    tag = "TextFile"

    largest: rx.Var[int]
    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_too_large: rx.EventHandler[no_args_event_spec]


typed_field = TypedField.create
variable_button = VariableButton.create
editor_keys = EditorKeys.create
live_frame = LiveFrame.create
text_file = TextFile.create
