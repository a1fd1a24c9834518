"""The open flow: its head, and its steps as a list or as a diagram."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.flows.state import CHOSEN_ID, STEP_ID, FlowsState
from klarna_shop.ui.studio.flows.views import PATH, Part, StepRow


def open_flow() -> rx.Component:
    """The flow that the address names, or what to do."""
    return rx.el.section(
        rx.cond(
            FlowsState.missing,
            rx.el.p(
                "Nothing is known of this purchase (any more).",
                role="status",
                class_name="notice notice--info",
            ),
            rx.cond(FlowsState.steps.length() > 0, _flow(), _nothing_open()),
        ),
        id=CHOSEN_ID,
        aria_label="Flow",
        class_name="flows__flow",
    )


def _nothing_open() -> rx.Component:
    return rx.el.p(
        rx.cond(
            FlowsState.follows_browser,
            "Buy something in this browser: the purchase opens here as soon as it begins.",
            "Choose a purchase to see each of its steps.",
        ),
        class_name="hint",
        role="status",
    )


def _flow() -> rx.Component:
    return rx.el.div(
        rx.el.a("All purchases", href=PATH, class_name="link flow__back"),
        rx.el.div(
            rx.el.h2(
                "Purchase ",
                rx.el.code(FlowsState.chosen.purchase_id, class_name="flow__id"),
                class_name="studio-panel__title",
            ),
            rx.el.p(
                rx.el.span(FlowsState.chosen.state, class_name="badge badge--" + FlowsState.chosen.tone),
                " ",
                FlowsState.chosen.told,
            ),
        ),
        _tools(),
        rx.el.p(FlowsState.message, role="status", class_name="hint"),
        rx.cond(FlowsState.earlier > 0, _earlier(), rx.fragment()),
        rx.cond(
            FlowsState.drawn,
            rx.el.div(
                rx.html(FlowsState.diagram),
                tab_index=0,
                role="region",
                aria_label="Sequence diagram",
                class_name="flow__diagram",
            ),
            rx.el.ol(rx.foreach(FlowsState.steps, _step), class_name="flow__steps"),
        ),
        class_name="stack",
    )


def _earlier() -> rx.Component:
    return rx.el.button(
        FlowsState.earlier,
        rx.cond(FlowsState.earlier == 1, " earlier step of this browser", " earlier steps of this browser"),
        type="button",
        on_click=FlowsState.show_earlier,
        aria_expanded=FlowsState.with_earlier,
        class_name="flow__earlier",
        custom_attrs={"data-testid": "flow-earlier"},
    )


def _tools() -> rx.Component:
    return rx.el.div(
        *(
            rx.el.button(
                name,
                type="button",
                on_click=FlowsState.draw(drawn),
                aria_pressed=FlowsState.drawn if drawn else ~FlowsState.drawn,
                class_name="button button--quiet",
                custom_attrs={"data-testid": f"flow-as-{name.lower()}"},
            )
            for name, drawn in (("List", False), ("Sequence", True))
        ),
        rx.el.button(
            "Export JSON",
            type="button",
            on_click=FlowsState.export,
            class_name="button button--quiet",
            custom_attrs={"data-testid": "flow-export"},
        ),
        rx.cond(
            FlowsState.live,
            rx.el.span("Live", class_name="badge badge--success", custom_attrs={"data-testid": "flow-live"}),
            rx.el.button(
                "Follow again",
                type="button",
                on_click=FlowsState.follow,
                class_name="button button--quiet",
            ),
        ),
        class_name="button-row flow__tools",
    )


def _step(step: rx.Var[StepRow]) -> rx.Component:
    chosen = step.key == FlowsState.step.key
    return rx.el.li(
        rx.el.button(
            rx.el.span(step.time, " ", rx.el.small(step.after), class_name="flow-step__time"),
            rx.el.span(step.party_name, class_name="flow-step__party"),
            rx.el.span(
                step.operation,
                rx.cond(step.section != "", rx.el.small(" §", step.section), rx.fragment()),
                rx.cond(step.attempt != "", rx.el.small(" try ", step.attempt), rx.fragment()),
                class_name="flow-step__operation",
            ),
            rx.el.span(step.status, " ", step.error, class_name="flow-step__status"),
            rx.el.span(
                rx.cond(step.milliseconds != "", step.milliseconds + " ms", ""), class_name="flow-step__ms"
            ),
            type="button",
            on_click=FlowsState.choose(step.key),
            aria_expanded=chosen,
            class_name="flow-step__head",
        ),
        rx.cond(chosen, _detail(), rx.fragment()),
        class_name=rx.cond(step.failed, "flow-step flow-step--failed", "flow-step")
        + rx.cond(step.before, " flow-step--before", ""),
        custom_attrs={
            "data-testid": rx.cond(step.call, "flow-call", "flow-step"),
            "data-party": step.party,
            "data-operation": step.operation,
            "data-status": step.status,
            "data-ms": step.milliseconds,
        },
    )


def _detail() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.a("Permanent link", href=FlowsState.step.address, class_name="link"),
            rx.cond(
                FlowsState.step.curl != "",
                rx.el.button(
                    "Copy as curl",
                    type="button",
                    # Compiled into the page: the browser itself copies, and the server is told that it has.
                    on_click=[rx.set_clipboard(FlowsState.step.curl), FlowsState.copied],
                    class_name="button button--secondary",
                    custom_attrs={"data-testid": "flow-curl"},
                ),
                rx.fragment(),
            ),
            class_name="button-row",
        ),
        rx.cond(
            FlowsState.step.parts.length() > 0,
            rx.foreach(FlowsState.step.parts, _part),
            rx.el.p("Nothing more is kept of this step.", class_name="hint"),
        ),
        rx.cond(
            FlowsState.step.curl != "",
            rx.el.details(
                rx.el.summary("As curl"),
                rx.el.pre(FlowsState.step.curl, tab_index=0, class_name="flow__text"),
            ),
            rx.fragment(),
        ),
        id=STEP_ID,
        tab_index=-1,
        class_name="flow-step__detail stack",
    )


def _part(part: rx.Var[Part]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(part.name, class_name="flow__part"),
        rx.el.pre(part.text, tab_index=0, class_name="flow__text"),
    )
