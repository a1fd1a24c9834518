"""The rule for Klarna's payment method category, case by case (klarna-payments-js.md §13)."""

from __future__ import annotations

import pytest

from klarna_shop.shop.purchase.payment_category import TrialNotPayable, category_plan

DEBIT = ("direct_debit",)
ALL = ["klarna", "pay_later", "pay_now", "pay_over_time", "direct_bank_transfer", "direct_debit"]


@pytest.mark.parametrize(
    ("listed", "configured", "is_hidden", "plan"),
    [
        # The session has no list: the configured category, then without one.
        ([], "pay_now", False, ("pay_now", "")),
        ([], "klarna", False, ("klarna", "")),
        ([], "direct_debit", False, ("direct_debit", "")),
        # None configured: without one, and no second try.
        ([], "", False, ("",)),
        ([], "", True, ("",)),
        # Known to be hidden: without one first; the configured one still before any refusal.
        ([], "pay_now", True, ("", "pay_now")),
        # The session's own list goes before everything that is configured or was learnt, then without one:
        # Klarna may hide the one that is tried and show another of the list.
        (["klarna"], "pay_now", False, ("klarna", "")),
        (["klarna"], "", False, ("klarna", "")),
        (["klarna"], "pay_now", True, ("klarna", "")),
        (["pay_now"], "pay_now", True, ("pay_now", "")),
        # Of several the configured one where it is listed, else the first.
        (ALL, "pay_now", False, ("pay_now", "")),
        (ALL, "pay_now", True, ("pay_now", "")),
        (ALL, "", False, ("klarna", "")),
        (["pay_later", "klarna"], "pay_now", False, ("pay_later", "")),
        # What cannot be the name of a category is not listed.
        (["", "a b", "x" * 41, "<script>"], "pay_now", False, ("pay_now", "")),
        (["", "klarna"], "", False, ("klarna", "")),
    ],
)
def test_a_paid_order(listed: list[str], configured: str, is_hidden: bool, plan: tuple[str, ...]) -> None:
    found = category_plan(is_trial=False, listed=listed, configured=configured, is_hidden=is_hidden)
    assert found == plan


@pytest.mark.parametrize("configured", ["", "pay_now", "klarna", "direct_debit"])
@pytest.mark.parametrize("is_hidden", [True, False])
@pytest.mark.parametrize("listed", [[], ["direct_debit"], ["pay_now", "direct_debit"], ALL])
def test_a_trial_takes_direct_debit_and_never_falls_back(
    listed: list[str], configured: str, is_hidden: bool
) -> None:
    found = category_plan(is_trial=True, listed=listed, configured=configured, is_hidden=is_hidden)
    assert found == DEBIT


@pytest.mark.parametrize("configured", ["", "pay_now", "direct_debit"])
@pytest.mark.parametrize("listed", [["klarna"], ["pay_now"], ["pay_later", "pay_over_time"]])
def test_a_trial_cannot_be_sold_where_the_list_leaves_direct_debit_out(
    listed: list[str], configured: str
) -> None:
    with pytest.raises(TrialNotPayable):
        category_plan(is_trial=True, listed=listed, configured=configured)
