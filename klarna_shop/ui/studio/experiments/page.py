"""The room's one page: the list, or the experiment that the address names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.studio.experiments.list_state import ExperimentListState
from klarna_shop.ui.studio.experiments.listing import listing
from klarna_shop.ui.studio.experiments.method import method
from klarna_shop.ui.studio.experiments.one import one_experiment
from klarna_shop.ui.studio.experiments.state import ExperimentState
from klarna_shop.ui.studio.experiments.views import PATH
from klarna_shop.ui.studio.simulation.panel import simulation_panel
from klarna_shop.ui.studio.simulation.state import SimulationState

_STYLES = str(rx.asset("styles/studio-experiments.css"))


def experiments_events() -> tuple[Any, ...]:
    """What happens when the page is opened."""
    return (ExperimentState.show, ExperimentListState.show, SimulationState.show)


def experiments_page() -> rx.Component:
    """The room."""
    return rx.fragment(
        # With a precedence React puts it into the head, and no other page loads it.
        rx.el.link(rel="stylesheet", href=_STYLES, custom_attrs={"precedence": "studio"}),
        rx.match(
            ExperimentState.status,
            ("open", rx.fragment(one_experiment(), method(), _simulation())),
            ("missing", _missing()),
            ("", rx.fragment(listing(), _simulation())),
            rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
        ),
    )


def _simulation() -> rx.Component:
    """Outside the sandbox there is none."""
    if not load_settings().is_sandbox:
        return rx.fragment()
    return simulation_panel(ExperimentState.count_again)


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.p("There is no such experiment, or not any more.", role="alert", class_name="notice"),
        rx.el.p(rx.el.a("All experiments", href=PATH, class_name="link")),
        class_name="stack",
    )
