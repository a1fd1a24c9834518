"""The panel: how many readers, which seed, how far they are, and taking them away again."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.ui.studio.simulation.state import (
    MOST_VISITORS,
    OUTCOME_ID,
    SimulationState,
    SimulationView,
)

USUAL_VISITORS, USUAL_SEED = 20_000, 1


def simulation_panel(look_again: Any) -> rx.Component:
    """Simulated readers in a room; `look_again` is the event that shows the room's numbers anew."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2("Simulated readers", class_name="studio-panel__title"),
            rx.cond(
                SimulationState.events > 0,
                rx.el.span("There are some", class_name="badge badge--warning"),
                rx.fragment(),
            ),
            class_name="simulation__head",
            custom_attrs={"data-testid": "simulation"},
        ),
        rx.el.div(
            rx.el.p(
                "Synthetic readers walk through the real division and the real events, so that there is"
                " something to look at and to compare with the truth, which the simulator knows. Their"
                " events are marked and count for no reader. The experiment that runs divides them; who is"
                " in the control orders with 4% of walls, the others with a fifth more. The same seed brings"
                " the same readers.",
                class_name="hint",
            ),
            _form(),
            rx.cond(SimulationState.working, _progress(), rx.fragment()),
            rx.el.p(
                SimulationState.outcome,
                id=OUTCOME_ID,
                tab_index=-1,
                role="status",
                custom_attrs={"data-testid": "simulation-outcome"},
            ),
            rx.cond(
                (SimulationState.events > 0) & ~SimulationState.working, _standing(look_again), rx.fragment()
            ),
            class_name="stack simulation__body",
        ),
        class_name="studio-panel simulation",
    )


def _form() -> rx.Component:
    return rx.el.form(
        _field("visitors", f"Readers, at most {MOST_VISITORS:,}", USUAL_VISITORS),
        _field("seed", "Seed", USUAL_SEED),
        rx.el.button(
            "Simulate",
            type="submit",
            disabled=SimulationState.working,
            aria_busy=SimulationState.working,
            class_name="button button--secondary",
            custom_attrs={"data-testid": "simulate"},
        ),
        on_submit=SimulationState.simulate,
        class_name="simulation__form",
    )


def _field(name: str, label: str, usual: int) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"simulation-{name}", class_name="field__label"),
        rx.el.input(
            id=f"simulation-{name}",
            name=name,
            input_mode="numeric",
            default_value=str(usual),
            auto_complete="off",
            class_name="field__input",
        ),
        class_name="field",
    )


def _progress() -> rx.Component:
    return rx.el.p(
        rx.el.progress(value=SimulationState.percent, max=100, aria_label="Simulated readers"),
        " ",
        SimulationState.told,
    )


def _standing(look_again: Any) -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(SimulationState.runs, _run), class_name="simulation__runs"),
        rx.el.div(
            rx.el.button(
                "Count again",
                type="button",
                on_click=look_again,
                class_name="button button--secondary",
                custom_attrs={"data-testid": "simulation-look"},
            ),
            rx.el.button(
                "Remove all simulated readers",
                type="button",
                on_click=SimulationState.remove,
                class_name="button button--quiet",
                custom_attrs={"data-testid": "simulation-remove"},
            ),
            class_name="button-row",
        ),
    )


def _run(run: rx.Var[SimulationView]) -> rx.Component:
    return rx.el.li(run.told, rx.el.small(" ", run.when))
