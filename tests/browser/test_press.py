"""A press that needs the server is seen to be taken before the server has answered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import Visit
from tests.browser.steps import choose, hook

pytestmark = pytest.mark.browser

_LOOK = """(button) => button.getAnimations().filter((look) => look.id === "pressed").map(
    (look) => look.playState + ", " + getComputedStyle(button).opacity)"""


def _deaf(page: Page) -> list[bool]:
    """Whether what the server says is kept from the page, from now on to be set."""
    deaf = [False]

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda message: None if deaf[0] else socket.send(message))

    page.route_web_socket(re.compile("/_event"), between)
    return deaf


@pytest.mark.parametrize("key", [None, "Enter"])
def test_the_button_looks_pressed_until_the_server_has_its_say(visit: Visit, key: str | None) -> None:
    page = visit("/terms")
    deaf = _deaf(page)
    page.goto("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    choose(page)
    button = hook(page, "package-continue")
    assert button.evaluate(_LOOK) == []
    deaf[0] = True
    if key:
        button.press(key)
    else:
        button.click()
    assert button.evaluate(_LOOK) == ["running, 0.6"]
    page.evaluate("document.querySelector('main').append('news')")
    assert button.evaluate(_LOOK) == []


def test_a_button_that_may_not_be_pressed_does_not_look_pressed(visit: Visit) -> None:
    page = visit("/packages")
    expect(hook(page, "package-option").first).to_be_visible()
    button = hook(page, "package-continue")
    button.evaluate("(button) => { button.ariaDisabled = 'true'; button.click() }")
    assert button.evaluate(_LOOK) == []
