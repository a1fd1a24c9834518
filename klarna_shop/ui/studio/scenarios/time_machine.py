"""The time machine: one clock for shop and sandbox, moved along what happens to a subscription."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.scenarios.time_state import StationView, TimeState

STEPS = ((1, "A day"), (7, "A week"), (31, "A month"))


def time_machine() -> rx.Component:
    """The clock, the line one can click along, steps, and letting charges fail."""
    return rx.el.section(
        rx.el.h2("Time machine", id="time-machine-title", class_name="studio-panel__title"),
        rx.el.p(
            "It is ",
            rx.el.strong(TimeState.now, custom_attrs={"data-testid": "sandbox-time"}),
            rx.cond(TimeState.moved, " in the sandbox, for everybody who uses this shop.", "."),
        ),
        rx.cond(TimeState.subject != "", rx.el.p(TimeState.subject, class_name="hint"), rx.fragment()),
        rx.el.ol(rx.foreach(TimeState.stations, _station), class_name="time-line"),
        rx.el.div(
            *(
                rx.el.button(
                    f"{words} later",
                    type="button",
                    on_click=TimeState.pass_days(days),
                    class_name="button button--secondary",
                    custom_attrs={"data-testid": "time-step", "data-days": str(days)},
                )
                for days, words in STEPS
            ),
            rx.cond(
                TimeState.moved,
                rx.el.button(
                    "Back to now",
                    type="button",
                    on_click=TimeState.back,
                    class_name="button button--quiet",
                    custom_attrs={"data-testid": "time-back"},
                ),
                rx.fragment(),
            ),
            class_name="button-row",
        ),
        rx.cond(
            TimeState.can_fail,
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=TimeState.fails,
                    on_change=TimeState.fail_charges,
                    custom_attrs={"data-testid": "time-debt"},
                ),
                rx.el.span("Klarna refuses this customer’s next charges (failed renewal, grace period)"),
                class_name="field__check",
            ),
            rx.fragment(),
        ),
        rx.el.p(TimeState.message, role="status"),
        aria_labelledby="time-machine-title",
        class_name="studio-panel stack",
    )


def _station(station: rx.Var[StationView]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(station.name, class_name="time-line__name"),
            rx.el.span(station.day, class_name="time-line__day"),
            type="button",
            on_click=TimeState.travel(station.moment),
            class_name="time-line__stop",
            custom_attrs={"data-testid": "time-stop", "data-stop": station.stop},
        ),
        class_name=rx.cond(station.past, "time-line__item time-line__item--past", "time-line__item"),
    )
