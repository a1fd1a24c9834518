"""The list, and below it the templates."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.paywalls.templates import Template, templates
from klarna_shop.ui.studio.paywalls.editor.standing import standing_badge
from klarna_shop.ui.studio.paywalls.editor.words import choice_label
from klarna_shop.ui.studio.paywalls.listing.sketch import sketch
from klarna_shop.ui.studio.paywalls.listing.state import NOTICE_ID, DesignRow, PaywallListState


def listing(*more: rx.Component) -> rx.Component:
    """Every design, and the ways to a new one."""
    return rx.el.div(
        rx.el.p(PaywallListState.message, id=NOTICE_ID, tab_index=-1, role="status"),
        rx.el.section(
            rx.el.p(
                "Readers meet the first of these that is in force and for them: the highest priority first,"
                " the standard design wherever no other matches.",
                class_name="hint",
            ),
            rx.cond(
                PaywallListState.known,
                rx.el.ul(rx.foreach(PaywallListState.rows, _row), class_name="designs"),
                rx.el.div(class_name="skeleton skeleton--summary", aria_busy="true"),
            ),
            aria_label="Designs",
            class_name="stack",
        ),
        rx.el.section(
            rx.el.h2("Start a new design", id="templates-title", class_name="studio-panel__title"),
            rx.el.p(
                "Each is whole and can be published as it is; nothing is in force before that.",
                class_name="hint",
            ),
            rx.el.ul(*(_template(one) for one in templates()), class_name="templates"),
            aria_labelledby="templates-title",
            class_name="stack",
        ),
        *more,
        class_name="stack stack--loose",
    )


def _row(row: rx.Var[DesignRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(
                rx.el.a(
                    row.name,
                    href=row.address,
                    class_name="design-row__edit",
                    custom_attrs={"data-testid": "studio-paywall-edit"},
                ),
                class_name="design-row__name",
            ),
            rx.el.p(row.purpose, class_name="design-row__purpose"),
            rx.el.p(
                standing_badge(row.status),
                rx.el.span(row.model),
                rx.el.span(row.layout),
                rx.el.span("Priority ", row.priority),
                rx.el.span(row.changed),
                rx.el.code(row.slug),
                class_name="design-row__facts",
            ),
        ),
        rx.cond(
            PaywallListState.asking == row.slug,
            _question(row),
            rx.el.div(
                rx.el.button(
                    "Duplicate",
                    rx.el.span(": ", row.name, class_name="visually-hidden"),
                    type="button",
                    on_click=PaywallListState.duplicate(row.slug),
                    class_name="button button--quiet",
                ),
                rx.cond(
                    row.is_standard,
                    rx.fragment(),
                    rx.el.button(
                        "Delete",
                        rx.el.span(": ", row.name, class_name="visually-hidden"),
                        type="button",
                        on_click=PaywallListState.ask(row.slug),
                        class_name="button button--quiet",
                    ),
                ),
                class_name="design-row__tools",
            ),
        ),
        class_name="design-row",
        custom_attrs={
            "data-testid": "studio-paywall-row",
            "data-slug": row.slug,
            "data-status": row.status,
        },
    )


def _question(row: rx.Var[DesignRow]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(
                row.status == "draft",
                "Delete this design?",
                "Delete this design? It is in force: its readers meet the next one that is for them.",
            )
        ),
        rx.el.div(
            rx.el.button(
                "Delete it",
                type="button",
                on_click=PaywallListState.delete(row.slug),
                class_name="button button--danger",
            ),
            rx.el.button(
                "Keep it",
                type="button",
                on_click=PaywallListState.ask(""),
                class_name="button button--quiet",
            ),
            class_name="button-row",
        ),
        role="alert",
        class_name="design-row__question",
    )


def _template(template: Template) -> rx.Component:
    design = template.design
    return rx.el.li(
        sketch(design),
        rx.el.h3(design.name, class_name="template__name"),
        rx.el.p(design.purpose),
        rx.el.p(
            rx.el.span(choice_label(design.access.model.value), class_name="badge"),
            rx.el.span(choice_label(design.layout.value), class_name="badge"),
            class_name="template__facts",
        ),
        rx.el.button(
            "Start from this",
            rx.el.span(f": {design.name}", class_name="visually-hidden"),
            type="button",
            on_click=PaywallListState.start(template.key),
            class_name="button button--secondary",
            custom_attrs={"data-testid": "template-start", "data-template": template.key},
        ),
        class_name="template",
    )
