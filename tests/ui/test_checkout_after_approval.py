"""The checkout once Klarna has approved: in no tab does it say that nothing is charged."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.purchase import Purchase, Reason
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.checkout.error_sentences import error_sentences
from klarna_shop.ui.checkout.state import CheckoutState
from klarna_shop.ui.languages import languages, text
from tests.house import Approve, Line, Open
from tests.ui.tab import new_tab, session_cookie, visit


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


async def _checkout(root: rx.State, open_purchase: Open) -> tuple[Any, Purchase, Reader]:
    """A tab at the checkout of a purchase that can be paid."""
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    purchase = await open_purchase(reader)
    visit(root, "/checkout", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    await CheckoutState.event_handlers["show"].fn(state)
    assert (state.status, state.approved, state.paid) == ("payable", False, False)
    return state, purchase, reader


async def _approve_here(state: Any, purchase: Purchase) -> list[Any]:
    outcome = {"sessionFingerprint": purchase.session_fingerprint, "authorizationToken": str(uuid.uuid4())}
    return [event async for event in CheckoutState.event_handlers["authorized"].fn(state, outcome)]


async def test_before_the_browser_leaves_the_page_says_paid_and_knows_the_way_on(
    root: rx.State, open_purchase: Open
) -> None:
    state, purchase, _ = await _checkout(root, open_purchase)
    state.can_retry = True  # offered meanwhile, since Klarna was silent for minutes
    assert await _approve_here(state, purchase) == []
    assert state.redirect_url
    assert (state.status, state.approved, state.paid, state.can_retry) == ("working", True, True, False)
    assert state.confirmation_address == f"/confirmation?purchase={purchase.id}"


async def test_an_order_without_an_answer_is_approved_and_not_called_paid(
    root: rx.State, line: Line, open_purchase: Open
) -> None:
    state, purchase, _ = await _checkout(root, open_purchase)
    line.faults = {"/place_order": ["lost"]}
    [leave] = await _approve_here(state, purchase)
    assert "/confirmation" in str(leave)
    assert (state.status, state.approved, state.paid) == ("working", True, False)


@pytest.mark.parametrize(
    "event", ["aborted", "corrected", "unavailable", "failed", "no_answer", "refused", "start_over"]
)
async def test_a_tab_of_a_purchase_that_another_tab_has_paid_says_so_whatever_happens_in_it(
    root: rx.State, open_purchase: Open, approve: Approve, event: str
) -> None:
    state, purchase, reader = await _checkout(root, open_purchase)
    await approve(reader, purchase)
    outcome = {"sessionFingerprint": purchase.session_fingerprint, "invalidFields": []}
    handler = CheckoutState.event_handlers[event].fn
    if event == "start_over":
        [told] = [one async for one in handler(state)]
    else:
        told = await handler(state, outcome)
    assert "/confirmation" in str(told)
    assert (state.status, state.error, state.can_retry, state.late) == ("working", "", False, False)
    assert (state.approved, state.paid) == (True, True)


async def test_a_customer_who_was_signed_out_after_the_order_is_told_that_it_stands(
    root: rx.State, house: House, open_purchase: Open, approve: Approve
) -> None:
    token = new_token()
    session = await session_cookie(house, "astrid.lundmark@demo.example")
    reader = await house.shop.identities.reader(f"visitor={token}; {session}")
    purchase = await open_purchase(reader)
    visit(root, "/checkout", f"visitor={token}; {session}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    await CheckoutState.event_handlers["show"].fn(state)
    await approve(reader, purchase)
    await house.shop.identities.sign_out(reader)
    await CheckoutState.event_handlers["show"].fn(state)
    assert (state.status, state.error) == ("closed", "login_required")
    assert (state.approved, state.paid) == (True, True)


@pytest.mark.parametrize("language", languages())
def test_who_has_bought_already_is_not_told_that_nothing_was_charged(language: str) -> None:
    drawn = str(error_sentences(language, Reason.ALREADY_SUBSCRIBED.value))

    def is_said(key: str) -> bool:
        return json.dumps(text(language, key)) in drawn

    assert is_said("checkout.money.nothing_more")
    assert not is_said("checkout.money.nothing_charged")
