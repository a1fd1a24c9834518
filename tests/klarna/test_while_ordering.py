"""From the press to the confirmation: where the focus is, and what is said while the order is placed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.klarna.test_payment_component import (
    ClientToken,
    Mount,
    button,
    calls,
    choose,
    give,
    heard,
    message,
    step,
)

pytestmark = pytest.mark.browser


def test_the_focus_stays_with_what_is_said_while_the_order_is_placed(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token())
    expect(button(page)).to_be_enabled()
    button(page).focus()
    page.keyboard.press("Enter")
    choose(page, "approve")
    heard(page, "onAuthorized")
    expect(message(page)).to_be_focused()
    give(page, acknowledged="first")
    step(page, "placing")
    expect(message(page)).to_be_focused()
    expect(button(page)).to_be_disabled()
    page.keyboard.press("Enter")
    assert len(calls(page, "authorize")) == 1


def test_who_has_gone_on_to_something_else_keeps_the_focus_there(
    mount: Mount, client_token: ClientToken
) -> None:
    page = mount(clientToken=client_token("approve"))
    expect(button(page)).to_be_enabled()
    button(page).click()
    page.locator("#before").focus()
    heard(page, "onAuthorized")
    give(page, acknowledged="first")
    step(page, "placing")
    page.wait_for_timeout(1_200)  # longer than the component looks after the focus
    expect(page.locator("#before")).to_be_focused()


def test_an_order_that_takes_longer_than_usual_says_so(mount: Mount, client_token: ClientToken) -> None:
    page = mount(clientToken=client_token("approve"), delayedMs=400)
    button(page).click()
    heard(page, "onAuthorized")
    give(page, acknowledged="first")
    expect(message(page)).to_have_text("Placing the order")
    expect(message(page)).to_have_text("Longer than usual")
    expect(button(page)).to_be_disabled()
    give(page, clientToken=client_token(), sessionFingerprint="second")
    expect(button(page)).to_be_enabled()
    expect(message(page)).to_have_text("")
