"""One line of the proof: what was tried, how often it went wrong, and how often it may."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """`wrong` of `tried` went wrong; `at_most` is the promised share of them."""

    what: str
    setting: str
    tried: int
    wrong: int
    at_most: float
    note: str = ""

    @property
    def share(self) -> float:
        """How often it went wrong."""
        return self.wrong / self.tried

    @property
    def kept(self) -> bool:
        """Whether no more went wrong than where the promise is kept: by chance one line in a thousand fails.

        Where nothing may go wrong, nothing may.
        """
        spread = math.sqrt(self.tried * self.at_most * (1 - self.at_most))
        return self.wrong <= self.tried * self.at_most + 3.1 * spread


@dataclass(frozen=True)
class Fit:
    """A chi-square test of counts: `chance` of counts at least as uneven where they are as they should be."""

    what: str
    setting: str
    counted: int
    statistic: float
    freedom: int

    @property
    def chance(self) -> float:
        """P(chi-square >= statistic), exact for an even number of degrees of freedom.

        Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.6.6 (the chi-square distribution as a
        gamma distribution) with the closed form of the incomplete gamma function for whole numbers.

        Raises:
            ValueError: the number of degrees of freedom is odd.
        """
        if self.freedom % 2:
            raise ValueError("only for an even number of degrees of freedom")
        half = self.statistic / 2
        term = total = math.exp(-half)
        for number in range(1, self.freedom // 2):
            term *= half / number
            total += term
        return total

    @property
    def kept(self) -> bool:
        """Whether it looks like chance: once in a hundred thousand tries chance does not."""
        return self.chance > 1e-5


def chi_square(counts: dict[object, int], expected: dict[object, float]) -> float:
    """Pearson's statistic."""
    return sum((counts.get(key, 0) - wanted) ** 2 / wanted for key, wanted in expected.items())
