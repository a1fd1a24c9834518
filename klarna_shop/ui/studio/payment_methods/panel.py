"""The panel, which is there only while there is something to say."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.studio.payment_methods.state import PaymentMethodsState


def payment_methods_panel() -> rx.Component:
    """Notices about payment methods, and the button that forgets them."""
    return rx.cond(
        PaymentMethodsState.notices.length() > 0,
        rx.el.section(
            rx.el.h2("Payment methods", id="payment-methods-title", class_name="studio-panel__title"),
            rx.el.ul(
                rx.foreach(PaymentMethodsState.notices, lambda notice: rx.el.li(notice)),
                class_name="notice notice--warning",
                custom_attrs={"data-testid": "studio-payment-methods"},
            ),
            rx.cond(
                PaymentMethodsState.can_forget,
                rx.el.div(
                    rx.el.button(
                        "Try again now",
                        type="button",
                        on_click=PaymentMethodsState.forget,
                        class_name="button button--secondary",
                        custom_attrs={"data-testid": "studio-payment-methods-forget"},
                    ),
                    rx.el.p(
                        "After a change at Klarna: the shop then asks Klarna again with the next purchase."
                        " Each worker of the shop learns and forgets for itself; this is one of them.",
                        class_name="hint",
                    ),
                    class_name="stack",
                ),
                rx.fragment(),
            ),
            aria_labelledby="payment-methods-title",
            class_name="studio-panel stack",
        ),
        rx.fragment(),
    )
