"""Nobody asks Payway while holding a tab's state: it may take half a minute, a lock lasts for ten seconds.

A foreground handler holds the state from its beginning to its end, a background one in its `async with self`.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.operations.attack_surface.document import entries
from klarna_shop.shop.current import install_shop
from klarna_shop.ui.withdrawal import WithdrawalState
from tests.house import Line
from tests.ui.tab import InBackground, new_tab, session_cookie, visit

SUBSCRIBER = "karin.oberg@demo.example"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


def _foreground() -> list[tuple[str, str]]:
    """Handlers of the readers' states that hold the state while they run."""
    found = []
    for name, entry in entries()["states"].items():
        module, _, class_name = name.rpartition(".")
        if ".studio." in module or not module.startswith("klarna_shop."):
            continue
        state: type[rx.State] = getattr(importlib.import_module(module), class_name)
        found += [
            (name, handler)
            for handler in entry["handlers"]
            if not state.event_handlers[handler].is_background
        ]
    return found


FOREGROUND = _foreground()


@pytest.fixture
async def root(house: House) -> rx.State:
    """A tab of a signed-in subscriber's, at an address with everything that a page may ask about."""
    root = new_tab()
    cookie = await session_cookie(house, SUBSCRIBER)
    visit(root, "/withdraw", cookie, purchase="x", receipt="y", **{"from": "z"})
    return root


@pytest.mark.parametrize(
    ("name", "handler"), FOREGROUND, ids=[".".join(one).rpartition("ui.")[2] for one in FOREGROUND]
)
async def test_a_handler_that_holds_the_state_asks_nobody(
    root: rx.State, line: Line, name: str, handler: str
) -> None:
    module, _, class_name = name.rpartition(".")
    cls: type[rx.State] = getattr(importlib.import_module(module), class_name)
    state: Any = await root.get_state(cls)
    function = cls.event_handlers[handler].fn
    taken = list(inspect.signature(function).parameters)[1:]
    line.calls.clear()
    running = function(state, *({"contract": "DEMO-1"} for _ in taken))
    if inspect.isawaitable(running):
        await running
    assert line.calls == []


async def test_the_withdrawal_function_waits_for_payway_without_the_state(root: rx.State, line: Line) -> None:
    state: Any = InBackground(await root.get_state(WithdrawalState))
    line.faults = {"/v1/order": ["silent"]}
    line.calls.clear()
    showing = asyncio.create_task(WithdrawalState.event_handlers["show"].fn(state))
    while not line.calls:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert not state.lock.locked()
    assert not showing.done(), "Payway has not answered yet"
    showing.cancel()
