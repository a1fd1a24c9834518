"""A press is claimed while it is answered: no second one meanwhile, and no longer than that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.ui.account.state import AccountState
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.withdrawal import WithdrawalState
from tests.house import Line
from tests.ui.tab import InBackground, new_tab, run, session_cookie, visit

SUBSCRIBER = "karin.oberg@demo.example"
SOMEBODY_ELSE = "astrid.lundmark@demo.example"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
async def root(house: House) -> rx.State:
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    return root


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
    await run(state, "show")
    assert not state.working
    assert state.status in {"ready", "choose"}


async def test_a_late_answer_is_not_shown_to_who_came_meanwhile(
    root: rx.State, house: House, line: Line
) -> None:
    state: Any = InBackground(await root.get_state(WithdrawalState))
    await run(state, "show")
    [mine, *_] = [one.reference for one in state.contracts]
    answer = asyncio.Event()
    line.hold = answer
    starting = asyncio.create_task(run(state, "start", {"contract": mine}))
    while not line.held:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    line.hold = None
    visit(root, "/withdraw", await session_cookie(house, SOMEBODY_ELSE))
    await run(state, "show")
    shown = (state.status, state.contracts, state.name, state.email)
    answer.set()
    await starting
    assert (state.status, state.contracts, state.name, state.email) == shown
    assert mine not in str(shown)
    assert state.chosen.reference == ""
    assert not state.working
