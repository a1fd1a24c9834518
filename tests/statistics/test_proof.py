"""A sample of the proof for every run of the tests; and that it can fail."""

from __future__ import annotations

from random import Random

import pytest

from tests.statistics.__main__ import row
from tests.statistics.division import independence, stickiness, taking_part, uniformity
from tests.statistics.looking import MEAN_PRICE, Arm, alarms, evenings, intervals, watched
from tests.statistics.promise import Fit, Promise, chi_square
from tests.statistics.simulated import shops


def test_intervals_and_alarms_are_wrong_no_more_often_than_promised() -> None:
    lines = [*intervals(20), *alarms(4)]
    assert [row(line) for line in lines if not line.kept] == []


def test_the_proof_sees_a_method_that_misleads() -> None:
    tally = watched(40, 0.04, 0.0)["ordinary"]
    assert not Promise("an ordinary interval", "", 40, tally.wrong, 0.05).kept


def test_what_is_simulated_follows_its_rate_and_prices() -> None:
    arm = Arm(Random(1), 0.04)
    arm.day(200_000)
    assert arm.orders == pytest.approx(8_000, rel=0.05)
    assert arm.paid / arm.orders == pytest.approx(MEAN_PRICE, rel=0.05)
    *_, (control, other) = evenings(1, 0.04, 0.5)
    assert control.visitors == other.visitors == 6_000


def test_division_is_even_independent_and_sticky() -> None:
    lines: list[Promise | Fit] = [
        *uniformity(20_000),
        *independence(20_000),
        taking_part(20_000),
        *stickiness(2_000),
    ]
    assert [row(line) for line in lines if not line.kept] == []


def test_the_simulator_agrees_with_its_truth() -> None:
    assert [row(line) for line in shops(3, 1_500) if not line.kept] == []


def test_chi_square_knows_its_table() -> None:
    """Critical values of the NIST handbook's table: 5.991 at two, 9.488 at four, 124.342 at a hundred."""
    for statistic, freedom in ((5.991, 2), (9.488, 4), (124.342, 100)):
        assert Fit("", "", 0, statistic, freedom).chance == pytest.approx(0.05, abs=2e-4)
    assert chi_square({"a": 60, "b": 40}, {"a": 50.0, "b": 50.0}) == pytest.approx(4.0)
    assert not Fit("", "", 0, 60.0, 2).kept
    with pytest.raises(ValueError, match="even number"):
        assert Fit("", "", 0, 1.0, 3).chance


def test_where_nothing_may_go_wrong_nothing_may() -> None:
    assert Promise("", "", 1_000, 0, 0.0).kept
    assert not Promise("", "", 1_000, 1, 0.0).kept
