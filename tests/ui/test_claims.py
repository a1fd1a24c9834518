"""A press is claimed while it is answered: no second one meanwhile, and no longer than that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.account.state import AccountState
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.withdrawal import WithdrawalState
from tests.house import Line
from tests.ui.background import InBackground

SUBSCRIBER = "karin.oberg@demo.example"
SOMEBODY_ELSE = "astrid.lundmark@demo.example"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


async def _enter(root: rx.State, house: House, email: str, path: str) -> None:
    signed_in = await house.shop.identities.sign_in(email, "demo1234", user_agent="x", reader=Reader())
    root.router = RouterData.from_router_data(
        {"headers": {"cookie": f"session={signed_in.cookie_token}"}, "asPath": path, "pathname": path}
    )


@pytest.fixture
async def root(house: House) -> rx.State:
    root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]  # how Reflex itself makes one
    await _enter(root, house, SUBSCRIBER, "/withdraw")
    return root


async def _run(state: Any, name: str, *arguments: object) -> None:
    running = type(state.state).event_handlers[name].fn(state, *arguments)
    if isinstance(running, AsyncIterator):
        async for _ in running:
            pass
    else:
        await running


def test_a_claim_counts_while_it_is_held_and_on_what_it_was_made() -> None:
    with Claim() as claim:
        mark = claim.on("one: with a colon")
        assert is_held(mark)
        assert is_held(mark, "one: with a colon")
        assert not is_held(mark, "another")
        assert not is_held("")
    assert not is_held(mark)
    with Claim() as later:
        assert not is_held(mark, "one: with a colon")
        assert later.on("x") != Claim().on("x")


def test_it_ends_with_a_failure_too() -> None:
    claim = Claim()
    with pytest.raises(RuntimeError), claim:
        raise RuntimeError
    assert not is_held(claim.on("x"))


@pytest.mark.parametrize(("state_class", "claimed"), [(AccountState, "some-id"), (WithdrawalState, True)])
async def test_what_nobody_does_any_more_keeps_nobody_from_beginning_anew(
    root: rx.State, state_class: type[rx.State], claimed: object
) -> None:
    """With Redis a tab's state outlives the worker that was answering a press."""
    state: Any = InBackground(await root.get_state(state_class))
    state.working, state._claimed = claimed, "a process that has died:some-id"
    await _run(state, "show")
    assert not state.working
    assert state.status in {"ready", "choose"}


async def test_a_late_answer_is_not_shown_to_who_came_meanwhile(
    root: rx.State, house: House, line: Line
) -> None:
    state: Any = InBackground(await root.get_state(WithdrawalState))
    await _run(state, "show")
    [mine, *_] = [one.order_id for one in state.contracts]
    answer = asyncio.Event()
    line.hold = answer
    starting = asyncio.create_task(_run(state, "start", {"contract": mine}))
    while not line.held:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    line.hold = None
    await _enter(root, house, SOMEBODY_ELSE, "/withdraw")
    await _run(state, "show")
    shown = (state.status, state.contracts, state.name, state.email)
    answer.set()
    await starting
    assert (state.status, state.contracts, state.name, state.email) == shown
    assert mine not in str(shown)
    assert state.chosen.order_id == ""
    assert not state.working
