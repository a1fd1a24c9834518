"""The purchase's screens as states, without a browser: what shows when something is slow or cut off."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import reflex as rx

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.purchase import Purchase
from klarna_shop.shop.purchase.placing import Placing
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.checkout.state import CheckoutState
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.reader_state import reader_of
from tests.house import Approve, Line, Open
from tests.ui.tab import new_tab, session_cookie, visit


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.fixture
def root() -> rx.State:
    return new_tab()


async def test_a_checkout_that_was_cut_off_by_a_restart_can_be_paid(
    root: rx.State, open_purchase: Open
) -> None:
    token = new_token()
    purchase = await open_purchase(Reader(visitor_id=fingerprint(token)))
    visit(root, "/checkout", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    state._placing = f"a run of the server that is over:{purchase.id}"
    await CheckoutState.event_handlers["show"].fn(state)
    assert state.status == "payable"


async def _approved(state: Any, fingerprint_of_session: str) -> list[Any]:
    """Deliver Klarna's approval; what the handler sends besides the state."""
    outcome = {"sessionFingerprint": fingerprint_of_session, "authorizationToken": str(uuid.uuid4())}
    return [event async for event in CheckoutState.event_handlers["authorized"].fn(state, outcome)]


async def test_an_approval_can_be_delivered_again_after_a_failure(
    root: rx.State, open_purchase: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    purchase = await open_purchase(Reader(visitor_id=fingerprint(token)))
    visit(root, "/checkout", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    with monkeypatch.context() as patched:
        patched.setattr("klarna_shop.ui.checkout.state.reader_of", _fails)
        with pytest.raises(ConnectionError):
            await _approved(state, purchase.session_fingerprint)
    assert not state.acknowledged
    await _approved(state, purchase.session_fingerprint)
    assert state.acknowledged == purchase.session_fingerprint


async def test_an_approval_that_was_stored_leads_to_the_confirmation_whatever_fails_then(
    root: rx.State, house: House, open_purchase: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    purchase = await open_purchase(Reader(visitor_id=fingerprint(token)))
    visit(root, "/checkout", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    monkeypatch.setattr(Placing, "place", _fails)
    [leave] = await _approved(state, purchase.session_fingerprint)
    assert f"/confirmation?purchase={purchase.id}" in str(leave.args)
    assert (state.status, state.acknowledged) == ("working", purchase.session_fingerprint)
    monkeypatch.undo()
    await house.recovery.once(waiting=timedelta())
    found = await house.shop.purchases.find(Reader(visitor_id=fingerprint(token)), purchase.id)
    assert found.order_id


async def test_the_confirmation_goes_on_asking_after_a_failure(
    root: rx.State, open_purchase: Open, approve: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    placed = await approve(reader, await open_purchase(reader))
    visit(root, "/confirmation", f"visitor={token}", purchase=placed.id)
    state: Any = await root.get_state(ConfirmationState)
    failures = iter([_fails])
    monkeypatch.setattr("klarna_shop.ui.confirmation.state.FOLLOW_EVERY_SECONDS", 0)
    monkeypatch.setattr(
        "klarna_shop.ui.confirmation.state.reader_of", lambda state: next(failures, reader_of)(state)
    )
    await ConfirmationState.event_handlers["follow"].fn(state)
    assert state.status == "completed"


async def test_the_confirmation_is_shown_as_soon_as_it_can_be_looked_up(
    root: rx.State, open_purchase: Open, approve: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    placed = await approve(reader, await open_purchase(reader))
    visit(root, "/confirmation", f"visitor={token}", purchase=placed.id)
    state: Any = await root.get_state(ConfirmationState)
    monkeypatch.setattr("klarna_shop.ui.confirmation.state.FOLLOW_EVERY_SECONDS", 0)
    with monkeypatch.context() as patched:
        patched.setattr("klarna_shop.ui.confirmation.state.reader_of", _fails)
        later = await ConfirmationState.event_handlers["show"].fn(state)
    assert later is ConfirmationState.show_later
    again = [event async for event in ConfirmationState.event_handlers["show_later"].fn(state)]
    assert again == [ConfirmationState.show]
    await ConfirmationState.event_handlers["show"].fn(state)
    assert state.state in {"placed", "completed"}


async def _fails(*_arguments: object) -> None:
    raise ConnectionError("the database is gone for a moment")


async def test_the_confirmation_does_not_wait_for_payway(
    root: rx.State, house: House, line: Line, open_purchase: Open, approve: Approve
) -> None:
    signed_in = await house.shop.identities.sign_in(
        "astrid.lundmark@demo.example", "demo1234", user_agent="x", reader=Reader()
    )
    reader = Reader(customer=signed_in.customer)
    placed = await approve(reader, await open_purchase(reader))
    visit(root, "/confirmation", f"session={signed_in.cookie_token}", purchase=placed.id)
    line.faults["/accounts/active_products"] = ["silent"] * 3
    state: Any = await root.get_state(ConfirmationState)
    await ConfirmationState.event_handlers["show"].fn(state)
    assert (state.status, line.given_up) == ("pending", 0)


async def test_an_approval_is_of_its_session_wherever_the_tab_is_by_then(
    root: rx.State, house: House, open_purchase: Open
) -> None:
    """A handler in the background meets the tab's address of when it begins, not of when it was called."""
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    purchase = await open_purchase(reader)
    visit(root, "/", f"visitor={token}")
    state: Any = await root.get_state(CheckoutState)
    assert await _approved(state, purchase.session_fingerprint) == []
    assert (state.status, state.acknowledged) == ("loading", "")
    found = await house.shop.purchases.find(reader, purchase.id)
    assert found.order_id
    # What the page then hears when it is back at the checkout, and has not heard it yet.
    visit(root, "/checkout", f"visitor={token}", purchase=purchase.id)
    await _approved(state, purchase.session_fingerprint)
    assert (state.acknowledged, state.redirect_url) == (purchase.session_fingerprint, found.redirect_url)


async def test_an_approval_of_another_purchase_changes_nothing_on_this_page(
    root: rx.State, house: House, open_purchase: Open
) -> None:
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    left, shown = await open_purchase(reader), await open_purchase(reader)
    visit(root, "/checkout", f"visitor={token}", purchase=shown.id)
    state: Any = await root.get_state(CheckoutState)
    await CheckoutState.event_handlers["show"].fn(state)
    assert await _approved(state, left.session_fingerprint) == []
    assert (state.status, state.acknowledged, state.redirect_url) == ("payable", "", "")
    assert (await house.shop.purchases.find(reader, left.id)).order_id


async def test_an_approval_for_no_session_or_anothers_is_nobodys(
    root: rx.State, house: House, open_purchase: Open
) -> None:
    owner = Reader(visitor_id=fingerprint(new_token()))
    purchase = await open_purchase(owner)
    visit(root, "/checkout", f"visitor={new_token()}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    for session in (purchase.session_fingerprint, "no such session", ""):
        assert await _approved(state, session) == []
        assert (state.acknowledged, state.customer_email) == ("", "")
    assert (await house.shop.purchases.find(owner, purchase.id)).state == "session_open"


async def _ordered_by_a_customer(
    root: rx.State, house: House, open_purchase: Open
) -> tuple[Any, Purchase, str]:
    """A checkout that a customer has opened and left open, and the cookie of its browser without them."""
    token = new_token()
    cookie = f"visitor={token}"
    session = await session_cookie(house, "astrid.lundmark@demo.example")
    reader = await house.shop.identities.reader(f"{cookie}; {session}")
    purchase = await open_purchase(reader)
    visit(root, "/checkout", f"{cookie}; {session}", purchase=purchase.id)
    state: Any = await root.get_state(CheckoutState)
    await CheckoutState.event_handlers["show"].fn(state)
    assert state.status == "payable"
    await house.shop.identities.sign_out(reader)
    return state, purchase, cookie


async def test_what_a_customer_ordered_is_approved_after_another_has_signed_in_there(
    root: rx.State, house: House, open_purchase: Open
) -> None:
    state, purchase, cookie = await _ordered_by_a_customer(root, house, open_purchase)
    other = await session_cookie(house, "karin.oberg@demo.example")
    visit(root, "/checkout", f"{cookie}; {other}", purchase=purchase.id)
    # A reconnection: what takes the approval stays, and shows nothing of the customer's.
    await CheckoutState.event_handlers["show"].fn(state)
    assert (state.status, state.error, state.other_customer) == ("closed", "login_required", True)
    assert (state.session_fingerprint, state.customer_email) == (purchase.session_fingerprint, "")
    await _approved(state, purchase.session_fingerprint)
    assert state.acknowledged == purchase.session_fingerprint
    kept = await house.shop.purchases.ledger.find(purchase.id)
    assert kept is not None
    assert (kept.state, kept.reason) == ("authorized", "login_required")
    assert (state.status, state.other_customer, state.client_token) == ("closed", True, "")
    again = await session_cookie(house, "astrid.lundmark@demo.example")
    placed = await house.shop.purchases.place(kept)
    assert placed.order_id, "the customer is back"
    assert again


async def test_who_was_only_signed_out_can_sign_in_again_and_approve_meanwhile(
    root: rx.State, house: House, open_purchase: Open
) -> None:
    state, purchase, cookie = await _ordered_by_a_customer(root, house, open_purchase)
    visit(root, "/checkout", cookie, purchase=purchase.id)
    await CheckoutState.event_handlers["show"].fn(state)
    assert (state.status, state.error, state.other_customer) == ("closed", "login_required", False)
    assert state.session_fingerprint == purchase.session_fingerprint


async def test_another_browser_keeps_nothing_of_it(root: rx.State, house: House, open_purchase: Open) -> None:
    state, purchase, _ = await _ordered_by_a_customer(root, house, open_purchase)
    visit(root, "/checkout", f"visitor={new_token()}", purchase=purchase.id)
    await CheckoutState.event_handlers["show"].fn(state)
    assert (state.status, state.client_token, state.session_fingerprint) == ("missing", "", "")
    await _approved(state, purchase.session_fingerprint)
    left = await house.shop.purchases.ledger.find(purchase.id)
    assert left is not None
    assert left.state == "session_open"


@pytest.mark.parametrize("wrong", ["", "\0" * 32, "\ud800", None, 7, "F" * 32])
async def test_an_approval_of_no_session_is_of_no_purchase(root: rx.State, wrong: object) -> None:
    visit(root, "/checkout", f"visitor={new_token()}", purchase="x")
    state: Any = await root.get_state(CheckoutState)
    outcome = {"sessionFingerprint": wrong, "authorizationToken": str(uuid.uuid4())}
    assert [event async for event in CheckoutState.event_handlers["authorized"].fn(state, outcome)] == []
    assert state.status == "loading"
