"""The switches at hand in the shop itself, in a small frame: who reads, and how the next purchase ends."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import DemoCustomer
from klarna_shop.shop.scenarios import SCENARIOS, Group, Scenario
from klarna_shop.ui.plain_form import plain_form
from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.reader_state import ReaderState
from klarna_shop.ui.studio.scenarios.state import MESSAGE_ID, ScenariosState

WHOLE_WINDOW = {"target": "_top"}
"""What is pressed here changes the page around the frame."""


def switches_page() -> rx.Component:
    """Both switches, and the way to all scenarios."""
    return rx.el.div(_outcomes(), _readers(), class_name="switches")


def _readers() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Read as", id="switch-readers", class_name="switches__title"),
        rx.el.ul(
            *(rx.el.li(_customer(one)) for one in current_shop().demo_customers),
            rx.cond(ReaderState.signed_in, rx.el.li(_nobody()), rx.fragment()),
            class_name="switches__readers",
        ),
        aria_labelledby="switch-readers",
    )


def _customer(customer: DemoCustomer) -> rx.Component:
    return _form(
        "/auth/sign-in",
        {"email": customer.email, "password": customer.password},
        rx.el.button(
            rx.el.strong(customer.name),
            rx.el.span(customer.purposes["en"], class_name="switches__purpose"),
            type="submit",
            class_name="switches__reader",
            custom_attrs={"data-testid": "switch-reader", "data-email": customer.email},
        ),
    )


def _nobody() -> rx.Component:
    return _form(
        "/auth/sign-out",
        {},
        rx.el.button(
            rx.el.strong("Nobody"),
            rx.el.span("Sign out", class_name="switches__purpose"),
            type="submit",
            class_name="switches__reader",
            custom_attrs={"data-testid": "switch-reader", "data-email": ""},
        ),
    )


def _form(action: str, hidden: dict[str, str], button: rx.Component) -> rx.Component:
    return plain_form(
        *(rx.el.input(type="hidden", name=name, value=value) for name, value in hidden.items()),
        rx.el.input(type="hidden", name="next", value=ScenariosState.beside),
        button,
        action=action,
        method="post",
        custom_attrs=WHOLE_WINDOW,
    )


def _outcomes() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Let it end with", id="switch-outcomes", class_name="switches__title"),
        rx.el.form(
            rx.el.select(
                rx.el.option("Whatever comes", value=""),
                *(_group(group) for group in Group),
                name="code",
                value=ScenariosState.chosen,
                on_change=ScenariosState.choose,
                aria_labelledby="switch-outcomes",
                class_name="field__input",
                custom_attrs={"data-testid": "switch-outcome"},
            ),
        ),
        rx.el.p(
            rx.cond(ScenariosState.expects != "", rx.el.strong("The reader should see: "), rx.fragment()),
            ScenariosState.expects,
            class_name="hint",
        ),
        rx.el.p(ScenariosState.message, id=MESSAGE_ID, tab_index=-1, role="status"),
        rx.el.p(
            PlainLink.create(
                "All scenarios and the time machine", href="/studio/scenarios", custom_attrs=WHOLE_WINDOW
            ),
        ),
        aria_labelledby="switch-outcomes",
    )


def _group(group: Group) -> rx.Component:
    within = [one for one in SCENARIOS if one.group is group and one.orders]
    return rx.el.optgroup(*map(_option, within), label=group.value) if within else rx.fragment()


def _option(scenario: Scenario) -> rx.Component:
    return rx.el.option(scenario.name, value=scenario.code)
