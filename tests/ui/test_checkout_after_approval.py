"""The checkout once Klarna has approved: in no tab does it say that nothing is charged."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
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
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.languages import languages, text
from tests.house import Approve, Line, Open
from tests.ui.tab import new_tab, session_cookie, visit


def _wrong(field: str) -> httpx.Response:
    """Payway's refusal of one field of an order."""
    return httpx.Response(400, json={"code": "invalid_parameter", "field": field, "message": "not valid"})


ANSWERS = {
    "invalid_fields": _wrong("customer_info.first_name"),
    "session_expired": _wrong("klarna_payments_session_id"),
}


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
@pytest.mark.parametrize("reason", Reason)
def test_the_sentence_about_the_money_goes_by_the_approval_and_not_by_the_reason(
    reason: Reason, language: str
) -> None:
    if reason is Reason.ALREADY_SUBSCRIBED:
        names = ("nothing_more", "nothing_here")
    else:
        names = ("order_refused", "nothing_charged")
    approved, without = (json.dumps(text(language, f"checkout.money.{name}")) for name in names)
    drawn = str(error_sentences(language, reason.value, approved=CheckoutState.was_approved))
    condition = str(CheckoutState.was_approved)
    assert f"({condition} ? {approved} : {without})" in drawn.replace("?.valueOf?.()", "")


@pytest.mark.parametrize("fault", ["invalid_fields", "session_expired"])
async def test_after_an_approval_that_came_to_nothing_the_page_knows_of_the_approval(
    root: rx.State, house: House, line: Line, open_purchase: Open, fault: str
) -> None:
    state, purchase, _ = await _checkout(root, open_purchase)
    line.faults = {"/place_order": [ANSWERS[fault]]}
    await _approve_here(state, purchase)
    assert (state.status, state.error, state.was_approved) == ("closed", fault, True)
    confirmation: Any = await root.get_state(ConfirmationState)
    await ConfirmationState.event_handlers["show"].fn(confirmation)
    assert (confirmation.status, confirmation.reason, confirmation.was_approved) == ("failed", fault, True)


async def test_a_purchase_that_klarna_refused_was_never_approved(root: rx.State, open_purchase: Open) -> None:
    state, purchase, _ = await _checkout(root, open_purchase)
    await CheckoutState.event_handlers["refused"].fn(
        state, {"sessionFingerprint": purchase.session_fingerprint}
    )
    assert (state.status, state.error, state.was_approved) == ("closed", "klarna_refused", False)
