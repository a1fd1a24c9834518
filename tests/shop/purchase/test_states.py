"""The table of transitions, as the ledger and as people read it."""

from __future__ import annotations

from klarna_shop.shop.purchase.states import (
    OUTCOME_OPEN,
    OVER_WITHOUT_ORDER,
    PENDING,
    TRANSITIONS,
    PurchaseState,
)


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(PurchaseState)


def test_what_is_over_stays_over() -> None:
    for state in OVER_WITHOUT_ORDER | {PurchaseState.COMPLETED}:
        assert TRANSITIONS[state] == frozenset()


def test_a_purchase_that_may_have_been_charged_is_never_closed_as_if_nothing_had_happened() -> None:
    assert PurchaseState.UNKNOWN not in OVER_WITHOUT_ORDER
    assert not TRANSITIONS[PurchaseState.UNKNOWN] & OVER_WITHOUT_ORDER


def test_no_state_is_pending_and_over_at_once() -> None:
    assert not PENDING & OVER_WITHOUT_ORDER
    assert OUTCOME_OPEN < PENDING


def test_every_state_but_the_first_can_be_reached() -> None:
    reached = {PurchaseState.SESSION_OPEN}
    while True:
        more = {following for state in reached for following in TRANSITIONS[state]} - reached
        if not more:
            break
        reached |= more
    assert reached == set(PurchaseState)
