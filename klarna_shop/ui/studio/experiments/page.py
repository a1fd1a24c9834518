"""The room's one page: the list, or the experiment that the address names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.ui.studio.experiments.list_state import ExperimentListState
from klarna_shop.ui.studio.experiments.listing import listing
from klarna_shop.ui.studio.experiments.method import method
from klarna_shop.ui.studio.experiments.one import one_experiment
from klarna_shop.ui.studio.experiments.state import ExperimentState
from klarna_shop.ui.studio.experiments.views import PATH
from klarna_shop.ui.studio.simulation import simulated_readers, simulation_events

_STYLES = str(rx.asset("styles/studio-experiments.css"))


def experiments_events() -> tuple[Any, ...]:
    """What happens when the page is opened."""
    return (ExperimentState.show, ExperimentListState.show, *simulation_events())


def experiments_page() -> rx.Component:
    """The room."""
    return rx.fragment(
        # With a precedence React puts it into the head, and no other page loads it.
        rx.el.link(rel="stylesheet", href=_STYLES, custom_attrs={"precedence": "studio"}),
        rx.match(
            ExperimentState.status,
            ("open", rx.fragment(one_experiment(), method(), simulated_readers(ExperimentState.count_again))),
            ("missing", _missing()),
            ("", rx.fragment(listing(), simulated_readers(ExperimentListState.show))),
            rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
        ),
    )


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.p("There is no such experiment, or not any more.", role="alert", class_name="notice"),
        rx.el.p(rx.el.a("All experiments", href=PATH, class_name="link")),
        class_name="stack",
    )
