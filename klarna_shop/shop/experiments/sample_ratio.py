"""Whether visitors fall on the variants as they should: if not, something is broken and no result counts.

A sequential test of a multinomial against the shares that were meant: it may be looked at after every
visitor, and with probability 1 - alpha it never raises a false alarm.

Source: Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022
(https://openreview.net/forum?id=a4zg0jiuVi): the Bayes factor of a Dirichlet prior around the meant shares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ALPHA = 0.001
"""Small: an alarm stops the experiment."""
CONCENTRATION = 100.0
"""How near to the meant shares the prior expects others to be; the test holds with any."""


def is_mismatch(counts: Sequence[int], shares: Sequence[float], alpha: float = ALPHA) -> bool:
    """Whether these counts rule out that each variant is met with its share."""
    return bayes_factor(counts, shares) >= 1 / alpha


def bayes_factor(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How much better other shares explain the counts. Variants without a share must have no visitor.

    Raises:
        ValueError: there is not one share for each count, or the shares do not add up to 1.
    """
    if len(counts) != len(shares) or not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise ValueError("each count needs its share, and shares add up to 1")
    if any(count and not share for count, share in zip(counts, shares, strict=True)):
        return math.inf
    met = [(count, share) for count, share in zip(counts, shares, strict=True) if share]
    total = sum(count for count, _ in met)
    logarithm = math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + total)
    for count, share in met:
        prior = CONCENTRATION * share
        logarithm += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share)
    return math.exp(min(logarithm, 700.0))
