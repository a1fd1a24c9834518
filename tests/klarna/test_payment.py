"""The Python side of the payment component: what a page can set and hear."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex as rx

from klarna_shop.klarna import KlarnaPayment, PaymentTexts, klarna_payment, payment

EVENTS = {
    "on_ready",
    "on_unavailable",
    "on_hidden",
    "on_authorize_started",
    "on_authorized",
    "on_aborted",
    "on_invalid_fields",
    "on_refused",
    "on_late",
    "on_error",
}


def test_a_page_hears_every_outcome() -> None:
    assert set(KlarnaPayment.get_event_triggers()) >= EVENTS


def test_handlers_reach_the_browser_under_the_names_the_component_calls() -> None:
    rendered = str(klarna_payment(**{name: rx.console_log("heard") for name in EVENTS}))
    called = (Path(payment.__file__).parent / "payment_flow.js").read_text()
    for name in EVENTS:
        property_name = "on" + name.removeprefix("on_").title().replace("_", "")
        assert f"{property_name}:" in rendered
        assert f'"{property_name}"' in called


def test_texts_reach_the_browser_under_their_keys() -> None:
    texts: PaymentTexts = {"button": "Köp", "do_not_close": "Stäng inte sidan"}
    rendered = str(klarna_payment(texts=texts, client_token="token", session_fingerprint="first"))
    assert all(f'["{key}"]' in rendered for key in texts)
    assert 'sessionFingerprint:"first"' in rendered


@pytest.mark.parametrize(
    "module", ["klarna_payment.jsx", "payment_flow.js", "payment_steps.js", "sdk_calls.js"]
)
def test_every_module_of_the_component_reaches_the_bundle(module: str) -> None:
    linked = Path.cwd() / "assets" / "external" / "klarna_shop" / "klarna" / "payment" / module
    assert linked.exists()
