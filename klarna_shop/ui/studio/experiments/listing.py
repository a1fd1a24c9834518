"""The list of experiments, and the form for a new one."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.experiments.experiment import FEWEST_VARIANTS, MOST_VARIANTS
from klarna_shop.ui.studio.experiments.list_state import FAULT_ID, DesignChoice, ExperimentListState
from klarna_shop.ui.studio.experiments.views import ExperimentRow


def listing() -> rx.Component:
    """Every experiment, and a new one."""
    return rx.el.div(
        rx.el.section(
            rx.el.p(
                "An experiment shows readers different designs, each always the same one, and says which"
                " brings more orders. You may look at it every day and end it on any of them: its intervals"
                " stay true.",
                class_name="hint",
            ),
            rx.cond(
                ExperimentListState.known,
                rx.cond(
                    ExperimentListState.rows.length() > 0,
                    rx.el.ul(rx.foreach(ExperimentListState.rows, _row), class_name="experiments"),
                    rx.el.p("There is no experiment yet."),
                ),
                rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
            ),
            aria_label="Experiments",
            class_name="stack",
        ),
        _new(),
        class_name="stack stack--loose experiments-room",
    )


def _row(row: rx.Var[ExperimentRow]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.a(row.name, href=row.address, class_name="experiment-row__name"),
            rx.el.span(row.status, class_name="badge badge--" + row.tone),
            class_name="experiment-row__head",
        ),
        rx.cond(row.hypothesis != "", rx.el.p(row.hypothesis), rx.fragment()),
        rx.el.p(rx.el.span(row.compared), rx.el.span(row.when), class_name="experiment-row__facts"),
        class_name="experiment-row",
        custom_attrs={"data-testid": "experiment-row", "data-slug": row.slug, "data-status": row.status},
    )


def _new() -> rx.Component:
    return rx.el.section(
        rx.el.h2("A new experiment", id="new-experiment", class_name="studio-panel__title"),
        rx.cond(
            ExperimentListState.known & (ExperimentListState.in_force < FEWEST_VARIANTS),
            rx.el.p(
                "Only one design is in force. Write the experiment down now, and ",
                rx.el.a("publish a second design", href="/studio/paywalls", class_name="link"),
                " before you start it.",
                class_name="notice notice--info",
            ),
            rx.fragment(),
        ),
        rx.el.form(
            _field("name", "Name", required=True, max_length=120),
            _field(
                "hypothesis",
                "What you expect, and why",
                hint="Written down before anybody has seen a number, so that you are surprised later.",
            ),
            *(_variant(place) for place in range(1, MOST_VARIANTS + 1)),
            _count(),
            _field("share", "Share of the visitors, per cent", value="100", narrow=True),
            rx.el.p(
                ExperimentListState.fault,
                id=FAULT_ID,
                tab_index=-1,
                role="alert",
                class_name="field__error",
                custom_attrs={"data-testid": "experiment-fault"},
            ),
            rx.el.div(
                rx.el.button(
                    "Write it down",
                    type="submit",
                    class_name="button button--primary",
                    custom_attrs={"data-testid": "experiment-create"},
                ),
                rx.el.span("Nobody is divided before you start it.", class_name="hint"),
                class_name="button-row",
            ),
            on_submit=ExperimentListState.create,
            class_name="stack",
        ),
        aria_labelledby="new-experiment",
        class_name="studio-panel stack experiment-new",
    )


def _variant(place: int) -> rx.Component:
    letter = "ABCDEF"[place - 1]
    fields = rx.el.fieldset(
        rx.el.legend("Control" if place == 1 else f"Variant {letter}", class_name="visually-hidden"),
        _labelled(
            "Control: its name" if place == 1 else f"Variant {letter}: its name",
            rx.el.input(name=f"name-{place}", default_value=letter, max_length=40, class_name="field__input"),
        ),
        _labelled("Design", _designs(place)),
        _labelled(
            "Weight",
            rx.el.input(
                name=f"weight-{place}", default_value="1", input_mode="numeric", class_name="field__input"
            ),
        ),
        class_name="experiment-new__variant",
    )
    if place <= FEWEST_VARIANTS:
        return fields
    return rx.cond(ExperimentListState.shown >= place, fields, rx.fragment())


def _labelled(label: str, control: rx.Component) -> rx.Component:
    return rx.el.label(rx.el.span(label, class_name="field__label"), control, class_name="field")


def _designs(place: int) -> rx.Component:
    return rx.el.select(
        rx.el.option("Choose a design", value=""),
        rx.foreach(ExperimentListState.designs, _choice),
        name=f"design-{place}",
        required=True,
        class_name="field__input",
        custom_attrs={"data-testid": "experiment-design"},
    )


def _choice(design: rx.Var[DesignChoice]) -> rx.Component:
    return rx.el.option(design.name, value=design.slug)


def _count() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ExperimentListState.shown < MOST_VARIANTS,
            rx.el.button(
                "Add a variant",
                type="button",
                on_click=ExperimentListState.more,
                class_name="button button--quiet",
            ),
            rx.fragment(),
        ),
        rx.cond(
            ExperimentListState.shown > FEWEST_VARIANTS,
            rx.el.button(
                "Remove the last variant",
                type="button",
                on_click=ExperimentListState.fewer,
                class_name="button button--quiet",
            ),
            rx.fragment(),
        ),
        class_name="button-row",
    )


def _field(
    name: str,
    label: str,
    *,
    value: str = "",
    hint: str = "",
    narrow: bool = False,
    required: bool = False,
    max_length: int = 2000,
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"experiment-{name}", class_name="field__label"),
        rx.el.input(
            id=f"experiment-{name}",
            name=name,
            default_value=value,
            required=required,
            max_length=max_length,
            auto_complete="off",
            class_name="field__input",
        ),
        rx.el.p(hint, class_name="field__hint") if hint else rx.fragment(),
        class_name="field field--narrow" if narrow else "field",
    )
