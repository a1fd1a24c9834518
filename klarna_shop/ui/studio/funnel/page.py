"""The page: the filter, the steps, why people left, groups, and how it is counted."""

from __future__ import annotations

from typing import Any

import reflex as rx

from klarna_shop.settings import load_settings
from klarna_shop.ui.studio.funnel.form import filter_form
from klarna_shop.ui.studio.funnel.state import STATUS_ID, FunnelState
from klarna_shop.ui.studio.funnel.views import GroupRow, LeftRow, StepRow, group_heads
from klarna_shop.ui.studio.simulation import simulated_readers, simulation_events
from klarna_shop.ui.studio.spreadsheets import SpreadsheetFormat

_STYLES = (str(rx.asset("styles/studio-experiments.css")), str(rx.asset("styles/studio-funnel.css")))
_COPY_LINK = "navigator.clipboard.writeText(location.href)"


def funnel_events() -> tuple[Any, ...]:
    """What happens when the page is opened."""
    return (FunnelState.show, *simulation_events())


def funnel_page() -> rx.Component:
    """The room."""
    is_sandbox = load_settings().is_sandbox
    return rx.fragment(
        # With a precedence React puts them into the head, and no other page loads them.
        *(
            rx.el.link(rel="stylesheet", href=sheet, custom_attrs={"precedence": "studio"})
            for sheet in _STYLES
        ),
        rx.el.div(
            rx.el.p(
                "Of the visitors who saw a wall, how many went on, step by step. A visitor counts at a step"
                " who has taken every step before it, in this order and in this period.",
                class_name="hint",
            ),
            rx.el.details(
                rx.el.summary(
                    "Filter: ",
                    FunnelState.period,
                    rx.cond(
                        FunnelState.simulated,
                        rx.el.span("Simulated readers", class_name="badge badge--warning"),
                        rx.fragment(),
                    ),
                    class_name="funnel-filter__head",
                    custom_attrs={"data-testid": "funnel-filter"},
                ),
                filter_form(with_simulated=is_sandbox),
                open=True,
            ),
            _tools(),
            rx.cond(
                FunnelState.known,
                rx.fragment(
                    rx.cond(FunnelState.total > 0, rx.fragment(), _nobody(is_sandbox)),
                    _steps(),
                    rx.cond(FunnelState.by != "", _groups(), rx.fragment()),
                    rx.cond(FunnelState.total > 0, _leaving(), rx.fragment()),
                ),
                rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
            ),
            _method(),
            class_name="stack stack--loose experiments-room",
        ),
        simulated_readers(FunnelState.count_again),
    )


def _tools() -> rx.Component:
    return rx.el.div(
        _download("Download CSV", SpreadsheetFormat.SWEDISH_CSV, "funnel-export"),
        _download("Download Excel", SpreadsheetFormat.XLSX, "funnel-export-xlsx"),
        _download("CSV with commas", SpreadsheetFormat.PLAIN_CSV, "funnel-export-plain"),
        rx.el.button(
            "Copy the link",
            type="button",
            on_click=[rx.run_script(_COPY_LINK), FunnelState.copied],
            class_name="button button--quiet",
        ),
        rx.el.button(
            "Count again", type="button", on_click=FunnelState.count_again, class_name="button button--quiet"
        ),
        rx.el.p(FunnelState.message, id=STATUS_ID, tab_index=-1, role="status"),
        class_name="button-row",
    )


def _download(words: str, kind: SpreadsheetFormat, testid: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        on_click=FunnelState.export(kind.value),
        class_name="button button--secondary",
        custom_attrs={"data-testid": testid},
    )


def _nobody(is_sandbox: bool) -> rx.Component:
    return rx.el.div(
        rx.el.p("Nobody of this filter has seen a wall in this period."),
        rx.el.p(
            "Readers are measured once they have agreed to it, and a wall counts when half of it was in view"
            " for a second."
        ),
        rx.cond(
            (FunnelState.simulated_walls > 0) & ~FunnelState.simulated,
            rx.el.p(
                rx.el.a("Look at the simulated readers", href=FunnelState.to_simulated, class_name="link"),
                " who came in this period.",
            ),
            rx.el.p("Below you can simulate readers.") if is_sandbox else rx.fragment(),
        ),
        class_name="notice notice--info",
        custom_attrs={"data-testid": "funnel-nobody"},
    )


def _steps() -> rx.Component:
    compares = FunnelState.compare
    return _framed(
        "Steps",
        rx.el.thead(
            rx.el.tr(
                rx.el.th("Step", scope="col"),
                rx.el.th("", scope="col", class_name="funnel__bar-head", aria_hidden="true"),
                rx.el.th("Visitors", scope="col"),
                rx.el.th("Of the step before", scope="col"),
                rx.el.th("Of all", scope="col"),
                rx.el.th("Time, half of them", scope="col"),
                rx.el.th("Nine of ten", scope="col"),
                rx.cond(compares, rx.el.th("Period before", scope="col"), rx.fragment()),
                rx.cond(compares, rx.el.th("Change of the share", scope="col"), rx.fragment()),
            )
        ),
        rx.el.tbody(rx.foreach(FunnelState.steps, _step)),
        below=rx.el.p(FunnelState.beside, class_name="hint"),
    )


def _step(row: rx.Var[StepRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, scope="row"),
        rx.el.td(
            rx.el.span(class_name="funnel__bar", style={"width": row.width}),
            class_name="funnel__bar-cell",
            aria_hidden="true",
        ),
        rx.el.td(row.visitors),
        rx.el.td(row.of_before),
        rx.el.td(row.of_first),
        rx.el.td(row.median),
        rx.el.td(row.ninth_decile),
        rx.cond(FunnelState.compare, rx.el.td(row.visitors_before), rx.fragment()),
        rx.cond(FunnelState.compare, rx.el.td(row.changed), rx.fragment()),
        custom_attrs={"data-testid": "funnel-step", "data-step": row.step, "data-count": row.count},
    )


def _groups() -> rx.Component:
    return rx.fragment(
        _framed(
            "By " + FunnelState.by_name.lower(),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(FunnelState.by_name, scope="col"),
                    *(rx.el.th(head, scope="col") for head in group_heads()),
                    rx.el.th("Orders a visitor", scope="col"),
                    rx.el.th("", scope="col", class_name="funnel__bar-head", aria_hidden="true"),
                )
            ),
            rx.el.tbody(rx.foreach(FunnelState.groups, _group)),
            below=rx.cond(
                FunnelState.hidden_groups > 0,
                rx.el.p("And ", FunnelState.hidden_groups, " more in the CSV.", class_name="hint"),
                rx.fragment(),
            ),
        ),
    )


def _group(row: rx.Var[GroupRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.cond(
                row.address_value != "",
                rx.el.button(
                    row.value,
                    type="button",
                    title="Look at these alone",
                    on_click=FunnelState.only(row.address_value),
                    class_name="funnel__group",
                ),
                row.value,
            ),
            scope="row",
        ),
        rx.foreach(row.cells, lambda cell: rx.el.td(cell)),
        rx.el.td(row.rate),
        rx.el.td(
            rx.el.span(class_name="funnel__bar", style={"width": row.width}),
            class_name="funnel__bar-cell",
            aria_hidden="true",
        ),
        custom_attrs={"data-testid": "funnel-group", "data-value": row.address_value},
    )


def _leaving() -> rx.Component:
    return _framed(
        "Why they left",
        rx.el.thead(
            rx.el.tr(
                rx.el.th("After", scope="col"),
                rx.el.th("What is known of why", scope="col", class_name="funnel__why"),
                rx.el.th("Visitors", scope="col"),
                rx.el.th("Of who left here", scope="col"),
            )
        ),
        rx.foreach(FunnelState.steps, _left),
    )


def _left(step: rx.Var[StepRow]) -> rx.Component:
    return rx.el.tbody(
        rx.foreach(step.reasons, lambda why, place: _why(step, why, place)),
        custom_attrs={"data-testid": "funnel-left", "data-step": step.step},
    )


def _why(step: rx.Var[StepRow], why: rx.Var[LeftRow], place: rx.Var[int]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.cond(place == 0, step.name, rx.el.span(step.name, class_name="visually-hidden")),
            scope="row",
        ),
        rx.el.td(why.why, class_name="funnel__why"),
        rx.el.td(why.visitors),
        rx.el.td(why.share),
    )


def _framed(
    title: str | rx.Var[str], *table: rx.Component, below: rx.Component | None = None
) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="studio-panel__title"),
        rx.el.div(
            rx.el.table(*table, class_name="figures"),
            class_name="figures-frame",
            tab_index=0,
            role="region",
            aria_label=title,
        ),
        below if below is not None else rx.fragment(),
        class_name="stack",
    )


def _method() -> rx.Component:
    return rx.el.details(
        rx.el.summary("How it is counted"),
        rx.el.ul(
            rx.el.li(
                "A visitor is a browser whose reader agreed to being measured. Previews, known crawlers and"
                " browsers with a studio login are left out."
            ),
            rx.el.li(
                "Each visitor counts once: from the first wall of the period that the filter lets through,"
                " then the first event of each next step at or after the step before. So no step can have"
                " more visitors than the one before it."
            ),
            rx.el.li(
                "Sessions, approvals, orders and confirmations are written with the ledger’s own changes: an"
                " order is in the funnel if and only if it is in the ledger."
            ),
            rx.el.li(
                "Groups are those of that first wall, so that they add up; the offer is the one chosen last."
            ),
            rx.el.li(
                "Why somebody left is the last thing that told of it since their last step: a dismissed"
                " wall, a closed window, a code of the checkout. Most just go."
            ),
            class_name="funnel__method",
        ),
    )
