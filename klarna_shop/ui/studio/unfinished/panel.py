"""The panel on the studio's first page."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.unfinished.state import OUTCOME_ID, StateCount, UnfinishedState


def unfinished_panel() -> rx.Component:
    """Purchases by state, and asking Payway about the unfinished ones."""
    return rx.el.section(
        rx.el.h2("Purchases", id="unfinished-title", class_name="studio-panel__title"),
        rx.el.p(
            "The shop looks after unfinished purchases by itself every ten seconds. Here you can ask Payway"
            " about all of them at once.",
            class_name="hint",
        ),
        rx.cond(
            UnfinishedState.counts.length() > 0,
            rx.el.ul(rx.foreach(UnfinishedState.counts, _row), class_name="state-counts"),
            rx.cond(
                UnfinishedState.known,
                rx.el.p("Nobody has begun a purchase yet."),
                rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
            ),
        ),
        rx.el.div(
            rx.el.button(
                rx.cond(UnfinishedState.working, "Asking Payway …", "Ask Payway now"),
                type="button",
                on_click=UnfinishedState.reconcile,
                disabled=UnfinishedState.working,
                aria_busy=UnfinishedState.working,
                class_name="button button--secondary",
                custom_attrs={"data-testid": "studio-reconcile"},
            ),
            class_name="button-row",
        ),
        rx.el.p(
            UnfinishedState.outcome,
            id=OUTCOME_ID,
            tab_index=-1,
            role="status",
            custom_attrs={"data-testid": "studio-reconcile-outcome"},
        ),
        aria_labelledby="unfinished-title",
        class_name="studio-panel stack",
    )


def _row(row: rx.Var[StateCount]) -> rx.Component:
    return rx.el.li(
        rx.el.strong(row.count),
        " ",
        rx.el.span(row.state, class_name=rx.cond(row.unfinished, "badge badge--warning", "badge")),
        rx.cond(row.change != "", rx.el.small(" ", row.change), rx.fragment()),
        custom_attrs={"data-state": row.state},
    )
