"""The Reflex component around Klarna's browser SDK: the payment widget and the order button, as one.

Only `ui` imports it. The rules it keeps (W1 to W16) are in the reference of Klarna's SDK, section 7:

* `payment.py`: the component's props and events, and the types of what the events carry;
* `klarna_payment.jsx`: what it renders; `payment_flow.js`: one payment in one container;
* `payment_steps.js`: the state machine, pure; `sdk_calls.js`: the only place that knows `window.Klarna`.
"""

from klarna_shop.klarna.payment import (
    Authorized,
    Failed,
    InvalidFields,
    KlarnaPayment,
    Outcome,
    PaymentTexts,
    Ready,
    SdkAnswer,
    Unavailable,
    klarna_payment,
)

__all__ = [
    "Authorized",
    "Failed",
    "InvalidFields",
    "KlarnaPayment",
    "Outcome",
    "PaymentTexts",
    "Ready",
    "SdkAnswer",
    "Unavailable",
    "klarna_payment",
]
