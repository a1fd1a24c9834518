"""Memory of what Klarna hides: kept for a day, and bounded against forged reports."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from klarna_shop.shop.offers import Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.purchase.category_observations import (
    MOST_REPORTERS,
    REMEMBERED_FOR,
    SEVERAL,
    CategoryObservations,
    TrialPolicy,
)

MONTH = Period(PeriodUnit.MONTH, 1)
PACKAGE = Offer("digital", "1", OfferKind.PACKAGE, "Digital", "", 12900, 6, MONTH, recurring=True)
TRIAL = Offer("digital-trial", "2", OfferKind.TRIAL, "Trial", "", 0, 6, MONTH, recurring=False)
MOMENT = timedelta(seconds=1)


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def _observations(time: Time, trials: TrialPolicy = "auto") -> CategoryObservations:
    return CategoryObservations(trials, "pay_now", time)


@pytest.fixture
def seen(time: Time) -> CategoryObservations:
    return _observations(time)


def _hide_trial_for_everyone(seen: CategoryObservations) -> None:
    for number in range(SEVERAL):
        seen.hide_trial(f"network-{number}", f"visitor-{number}", outweighed=False)


def test_the_first_hidden_trial_takes_trials_from_sale(seen: CategoryObservations, time: Time) -> None:
    assert seen.trials_withheld() == ""
    seen.hide_trial("network", "visitor", outweighed=False)
    assert seen.trials_withheld() == "Klarna offers no direct debit for trials"
    time.now += REMEMBERED_FOR
    assert seen.trials_withheld() == ""


def test_the_reader_after_the_first_waits_for_no_second_try(seen: CategoryObservations) -> None:
    assert not seen.category_is_hidden()
    seen.hide_category("network")
    assert seen.category_is_hidden()


def test_a_hidden_category_is_forgotten_after_a_day(seen: CategoryObservations, time: Time) -> None:
    seen.hide_category("network")
    time.now += REMEMBERED_FOR - MOMENT
    assert seen.category_is_hidden()
    time.now += MOMENT
    assert not seen.category_is_hidden()
    assert seen.notices() == ()


def test_where_the_category_works_one_report_against_it_changes_nothing(
    seen: CategoryObservations, time: Time
) -> None:
    seen.show_category("one")
    for _ in range(20):
        seen.hide_category("attacker")
    assert not seen.category_is_hidden()
    # As many as it takes, and then a reader to whom it is shown: forgotten.
    for number in range(SEVERAL - 1):
        seen.hide_category(f"network-{number}")
    assert seen.category_is_hidden()
    seen.show_category("one")
    assert not seen.category_is_hidden()
    # Long after it was shown to someone, the first report counts again.
    time.now += REMEMBERED_FOR
    seen.hide_category("other")
    assert seen.category_is_hidden()


def test_where_trials_are_shown_one_reporter_does_not_take_them_from_everyone(
    seen: CategoryObservations,
) -> None:
    seen.show_trial("other", "other-visitor")
    for number in range(50):
        seen.hide_trial("network", f"visitor-{number}", outweighed=False)
    assert not seen.trials_are_hidden()
    assert seen.trials_withheld() == ""


def test_a_browser_that_was_refused_a_trial_is_not_offered_one_again(
    seen: CategoryObservations, time: Time
) -> None:
    seen.hide_trial("network", "visitor", outweighed=True)
    assert seen.offered_to("visitor", (PACKAGE, TRIAL)) == (PACKAGE,)
    assert seen.offered_to("other", (PACKAGE, TRIAL)) == (PACKAGE, TRIAL)
    assert seen.offered_to(None, (PACKAGE, TRIAL)) == (PACKAGE, TRIAL)
    time.now += REMEMBERED_FOR
    assert seen.offered_to("visitor", (PACKAGE, TRIAL)) == (PACKAGE, TRIAL)


def test_several_readers_without_direct_debit_take_trials_from_sale_for_a_day(
    seen: CategoryObservations, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    _hide_trial_for_everyone(seen)
    assert seen.trials_withheld() == "Klarna offers no direct debit for trials"
    assert len([line for line in caplog.messages if "no trial can be ordered" in line]) == 1
    assert "2026-12-01 12:00 UTC" in seen.notices()[0]
    time.now += REMEMBERED_FOR
    assert seen.trials_withheld() == ""


def test_a_trial_that_is_shown_to_someone_forgets_the_reports(seen: CategoryObservations) -> None:
    for number in range(SEVERAL - 1):
        seen.hide_trial(f"network-{number}", None, outweighed=False)
    seen.show_trial("shown", "visitor")
    seen.hide_trial("network", None, outweighed=False)
    assert not seen.trials_are_hidden()


def test_an_order_of_a_trial_outweighs_every_browser(seen: CategoryObservations) -> None:
    for number in range(50):
        seen.hide_trial(f"network-{number}", f"visitor-{number}", outweighed=True)
    assert not seen.trials_are_hidden()


def test_payways_own_list_counts_at_once_and_both_ways(seen: CategoryObservations, time: Time) -> None:
    seen.unlist_trial()
    assert seen.trials_withheld()
    seen.list_trial()
    assert not seen.trials_withheld()
    _hide_trial_for_everyone(seen)
    seen.list_trial()
    assert not seen.trials_withheld()
    seen.unlist_trial()
    time.now += REMEMBERED_FOR
    assert not seen.trials_withheld()


@pytest.mark.parametrize(
    ("policy", "known_hidden", "is_withheld"),
    [
        ("auto", False, False),
        ("auto", True, True),
        ("on", False, False),
        ("on", True, False),
        ("off", False, True),
        ("off", True, True),
    ],
)
def test_klarna_trials(time: Time, policy: TrialPolicy, known_hidden: bool, is_withheld: bool) -> None:
    seen = _observations(time, policy)
    if known_hidden:
        _hide_trial_for_everyone(seen)
    assert bool(seen.trials_withheld()) is is_withheld
    offered = (PACKAGE,) if policy != "on" and known_hidden else (PACKAGE, TRIAL)
    assert seen.offered_to("visitor-0", (PACKAGE, TRIAL)) == offered


def test_forgetting_is_as_a_restart(seen: CategoryObservations) -> None:
    seen.hide_category("network")
    _hide_trial_for_everyone(seen)
    assert len(seen.notices()) == 2
    seen.forget()
    assert seen.notices() == ()
    assert seen.offered_to("visitor-0", (PACKAGE, TRIAL)) == (PACKAGE, TRIAL)


def test_many_reporters_take_no_more_memory_than_the_limit(seen: CategoryObservations) -> None:
    for number in range(MOST_REPORTERS + 10):
        seen.hide_trial("network", f"visitor-{number}", outweighed=True)
    assert seen.offered_to("visitor-0", (TRIAL,)) == (TRIAL,)
    assert seen.offered_to(f"visitor-{MOST_REPORTERS}", (TRIAL,)) == ()
