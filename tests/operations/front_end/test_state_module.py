"""Reflex's client module as it is after the changes: its token, its socket and the socket's address."""

from __future__ import annotations

import pytest
from reflex_base.config import get_config

from klarna_shop.operations.front_end.change import ChangesPlugin
from tests.operations.front_end.original import original

FILE = "utils/state.js"


@pytest.fixture
def module() -> str:
    source = original(FILE)
    for plugin in get_config().plugins:
        for change in plugin.changes if isinstance(plugin, ChangesPlugin) else ():
            if change.file == FILE:
                source = change(source)
    return source


def test_a_framed_page_touches_no_shared_token(module: str) -> None:
    lines = module.splitlines()
    touching = [
        number for number, line in enumerate(lines) if "sessionStorage" in line and "TOKEN_KEY" in line
    ]
    assert touching
    for number in touching:
        assert any("isFramed()" in line for line in lines[max(number - 7, 0) : number + 1]), lines[number]


def test_neither_evaluating_nor_mounting_opens_the_socket(module: str) -> None:
    assert "queueMicrotask" not in module
    assert "    mounted.current = true;\n    setTimeout(ensureSocketConnected);\n" in module


def test_host_and_port_of_the_socket_are_the_pages_own(module: str) -> None:
    assert module.count("endpoint.port = window.location.port;") == 1
    assert 'endpoint.port = "";' not in module
