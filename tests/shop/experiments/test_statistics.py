"""Intervals and alarms that may be looked at every day: how often they are wrong.

`STATISTICS_EXPERIMENTS` says how many experiments are simulated (`make statistics`: 1 000 of each kind).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from random import Random

import pytest

from klarna_shop.shop.experiments.confidence import (
    FEWEST,
    Outcomes,
    boundary,
    difference,
    lift,
    visitors_needed,
)
from klarna_shop.shop.experiments.sample_ratio import bayes_factor, is_mismatch

EXPERIMENTS = int(os.environ.get("STATISTICS_EXPERIMENTS", "60"))
DAYS, A_DAY = 30, 40
"""Visitors of each variant a day; looked at every evening."""
ALPHA = 0.05
RATE = 0.2


def _too_many(experiments: int, alpha: float) -> float:
    """More wrong ones than this happen once in a thousand tries where the promise is kept."""
    return experiments * alpha + 3.1 * math.sqrt(experiments * alpha * (1 - alpha))


def _evenings(chance: Random, rate: float, other_rate: float) -> Iterator[tuple[Outcomes, Outcomes]]:
    orders = [0, 0]
    for day in range(1, DAYS + 1):
        for arm, of_arm in enumerate((rate, other_rate)):
            orders[arm] += sum(chance.random() < of_arm for _ in range(A_DAY))
        control, other = (Outcomes(day * A_DAY, count, count) for count in orders)
        yield control, other


@pytest.mark.parametrize("lift", [0.0, 0.3])
def test_the_true_difference_is_within_all_intervals_as_often_as_promised(lift: float) -> None:
    truth, wrong = RATE * lift, 0
    for number in range(EXPERIMENTS):
        looked_at = [
            difference(control, other, ALPHA)
            for control, other in _evenings(Random(number), RATE, RATE * (1 + lift))
        ]
        wrong += any(seen is not None and not seen.low <= truth <= seen.high for seen in looked_at)
    assert wrong <= _too_many(EXPERIMENTS, ALPHA), f"{wrong} of {EXPERIMENTS}"


@pytest.mark.parametrize("truth", [0.0, 0.3])
def test_the_true_lift_is_within_all_intervals_as_often_as_promised(truth: float) -> None:
    wrong = 0
    for number in range(EXPERIMENTS):
        looked_at = [
            lift(control, other, ALPHA)
            for control, other in _evenings(Random(number), RATE, RATE * (1 + truth))
        ]
        assert any(looked_at)
        wrong += any(seen is not None and not seen.low <= truth <= seen.high for seen in looked_at)
    assert wrong <= _too_many(EXPERIMENTS, ALPHA), f"{wrong} of {EXPERIMENTS}"


def test_a_lift_is_a_share_of_what_the_control_brings() -> None:
    control, other = Outcomes(10_000, 400, 400), Outcomes(10_000, 600, 600)
    seen = lift(control, other)
    assert seen is not None
    assert seen.estimate == pytest.approx(0.5)
    assert 0.1 < seen.low < 0.5 < seen.high < 1.0
    turned = lift(other, control)
    assert turned is not None
    assert (1 + turned.high) * (1 + seen.low) == pytest.approx(1)
    assert lift(Outcomes(100, 0, 0), Outcomes(100, 30, 30)) is None


def test_looking_every_day_at_ordinary_intervals_would_mislead() -> None:
    """The simulation can tell: the same looks at a 95 % interval for one moment are wrong far too often."""
    experiments = max(EXPERIMENTS, 60)
    wrong = 0
    for number in range(experiments):
        for control, other in _evenings(Random(number), RATE, RATE):
            spread = math.sqrt(control.variance / control.visitors + other.variance / other.visitors)
            if control.visitors >= FEWEST and abs(other.mean - control.mean) > 1.96 * spread:
                wrong += 1
                break
    assert wrong > _too_many(experiments, ALPHA)


def test_a_real_difference_is_found() -> None:
    needed = visitors_needed(RATE, 0.5)
    chance = Random(1)
    each = needed  # twice as many as it takes on average
    control, other = (sum(chance.random() < rate for _ in range(each)) for rate in (RATE, RATE * 1.5))
    seen = difference(Outcomes(each, control, control), Outcomes(each, other, other))
    assert seen is not None
    assert seen.is_certain
    assert seen.low > 0


def test_an_interval_shrinks_and_is_narrowest_where_it_is_tuned() -> None:
    widths = [boundary(visitors, ALPHA, 1_000) for visitors in range(100, 20_000, 100)]
    assert widths == sorted(widths, reverse=True)
    at = 5_000
    best = min(boundary(at, ALPHA, tuned) for tuned in range(500, 50_000, 250))
    assert boundary(at, ALPHA, at) < best * 1.01
    assert boundary(at, ALPHA, at) > 1.96 / math.sqrt(at), "what holds always is wider than what holds once"


def test_nothing_is_said_of_a_few_visitors() -> None:
    assert difference(Outcomes(FEWEST - 1, 5, 5), Outcomes(500, 50, 50)) is None
    assert difference(Outcomes(FEWEST, 10, 10), Outcomes(FEWEST, 10, 10)) is not None


def test_nothing_is_said_of_a_few_orders() -> None:
    assert difference(Outcomes(500, 9, 9), Outcomes(500, 10, 10)) is None
    assert difference(Outcomes(500, 0, 0), Outcomes(500, 20, 20)) is not None, "a variant that sells nothing"
    # Thirty trials for nothing and a year's subscription: a single payment says little of revenue.
    assert Outcomes(500, 129_000, 129_000**2).effective_orders == 1
    assert difference(Outcomes(500, 0, 0), Outcomes(500, 129_000, 129_000**2)) is None


def test_a_low_order_rate_is_not_taken_for_none() -> None:
    """Before the first orders no variance is seen: an interval without width, beside the truth."""
    rate, other_rate, wrong = 0.005, 0.0075, 0
    for number in range(EXPERIMENTS):
        for control, other in _evenings(Random(number), rate, other_rate):
            seen = difference(control, other)
            if seen is not None and not seen.low <= other_rate - rate <= seen.high:
                wrong += 1
                break
    assert wrong <= _too_many(EXPERIMENTS, ALPHA), f"{wrong} of {EXPERIMENTS}"


def test_revenue_counts_with_its_spread() -> None:
    steady = Outcomes(1_000, 129_00 * 100, 129_00**2 * 100)
    wild = Outcomes(1_000, 129_00 * 100, 1_290_00**2 * 10)
    assert steady.mean == wild.mean
    narrow, wide = difference(steady, steady), difference(steady, wild)
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low > narrow.high - narrow.low


@pytest.mark.parametrize(("rate", "lift"), [(0.0, 0.1), (0.9, 0.2), (0.1, 0.0)])
def test_a_time_to_decide_needs_sense(rate: float, lift: float) -> None:
    with pytest.raises(ValueError, match="lie between"):
        visitors_needed(rate, lift)


def test_a_smaller_lift_takes_longer() -> None:
    assert visitors_needed(0.05, 0.1) > 3 * visitors_needed(0.05, 0.2) > visitors_needed(0.05, 0.4)


def test_shares_that_are_kept_raise_no_alarm_and_others_do() -> None:
    alarms, experiments = 0, 4 * EXPERIMENTS
    for number in range(experiments):
        chance, counts = Random(number), [0, 0]
        for _ in range(10):
            other = sum(chance.random() < 0.3 for _ in range(100))
            counts = [counts[0] + 100 - other, counts[1] + other]
            if is_mismatch(counts, (0.7, 0.3), alpha=ALPHA):
                alarms += 1
                break
    assert alarms <= _too_many(experiments, ALPHA)
    assert is_mismatch((5_600, 4_400), (0.5, 0.5))
    assert not is_mismatch((5_050, 4_950), (0.5, 0.5))
    assert is_mismatch((10, 1), (1.0, 0.0)), "a variant without weight has a visitor"


def test_counts_and_shares_belong_together() -> None:
    assert bayes_factor((0, 0), (0.5, 0.5)) == pytest.approx(1.0)
    for counts, shares in (((1,), (0.5, 0.5)), ((1, 1), (0.5, 0.4))):
        with pytest.raises(ValueError, match="shares add up"):
            bayes_factor(counts, shares)
