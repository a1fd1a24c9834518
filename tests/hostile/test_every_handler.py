"""Every event handler, called by a stranger with what nobody would send."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
import reflex as rx
from reflex.utils import format as names

from klarna_shop.operations.attack_surface.document import entries
from tests.hostile.unchanged import nothing_changes
from tests.served import ServedShop
from tests.socket.client import browsing

pytestmark = pytest.mark.socket

NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**400,
    "",
    "'; DROP TABLE purchase; --",
    "x" * 20_000,
    "\x00\x1b[2J\r\nSet-Cookie: a=b",
    [],
    [[[[[]]]]],
    {},
    {"__proto__": {"signed_in": True}, "constructor": {"prototype": {}}, "__class__": "Reader"},
    {"email": {"$ne": ""}, "offer": ["digital|x"], "name": 5, "slug": "../../etc/passwd"},
)
PATHS = ("/", "/checkout?purchase=" + "a" * 32, "/studio/paywalls?design=standard")


def _handlers() -> dict[str, list[str]]:
    """Full names of all handlers with the names of what they take."""
    found = {}
    for name, entry in entries()["states"].items():
        module, _, class_name = name.rpartition(".")
        state: type[rx.State] = getattr(importlib.import_module(module), class_name)
        for handler in entry["handlers"]:
            taken = inspect.signature(state.event_handlers[handler].fn).parameters
            found[f"{state.get_full_name()}.{handler}"] = [one for one in taken if one != "self"]
    return found


HANDLERS = _handlers()
STATES = sorted({name.rpartition(".")[0] for name in HANDLERS})


@pytest.mark.parametrize(
    "state", STATES, ids=[names.to_snake_case(one.rpartition("____")[2]) for one in STATES]
)
async def test_a_stranger_changes_nothing_with_it(target: ServedShop, state: str) -> None:
    with nothing_changes(target):
        async with browsing(target.url) as stranger:
            for name, taken in HANDLERS.items():
                if name.rpartition(".")[0] != state:
                    continue
                for number, nonsense in enumerate(NONSENSE):
                    payload = dict.fromkeys(taken, nonsense) if taken else nonsense
                    await stranger.send(name, payload, PATHS[number % len(PATHS)])
                await stranger.send(name, {"no_such_argument": 1})
            await stranger.settle()
            assert stranger.is_connected
            assert not stranger.downloads or "personal_data" in state
