"""Start, pause, stop, promote and delete: what the experiment's state allows, asked before what lasts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.ui.studio.experiments.state import MESSAGE_ID, ExperimentState
from klarna_shop.ui.studio.experiments.views import VariantRow


def actions() -> rx.Component:
    """The buttons, the question before the last step, and what became of it."""
    standing = ExperimentState.standing
    return rx.el.div(
        rx.cond(
            ExperimentState.asking != "",
            _question(),
            rx.el.div(
                rx.match(
                    standing,
                    ("draft", _button("start", "Start", ExperimentState.start, "primary")),
                    ("paused", _button("start", "Go on", ExperimentState.start, "primary")),
                    ("running", _button("pause", "Pause", ExperimentState.pause, "secondary")),
                    rx.fragment(),
                ),
                rx.match(
                    standing,
                    ("running", _stop("End it …")),
                    ("paused", _stop("End it …")),
                    ("promoted", _stop("End the promotion …")),
                    rx.fragment(),
                ),
                rx.cond(
                    (standing == "running") | (standing == "paused") | (standing == "stopped"),
                    rx.foreach(ExperimentState.variants, _promote),
                    rx.fragment(),
                ),
                rx.cond(
                    (standing == "draft") | (standing == "stopped"),
                    _button("delete", "Delete …", ExperimentState.ask("delete", ""), "quiet"),
                    rx.fragment(),
                ),
                class_name="button-row",
            ),
        ),
        rx.el.p(
            ExperimentState.message,
            id=MESSAGE_ID,
            tab_index=-1,
            role="status",
            custom_attrs={"data-testid": "experiment-message"},
        ),
        class_name="stack stack--tight",
    )


def _button(name: str, words: str, event: Any, look: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        on_click=event,
        class_name=f"button button--{look}",
        custom_attrs={"data-testid": f"experiment-{name}"},
    )


def _stop(words: str) -> rx.Component:
    return _button("stop", words, ExperimentState.ask("stop", ""), "secondary")


def _promote(row: rx.Var[VariantRow]) -> rx.Component:
    return rx.el.button(
        "Promote ",
        row.name,
        " …",
        type="button",
        on_click=ExperimentState.ask("promote", row.name),
        class_name="button button--quiet",
        custom_attrs={"data-testid": "experiment-promote", "data-variant": row.name},
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.match(
            ExperimentState.asking,
            (
                "stop",
                _asked(
                    "End it for good? Everybody will meet the design that is for them, and it cannot be"
                    " started again. What it has shown stays.",
                    "End it",
                    ExperimentState.stop,
                ),
            ),
            (
                "promote",
                _asked(
                    "Show this variant to everybody who would meet one of the experiment’s designs? Its"
                    " visitors are divided no longer, and it cannot be started again.",
                    rx.el.span("Promote ", ExperimentState.candidate),
                    ExperimentState.promote,
                ),
            ),
            (
                "delete",
                _asked(
                    "Delete this experiment? What was measured stays in the funnel.",
                    "Delete it",
                    ExperimentState.delete,
                ),
            ),
            rx.fragment(),
        ),
        role="alert",
        class_name="notice notice--warning",
    )


def _asked(words: str, yes: rx.Component | str, event: Any) -> rx.Component:
    return rx.fragment(
        rx.el.p(words),
        rx.el.div(
            rx.el.button(
                yes,
                type="button",
                on_click=event,
                class_name="button button--danger",
                custom_attrs={"data-testid": "experiment-confirm"},
            ),
            rx.el.button(
                "No", type="button", on_click=ExperimentState.ask("", ""), class_name="button button--quiet"
            ),
            class_name="button-row",
        ),
    )
