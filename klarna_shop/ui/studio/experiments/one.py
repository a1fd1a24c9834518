"""One experiment: what it is, what can be done, what it has shown, how long it takes, what was done."""

from __future__ import annotations

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.studio.experiments.actions import actions
from klarna_shop.ui.studio.experiments.method import how_to
from klarna_shop.ui.studio.experiments.results_table import results_table
from klarna_shop.ui.studio.experiments.state import ExperimentState
from klarna_shop.ui.studio.experiments.views import PATH, DayRow, HistoryRow, PlotView


def one_experiment() -> rx.Component:
    """The experiment that is open."""
    return rx.el.div(
        _head(),
        actions(),
        rx.cond(ExperimentState.alarm, _alarm(), rx.fragment()),
        rx.foreach(
            ExperimentState.warnings, lambda warning: rx.el.p(warning, class_name="notice notice--warning")
        ),
        _results(),
        _plan(),
        _history(),
        class_name="stack stack--loose experiments-room",
        custom_attrs={"data-testid": "experiment", "data-slug": ExperimentState.slug},
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.a("All experiments", href=PATH, class_name="link")),
        rx.el.h2(ExperimentState.name, class_name="experiment__name"),
        rx.cond(ExperimentState.hypothesis != "", rx.el.p(ExperimentState.hypothesis), rx.fragment()),
        rx.el.p(
            rx.el.span(
                ExperimentState.standing,
                class_name="badge",
                custom_attrs={"data-testid": "experiment-status", "data-status": ExperimentState.standing},
            ),
            rx.el.span(ExperimentState.since),
            rx.el.span(ExperimentState.share, " of the visitors take part"),
            class_name="experiment-row__facts",
        ),
        class_name="stack stack--tight",
    )


def _alarm() -> rx.Component:
    return rx.el.div(
        rx.el.p("The visitors are not divided as they should be."),
        rx.el.p(
            "Chance does not explain it: something is broken, or the variants do not meet the same readers."
            " Do not conclude anything from these numbers. ",
            how_to("alarm", "What this means"),
        ),
        role="alert",
        class_name="notice notice--error",
        custom_attrs={"data-testid": "experiment-alarm"},
    )


def _results() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("What it has shown", id="results-title", class_name="studio-panel__title"),
            rx.cond(
                ExperimentState.simulated,
                rx.el.span("Simulated readers", class_name="badge badge--warning"),
                rx.fragment(),
            ),
            rx.el.span("Counted ", ExperimentState.counted, class_name="hint"),
            rx.el.button(
                "Count again",
                type="button",
                on_click=ExperimentState.count_again,
                class_name="button button--quiet",
            ),
            rx.el.a("Their funnel", href=ExperimentState.funnel, class_name="link"),
            _other_traffic(),
            class_name="button-row",
        ),
        results_table(),
        rx.el.div(rx.foreach(ExperimentState.plots, _plot), class_name="lift-plots"),
        rx.cond(ExperimentState.days.length() > 0, _days(), rx.fragment()),
        aria_labelledby="results-title",
        class_name="stack",
    )


def _other_traffic() -> rx.Component:
    """Elsewhere than in the sandbox nobody is simulated."""
    if not load_settings().is_sandbox:
        return rx.fragment()
    return rx.el.a(
        rx.cond(ExperimentState.simulated, "Real readers", "Simulated readers"),
        href=ExperimentState.other_traffic,
        class_name="link",
        custom_attrs={"data-testid": "experiment-traffic"},
    )


def _plot(plot: rx.Var[PlotView]) -> rx.Component:
    return rx.el.figure(
        rx.html(plot.svg),
        rx.el.figcaption(
            rx.el.strong(plot.name),
            ": lift of orders a visitor as it stood each evening; the band is the ",
            how_to("interval", "interval"),
            class_name="hint",
        ),
        class_name="lift-plots__one",
    )


def _days() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Day by day, as a table"),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Evening", scope="col"),
                        rx.el.th("Visitors", scope="col"),
                        rx.foreach(
                            ExperimentState.others, lambda name: rx.el.th("Lift of ", name, scope="col")
                        ),
                    )
                ),
                rx.el.tbody(rx.foreach(ExperimentState.days, _day)),
                class_name="figures",
            ),
            class_name="figures-frame",
            tab_index=0,
            role="region",
            aria_label="Day by day",
        ),
    )


def _day(day: rx.Var[DayRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(day.day, scope="row"),
        rx.el.td(day.visitors),
        rx.foreach(day.lifts, lambda lift: rx.el.td(lift)),
    )


def _plan() -> rx.Component:
    return rx.el.section(
        rx.el.h2(how_to("time", "Time to decide"), id="plan-title", class_name="studio-panel__title"),
        rx.el.form(
            _field("rate", "Orders of a hundred visitors", ExperimentState.rate),
            _field("wanted", "Smallest lift worth finding, per cent", ExperimentState.wanted),
            _field("a_day", "Visitors a day who see a wall", ExperimentState.a_day),
            rx.el.button("Estimate", type="submit", class_name="button button--secondary"),
            on_submit=ExperimentState.plan,
            class_name="experiment-plan",
        ),
        rx.el.p(ExperimentState.planned, role="status", custom_attrs={"data-testid": "experiment-time"}),
        aria_labelledby="plan-title",
        class_name="studio-panel stack",
    )


def _field(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"plan-{name}", class_name="field__label"),
        rx.el.input(
            id=f"plan-{name}",
            name=name,
            input_mode="decimal",
            default_value=value,
            # Typed into by people, and set anew only when the estimate itself changes.
            key=value,
            auto_complete="off",
            class_name="field__input",
        ),
        class_name="field",
    )


def _history() -> rx.Component:
    return rx.el.details(
        rx.el.summary("What was done"),
        rx.el.ul(rx.foreach(ExperimentState.history, _entry), class_name="experiment-history"),
    )


def _entry(entry: rx.Var[HistoryRow]) -> rx.Component:
    return rx.el.li(entry.when, " ", entry.what)
