"""Who meets which variant: even, sticky, and independent from one experiment to the next.

`STATISTICS_VISITORS` says how many visitors are drawn (`make statistics`: 1 000 000).
"""

from __future__ import annotations

import math
import os
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.experiments.assignment import Allocation, Variant

VISITORS = int(os.environ.get("STATISTICS_VISITORS", "40000"))
THREE = (Variant("a", "standard", 1), Variant("b", "other", 1), Variant("c", "third", 2))
RARE = 5.0
"""Standard deviations: chance goes beyond it once in two million tries."""


def _deviation(count: int, share: float, among: int) -> float:
    return abs(count - share * among) / math.sqrt(among * share * (1 - share))


def test_visitors_fall_on_variants_by_their_weights() -> None:
    allocation = Allocation("spring", THREE, share=0.5)
    counts = Counter(allocation.variant_of(f"visitor-{number}") for number in range(VISITORS))
    taking_part = VISITORS - counts[None]
    assert _deviation(taking_part, 0.5, VISITORS) < RARE
    for variant, share in zip(THREE, allocation.shares, strict=True):
        assert _deviation(counts[variant], share, taking_part) < RARE


def test_experiments_are_independent_of_each_other() -> None:
    two = (Variant("a", "standard"), Variant("b", "other"))
    first, second = Allocation("first", two), Allocation("second", two)
    both = Counter(
        (first.variant_of(str(number)), second.variant_of(str(number))) for number in range(VISITORS)
    )
    assert all(_deviation(both[(one, other)], 0.25, VISITORS) < RARE for one in two for other in two)


def test_who_takes_part_says_nothing_of_the_variant() -> None:
    few, all_of_them = Allocation("spring", THREE, share=0.2), Allocation("spring", THREE)
    for number in range(2_000):
        variant = few.variant_of(str(number))
        assert variant in {None, all_of_them.variant_of(str(number))}, "more traffic moves nobody"


@given(visitor=st.text(), salt=st.text(), weights=st.lists(st.integers(0, 5), min_size=1, max_size=5))
def test_every_visitor_has_a_variant_with_a_weight(visitor: str, salt: str, weights: list[int]) -> None:
    variants = tuple(Variant(str(number), "standard", weight) for number, weight in enumerate(weights))
    if not any(weights):
        with pytest.raises(ValueError, match="weight"):
            Allocation(salt, variants)
        return
    try:
        met = Allocation(salt, variants).variant_of(visitor)
    except UnicodeEncodeError:  # no cookie of ours holds such letters
        return
    assert met is not None
    assert met.weight > 0


def test_the_same_visitor_meets_the_same_on_every_machine() -> None:
    # Written down: another way to compute it would move every visitor of a running experiment.
    met = [Allocation("spring", THREE).variant_of(f"visitor-{number}") for number in range(8)]
    assert [variant.name for variant in met if variant] == ["b", "c", "c", "c", "c", "a", "b", "c"]
    assert Allocation("autumn", THREE).variant_of("visitor-0") in THREE


def test_no_share_means_nobody_and_wrong_ones_are_refused() -> None:
    assert Allocation("spring", THREE, share=0).variant_of("anybody") is None
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match="share"):
            Allocation("spring", THREE, share=share)
