"""The filter as a form."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.funnel import Dimension
from klarna_shop.ui.studio.funnel.state import FunnelState
from klarna_shop.ui.studio.funnel.views import PATH, ChoiceRow, DimensionRow
from klarna_shop.ui.studio.funnel.words import DIMENSION_NAMES


def filter_form(*, with_simulated: bool) -> rx.Component:
    """Period, whose visitors, which of them, and by what they are divided."""
    return rx.el.form(
        _day("since", "From", FunnelState.since),
        _day("until", "To", FunnelState.until),
        _whose() if with_simulated else rx.fragment(),
        _by(),
        rx.foreach(FunnelState.dimensions, _dimension),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name="compare",
                default_checked=FunnelState.compare,
                key="compare-" + FunnelState.compare.to_string(),
            ),
            rx.el.span("Beside the period before"),
            class_name="field__check funnel-filter__check",
        ),
        rx.el.div(
            rx.el.button(
                "Show",
                type="submit",
                class_name="button button--secondary",
                custom_attrs={"data-testid": "funnel-show"},
            ),
            rx.el.a("All of the last four weeks", href=PATH, class_name="link"),
            class_name="button-row",
        ),
        on_submit=FunnelState.look_at,
        role="search",
        aria_label="Filter",
        class_name="funnel-filter",
    )


def _day(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field__label"),
        rx.el.input(name=name, type="date", default_value=value, key=value, class_name="field__input"),
        class_name="field",
    )


def _whose() -> rx.Component:
    chosen = rx.cond(FunnelState.simulated, "simulated", "")
    return rx.el.label(
        rx.el.span("Visitors", class_name="field__label"),
        rx.el.select(
            rx.el.option("Readers", value=""),
            rx.el.option("Simulated readers", value="simulated"),
            name="traffic",
            default_value=chosen,
            key=chosen,
            class_name="field__input",
            custom_attrs={"data-testid": "funnel-traffic"},
        ),
        class_name="field",
    )


def _by() -> rx.Component:
    return rx.el.label(
        rx.el.span("Divided by", class_name="field__label"),
        rx.el.select(
            rx.el.option("nothing", value=""),
            *(
                rx.el.option(DIMENSION_NAMES[dimension].lower(), value=dimension.value)
                for dimension in Dimension
            ),
            name="by",
            default_value=FunnelState.by,
            key=FunnelState.by,
            class_name="field__input",
            custom_attrs={"data-testid": "funnel-by"},
        ),
        class_name="field",
    )


def _dimension(row: rx.Var[DimensionRow]) -> rx.Component:
    return rx.el.label(
        rx.el.span(row.name, class_name="field__label"),
        rx.el.select(
            rx.el.option("any", value=""),
            rx.foreach(row.choices, _choice),
            name=row.dimension,
            default_value=row.chosen,
            key=row.dimension + row.chosen,
            class_name="field__input",
            custom_attrs={"data-testid": "funnel-only", "data-dimension": row.dimension},
        ),
        class_name="field",
    )


def _choice(choice: rx.Var[ChoiceRow]) -> rx.Component:
    return rx.el.option(choice.name, value=choice.value)
