"""The withdrawal function's page: what it fills in, and what it shows after a worker died with its answer."""

from __future__ import annotations

from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration
from klarna_shop.ui.letters import Letter
from klarna_shop.ui.withdrawal import WithdrawalState
from tests.house import Approve, Line, Open
from tests.ui.tab import InBackground, new_tab, run, session_cookie, visit

SUBSCRIBER = "karin.oberg@demo.example"
ORDERS = "/v1/order"
IN_WORDS = {"contract": "Digital", "name": "Någon Annan", "email": "nagon@exempel.example"}


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


async def _page(root: rx.State) -> Any:
    return InBackground(await root.get_state(WithdrawalState))


async def test_a_customers_name_and_address_are_filled_in(house: House) -> None:
    """Also where they bought elsewhere, or mean a contract that the shop cannot find."""
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    state = await _page(root)
    await run(state, "show")
    for contract in (state.contracts[0].reference, ""):
        await run(state, "start", {"contract": contract})
        assert (state.status, state.chosen.reference) == ("confirm", contract)
        assert (state.name, state.email) == ("Karin Öberg", SUBSCRIBER)


async def test_without_payways_answer_the_reader_types_the_name(house: House, line: Line) -> None:
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    state = await _page(root)
    await run(state, "show")
    line.faults = {"/v1/me": ["unreachable"] * 10}
    await run(state, "start", {"contract": ""})
    assert (state.status, state.name, state.email) == ("confirm", "", SUBSCRIBER)


async def _declared_by_who_died(house: House) -> tuple[Any, str]:
    """A page whose declaration was recorded by a worker that died before the tab's state said so; its id."""
    token, root = new_token(), new_tab()
    visit(root, "/withdraw", f"visitor={token}")
    state = await _page(root)
    await run(state, "show")
    await run(state, "start", {})
    said = Declaration(IN_WORDS["name"], IN_WORDS["email"], IN_WORDS["contract"])
    reader = Reader(visitor_id=fingerprint(token))
    row = await house.shop.withdrawals.declare(reader, said, "sv", new_id=state._declaring_id)
    return state, row.id


async def test_a_declaration_that_is_delivered_again_is_not_made_again(house: House) -> None:
    state, declared = await _declared_by_who_died(house)
    await run(state, "declare", IN_WORDS)
    assert (state.status, state._withdrawal_id) == ("done", declared)
    assert len(await house.shop.withdrawals.latest()) == 1


async def test_a_tab_that_reconnects_shows_the_receipt_once_and_then_begins_anew(house: House) -> None:
    state, declared = await _declared_by_who_died(house)
    await run(state, "show")
    assert (state.status, state._withdrawal_id) == ("done", declared)
    await run(state, "show")
    assert state.status == "choose"


async def test_the_second_step_survives_a_reconnection_and_a_step_back_leads_to_the_first(
    house: House,
) -> None:
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    state = await _page(root)
    await run(state, "show")
    [leading] = await run(state, "start", {"contract": ""})
    assert "?step=confirm" in str(leading.args)
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER), step="confirm")
    for _ in range(2):
        await run(state, "show")
        assert (state.status, state.email) == ("confirm", SUBSCRIBER)
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    await run(state, "show")
    assert state.status == "choose"
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER), step="confirm")
    await run(state, "show")
    assert state.status == "choose", "forward again: nothing has been chosen"


async def test_a_second_step_is_not_shown_to_who_comes_after(house: House) -> None:
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    state = await _page(root)
    await run(state, "show")
    await run(state, "start", {"contract": state.contracts[0].reference})
    visit(root, "/withdraw", f"visitor={new_token()}", step="confirm")
    await run(state, "show")
    assert (state.status, state.name, state.email, state.chosen.reference) == ("choose", "", "", "")


async def test_a_tab_whose_state_is_lost_finds_what_it_declared(house: House) -> None:
    """Its address names the receipt that was to come; whoever did not declare it is not shown it."""
    state, declared = await _declared_by_who_died(house)
    cookie = state.router.headers.cookie
    for new_cookie, status in ((cookie, "done"), (f"visitor={new_token()}", "choose")):
        root = new_tab()
        visit(root, "/withdraw", new_cookie, step="confirm", receipt=declared)
        fresh = await _page(root)
        await run(fresh, "show")
        assert fresh.status == status


async def test_what_another_said_is_not_shown_with_the_purchase(
    house: House, open_purchase: Open, approve: Approve
) -> None:
    """Bought without signing in, withdrawn from by a customer in the same browser."""
    token = new_token()
    buyer = Reader(visitor_id=fingerprint(token))
    purchase = await house.shop.purchases.settle(await approve(buyer, await open_purchase(buyer)))
    root = new_tab()
    visit(
        root, "/withdraw", f"visitor={token}; {await session_cookie(house, SUBSCRIBER)}", purchase=purchase.id
    )
    state = await _page(root)
    await run(state, "show")
    await run(state, "declare", {"name": "Karin Hemlig", "email": "hemlig@exempel.example"})
    assert (state.status, "Karin Hemlig" in str(state.letter)) == ("done", True)
    root = new_tab()
    visit(root, "/withdraw", f"visitor={token}", purchase=purchase.id)
    state = await _page(root)
    await run(state, "show")
    assert (state.status, state.letter, state._withdrawal_id) == ("withdrawn", Letter(), "")
    await run(state, "start", {"contract": purchase.order_id})
    assert (state.status, state.letter) == ("withdrawn", Letter())


async def test_while_payway_is_silent_a_listed_contract_can_be_meant_all_the_same(
    house: House, line: Line
) -> None:
    root = new_tab()
    visit(root, "/withdraw", await session_cookie(house, SUBSCRIBER))
    state = await _page(root)
    await run(state, "show")
    listed = state.contracts[0]
    line.faults = {ORDERS: ["unreachable"] * 20}
    await run(state, "start", {"contract": listed.reference})
    assert (state.status, state.chosen) == ("confirm", listed)
    await run(state, "declare", IN_WORDS)
    assert state.status == "done"
    [row] = await house.shop.withdrawals.latest()
    assert (row.order_id, row.outcome) == (None, "recorded")
    assert listed.reference in house.shop.withdrawals.said(row).contract
