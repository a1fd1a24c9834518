"""The page: search and list on one side, the open flow on the other."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.flows.search import NEVER_OPENED
from klarna_shop.shop.purchase import PurchaseState
from klarna_shop.ui.studio.flows.flow import open_flow
from klarna_shop.ui.studio.flows.state import FlowsState
from klarna_shop.ui.studio.flows.views import FlowRow

STATES = (*(state.value for state in PurchaseState), NEVER_OPENED)


def flows_page() -> rx.Component:
    """Flows, and one of them."""
    return rx.el.div(
        rx.el.section(
            rx.el.h2("Purchases", class_name="visually-hidden"),
            _notices(),
            _search(),
            _list(),
            class_name="flows__list stack",
        ),
        open_flow(),
        class_name=rx.cond(FlowsState.purchase_id != "", "flows flows--open", "flows"),
    )


def _notices() -> rx.Component:
    return rx.fragment(
        rx.cond(
            FlowsState.records,
            rx.fragment(),
            rx.el.p(
                "Nothing is recorded: FLOW_STEPS is 0. What follows comes from the ledger alone.",
                class_name="notice notice--warning",
            ),
        ),
        rx.cond(
            FlowsState.dropped > 0,
            rx.el.p(
                FlowsState.dropped,
                " steps came faster than they could be kept since this server was started.",
                class_name="notice notice--warning",
            ),
            rx.fragment(),
        ),
    )


def _search() -> rx.Component:
    return rx.el.form(
        _field("number", "Purchase or order number", FlowsState.number),
        _field("customer", "Customer: e-mail, account or browser", FlowsState.customer),
        rx.el.div(
            rx.el.label("State", html_for="flow-state", class_name="field__label"),
            rx.el.select(
                rx.el.option("any", value=""),
                *(rx.el.option(state, value=state) for state in STATES),
                id="flow-state",
                name="state",
                default_value=FlowsState.wanted_state,
                key=FlowsState.wanted_state,
                class_name="field__input",
            ),
            class_name="field",
        ),
        _field("error", "Error code", FlowsState.error),
        _field("since", "From", FlowsState.since, "date"),
        _field("until", "To", FlowsState.until, "date"),
        rx.el.div(
            rx.el.button("Search", type="submit", class_name="button button--secondary"),
            rx.el.button(
                "Clear", type="button", on_click=FlowsState.clear, class_name="button button--quiet"
            ),
            class_name="button-row",
        ),
        rx.el.p(FlowsState.fault, role="alert", class_name="field__error"),
        on_submit=FlowsState.search,
        role="search",
        aria_label="Purchases",
        class_name="flows__search",
    )


def _field(name: str, label: str, value: rx.Var[str], kind: str = "search") -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"flow-{name}", class_name="field__label"),
        rx.el.input(
            id=f"flow-{name}",
            name=name,
            type=kind,
            default_value=value,
            # Typed into by the reader, and set anew only when the search itself changes.
            key=value,
            auto_complete="off",
            class_name="field__input",
        ),
        class_name="field",
    )


def _list() -> rx.Component:
    return rx.cond(
        FlowsState.known,
        rx.fragment(
            rx.cond(
                FlowsState.rows.length() > 0,
                rx.el.ul(rx.foreach(FlowsState.rows, _row), class_name="flows__rows"),
                rx.el.p("No purchase matches.", role="status"),
            ),
            rx.cond((FlowsState.page > 1) | FlowsState.more, _pages(), rx.fragment()),
        ),
        rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
    )


def _row(row: rx.Var[FlowRow]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(row.began, class_name="flow-row__time"),
            rx.el.span(row.state, class_name="badge badge--" + row.tone),
            rx.el.code(row.short_id, class_name="flow-row__id"),
            rx.el.span(row.told, class_name="flow-row__told"),
            href=row.address,
            class_name="flow-row",
            custom_attrs={
                "data-testid": "flow-row",
                "data-purchase": row.purchase_id,
                "data-state": row.state,
                "aria-current": rx.cond(row.purchase_id == FlowsState.purchase_id, "true", "false"),
            },
        )
    )


def _pages() -> rx.Component:
    return rx.el.nav(
        rx.el.button(
            "Newer",
            type="button",
            on_click=FlowsState.turn(-1),
            disabled=FlowsState.page <= 1,
            class_name="button button--quiet",
        ),
        rx.el.span("Page ", FlowsState.page),
        rx.el.button(
            "Older",
            type="button",
            on_click=FlowsState.turn(1),
            disabled=~FlowsState.more,
            class_name="button button--quiet",
        ),
        aria_label="Pages",
        class_name="button-row",
    )
