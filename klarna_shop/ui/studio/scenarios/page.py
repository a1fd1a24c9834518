"""The list of scenarios below the time machine."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.scenarios import SCENARIOS, Group, Scenario
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.studio.scenarios.state import MESSAGE_ID, ScenariosState, start_of
from klarna_shop.ui.studio.scenarios.time_machine import time_machine


def scenarios_page() -> rx.Component:
    """Time machine, what is on, and every scenario by its place in a purchase."""
    return rx.el.div(
        time_machine(),
        _switched_on(),
        *(_group(group) for group in Group),
        class_name="stack stack--loose",
    )


def _switched_on() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Provoke an outcome", class_name="studio-panel__title"),
        rx.el.p(
            "A scenario is on for this browser alone, until it has happened. Switching one on takes the"
            " place of another.",
            class_name="hint",
        ),
        rx.cond(
            ScenariosState.on.length() > 0,
            rx.el.div(
                rx.el.p(
                    "On in this browser: ",
                    rx.el.strong(ScenariosState.on.join(", ")),
                    custom_attrs={"data-testid": "scenarios-on"},
                ),
                rx.el.button(
                    "Switch off",
                    type="button",
                    on_click=ScenariosState.switch_off,
                    class_name="button button--secondary",
                    custom_attrs={"data-testid": "scenarios-off"},
                ),
                class_name="notice notice--warning stack",
            ),
            rx.fragment(),
        ),
        rx.el.p(ScenariosState.message, id=MESSAGE_ID, tab_index=-1, role="status"),
        class_name="stack",
    )


def _group(group: Group) -> rx.Component:
    identity = f"group-{group.name.lower()}"
    return rx.el.section(
        rx.el.h2(group.value, id=identity, class_name="studio-panel__title"),
        rx.el.ul(
            *(_scenario(scenario) for scenario in SCENARIOS if scenario.group is group),
            class_name="scenarios",
        ),
        aria_labelledby=identity,
        class_name="stack",
    )


def _scenario(scenario: Scenario) -> rx.Component:
    return rx.el.li(
        rx.el.h3(scenario.name, class_name="scenario__name"),
        rx.el.p(scenario.simulates),
        rx.el.p(rx.el.strong("The reader should see: "), scenario.expects),
        rx.el.p(scenario.section, class_name="hint"),
        _walk(scenario) if scenario.orders else _sign_in(scenario),
        class_name=rx.cond(ScenariosState.on.contains(scenario.code), "scenario scenario--on", "scenario"),
    )


def _walk(scenario: Scenario) -> rx.Component:
    return rx.el.button(
        "Switch on and walk there",
        rx.el.span(f": {scenario.name}", class_name="visually-hidden"),
        type="button",
        on_click=ScenariosState.walk(scenario.code),
        class_name="button button--secondary",
        custom_attrs={"data-testid": "scenario-option", "data-scenario": scenario.code},
    )


def _sign_in(scenario: Scenario) -> rx.Component:
    """A demo customer is a scenario by themselves: signing in is a form that the browser sends."""
    customers = {customer.email: customer for customer in current_shop().demo_customers}
    customer = customers[scenario.customer]
    hidden = {
        "email": customer.email,
        "password": customer.password,
        "next": start_of(scenario, signed_in=True),
        "language": "sv",
    }
    return plain_form(
        *(rx.el.input(type="hidden", name=name, value=value) for name, value in hidden.items()),
        rx.el.button(
            f"Sign in as {customer.name}",
            type="submit",
            class_name="button button--secondary",
            custom_attrs={"data-testid": "scenario-option", "data-scenario": scenario.code},
        ),
        action="/auth/sign-in",
        method="post",
    )
