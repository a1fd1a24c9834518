"""Differences between variants with intervals that hold at every moment, however often they are looked at.

An ordinary 95 % interval that is looked at daily misleads far more often than one time in twenty. These are
asymptotic confidence sequences: with probability 1 - alpha the true difference lies within all of them.

Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic
confidence sequences", Annals of Statistics, 2024 (https://arxiv.org/abs/2103.06476): the Gaussian mixture
boundary, its tuning to a number of visitors, and the influence function of a difference of two groups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ALPHA = 0.05
TUNED_FOR = 1_000
"""Visitors in all at which the interval is as narrow as it can be; it holds at any other number as well."""
FEWEST = 50
"""Exposed visitors of each variant before anything is said: the theorem is about large numbers."""
FEWEST_ORDERS = 20
"""Of both variants together. Where almost nobody has ordered, the variance seen so far is far too small, or
none: without this, every third A/B test of an order rate of 0.5 % is wrong (docs/experiments-proof.md)."""

FEWEST_ORDERS_OF_EACH = 20
"""Of each variant, before a lift is told: a ratio of two uncertain sums is skewed. With 20 of both together
7.5 % of A/A tests of skewed revenue claimed a lift."""


@dataclass(frozen=True)
class Outcomes:
    """What the exposed visitors of one variant brought: how many they are, the sum, and the sum of squares.

    Of orders each visitor counts 1 or 0; of revenue it is öre.
    """

    visitors: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """What one visitor brings."""
        return self.total / self.visitors if self.visitors else 0.0

    @property
    def variance(self) -> float:
        """How much that differs from visitor to visitor."""
        return max(0.0, self.squares / self.visitors - self.mean**2) if self.visitors else 0.0

    @property
    def effective_orders(self) -> float:
        """How many orders of one size would tell as much: of orders their number, of uneven revenue fewer.

        Source: Kish, "Survey Sampling", 1965, section 11.7: the effective size of a weighted sample.
        """
        return self.total**2 / self.squares if self.squares else 0.0


@dataclass(frozen=True)
class Difference:
    """What a visitor of the other variant brings more, and within which bounds that lies at every moment."""

    estimate: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether no difference at all is ruled out."""
        return self.low > 0 or self.high < 0


def difference(
    control: Outcomes, other: Outcomes, alpha: float = ALPHA, tuned_for: int = TUNED_FOR
) -> Difference | None:
    """`other` minus `control`; None while one has fewer than `FEWEST` visitors, or both too few orders.

    Raises:
        ValueError: `alpha` is no probability.
    """
    if not _enough(control, other, alpha):
        return None
    visitors = control.visitors + other.visitors
    # The variance of the estimate's influence function, per visitor of either variant.
    spread = math.sqrt(
        control.variance * visitors / control.visitors + other.variance * visitors / other.visitors
    )
    estimate = other.mean - control.mean
    margin = spread * boundary(visitors, alpha, tuned_for)
    return Difference(estimate, estimate - margin, estimate + margin)


def lift(
    control: Outcomes, other: Outcomes, alpha: float = ALPHA, tuned_for: int = TUNED_FOR
) -> Difference | None:
    """By which share `other` brings more than `control`: 0.1 is a tenth more; None while `difference` is.

    The same sequence for the logarithm of the ratio, whose influence function the delta method gives; turned
    back, its bounds are those of the ratio. None also while one has fewer than `FEWEST_ORDERS_OF_EACH`.

    Raises:
        ValueError: `alpha` is no probability.
    """
    if not _enough(control, other, alpha):
        return None
    if min(control.effective_orders, other.effective_orders) < FEWEST_ORDERS_OF_EACH:
        return None
    visitors = control.visitors + other.visitors
    spread = math.sqrt(sum(one.variance / one.mean**2 * visitors / one.visitors for one in (control, other)))
    estimate = math.log(other.mean / control.mean)
    margin = spread * boundary(visitors, alpha, tuned_for)
    bounds = (estimate, estimate - margin, estimate + margin)
    return Difference(*(math.expm1(min(one, 700.0)) for one in bounds))


def _enough(control: Outcomes, other: Outcomes, alpha: float) -> bool:
    """Whether there is enough to say anything at all."""
    if not 0 < alpha < 1:
        raise ValueError("alpha lies between 0 and 1")
    if min(control.visitors, other.visitors) < FEWEST:
        return False
    return control.effective_orders + other.effective_orders >= FEWEST_ORDERS


def boundary(visitors: int, alpha: float, tuned_for: int) -> float:
    """Half the interval's width in standard deviations of one observation."""
    squared = _rho_squared(alpha, tuned_for)
    grown = visitors * squared + 1
    return math.sqrt(2 * grown / (visitors**2 * squared) * math.log(math.sqrt(grown) / alpha))


def visitors_needed(rate: float, lift: float, alpha: float = ALPHA, share_of_other: float = 0.5) -> int:
    """About how many exposed visitors it takes to be certain of a relative `lift` of an order `rate`.

    The number at which the interval, tuned for just that number, is as narrow as the difference; half of all
    experiments with that lift need fewer, half more.

    Raises:
        ValueError: `rate`, its lifted value or `share_of_other` is no probability, or there is no lift.
    """
    lifted = rate * (1 + lift)
    if not (0 < rate < 1 and 0 < lifted < 1 and 0 < share_of_other < 1) or lift == 0:
        raise ValueError("rates and shares lie between 0 and 1, and a lift is not 0")
    spread = math.sqrt(rate * (1 - rate) / (1 - share_of_other) + lifted * (1 - lifted) / share_of_other)
    wanted = abs(lifted - rate)
    fewest, most = 1, 2
    while spread * boundary(most, alpha, most) > wanted:
        fewest, most = most, most * 2
    while most - fewest > 1:
        middle = (fewest + most) // 2
        if spread * boundary(middle, alpha, middle) > wanted:
            fewest = middle
        else:
            most = middle
    return most


def _rho_squared(alpha: float, tuned_for: int) -> float:
    """The closed form that makes the interval narrow at `tuned_for`, up to a thousandth or so."""
    doubled = -2 * math.log(alpha)
    return (doubled + math.log(doubled + 1)) / tuned_for
