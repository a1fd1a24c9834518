# mypy: disable-error-code="type-arg, valid-type"
# Reflex declares an event as `EventHandler[<call>]`, which a type checker cannot read.
"""A mark that tells when what it stands in was really seen, by whoever agreed to being measured."""

from __future__ import annotations

import reflex as rx


class Seen(rx.Component):
    """Half of its parent, or half a window of it, was in view for one second. Once for each `subject`."""

    library = rx.asset("seen.jsx", shared=True).importable_path
    tag = "Seen"

    subject: rx.Var[str]

    on_seen: rx.EventHandler[rx.event.no_args_event_spec]
