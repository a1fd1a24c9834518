"""The variants in a table, each number with a way to how it is computed."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.experiments.method import how_to
from klarna_shop.ui.studio.experiments.state import ExperimentState
from klarna_shop.ui.studio.experiments.views import VariantRow


def results_table() -> rx.Component:
    """All variants, the control first, and below what may be said."""
    return rx.fragment(
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Variant", scope="col"),
                        _head("visitors", "Visitors"),
                        _head("orders", "Orders"),
                        _head("orders", "Orders a visitor"),
                        _head("lift", "Lift of orders"),
                        _head("revenue", "Revenue a visitor"),
                        _head("lift", "Lift of revenue"),
                    )
                ),
                rx.el.tbody(rx.foreach(ExperimentState.variants, _row)),
                class_name="figures experiment-results",
            ),
            class_name="figures-frame",
            tab_index=0,
            role="region",
            aria_label="Results",
        ),
        rx.el.ul(rx.foreach(ExperimentState.variants, _said), class_name="conclusions"),
    )


def _head(key: str, words: str) -> rx.Component:
    return rx.el.th(how_to(key, words), scope="col")


def _row(row: rx.Var[VariantRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(row.name, class_name="experiment-results__name"),
            rx.cond(row.control, rx.el.span("control", class_name="badge"), rx.fragment()),
            rx.cond(row.winner, rx.el.span("promoted", class_name="badge badge--success"), rx.fragment()),
            rx.el.a(row.design, href=row.design_address, class_name="experiment-results__design"),
            scope="row",
        ),
        _cell(row.visitors, row.share + " " + row.meant + " meant"),
        _cell(row.orders, ""),
        _cell(row.order_rate, rx.cond(row.truth != "", "truth " + row.truth, "")),
        rx.el.td(row.order_lift, _small(row.order_interval)),
        _cell(row.revenue, ""),
        rx.el.td(row.revenue_lift, _small(row.revenue_interval)),
        custom_attrs={
            "data-testid": "experiment-result",
            "data-variant": row.name,
            "data-visitors": row.visitors_count,
            "data-orders": row.orders_count,
        },
    )


def _cell(value: rx.Var[str], below: rx.Var[str] | str) -> rx.Component:
    return rx.el.td(value, _small(below) if not isinstance(below, str) else rx.fragment())


def _small(words: rx.Var[str]) -> rx.Component:
    return rx.el.small(words)


def _said(row: rx.Var[VariantRow]) -> rx.Component:
    return rx.cond(
        row.control,
        rx.fragment(),
        rx.el.li(
            rx.el.strong(row.name),
            rx.el.p(
                row.said,
                class_name=rx.cond(row.tone != "", "conclusion conclusion--" + row.tone, "conclusion"),
            ),
            rx.el.p(row.said_of_revenue, class_name="hint"),
            custom_attrs={"data-testid": "experiment-conclusion", "data-variant": row.name},
        ),
    )
