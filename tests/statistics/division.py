"""How visitors are divided: evenly, each experiment for itself, and the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

from klarna_shop.settings import PROJECT
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.experiments.assignment import Allocation, Variant
from tests.statistics.promise import Fit, Promise, chi_square

THREE = (Variant("a", "standard", 1), Variant("b", "other", 1), Variant("c", "third", 2))
MANY = tuple(Variant(str(number), "standard") for number in range(101))
SHARE = 0.5
PAIRS = 10
STICKY_VISITORS = 20_000


def visitors(number: int) -> Iterator[str]:
    """Ids as the shop has them: fingerprints of cookies."""
    return (fingerprint(f"cookie {one}") for one in range(number))


def uniformity(number: int) -> Iterator[Fit]:
    """Three variants of different weight with half of the traffic; a hundred and one equal ones."""
    allocation = Allocation("spring", THREE, SHARE)
    counts: Counter[object] = Counter(allocation.variant_of(one) for one in visitors(number))
    taking_part = number - counts[None]
    among: dict[object, float] = {
        variant: taking_part * share for variant, share in zip(THREE, allocation.shares, strict=True)
    }
    yield Fit("weights 1 : 1 : 2 of those who take part", "half takes part", taking_part,
              chi_square(counts, among), 2)  # fmt: skip
    even = Allocation("autumn", MANY)
    spread: Counter[object] = Counter(even.variant_of(one) for one in visitors(number))
    wanted: dict[object, float] = dict.fromkeys(MANY, number / len(MANY))
    yield Fit("101 equal variants", "everybody takes part", number, chi_square(spread, wanted), 100)
    plain: Counter[object] = Counter(even.variant_of(str(one)) for one in range(number))
    yield Fit("101 equal variants, ids 0, 1, 2 …", "everybody takes part", number, chi_square(plain, wanted),
              100)  # fmt: skip


def taking_part(number: int) -> Promise:
    """A share is met as closely as chance does: five standard deviations are once in two million."""
    allocation = Allocation("share", THREE, 0.1)
    met = sum(allocation.variant_of(one) is not None for one in visitors(number))
    away = abs(met - 0.1 * number) / (number * 0.1 * 0.9) ** 0.5
    return Promise("a share of 10 % is missed", f"{met} take part", 1, int(away > 5), 0.0,
                   f"{away:.1f} standard deviations away")  # fmt: skip


def independence(number: int) -> Iterator[Fit]:
    """Two experiments side by side, of `number` visitors, and ten pairs of a tenth of them each."""
    for pair in range(PAIRS):
        count = number if pair == 0 else number // 10
        one, other = Allocation(f"one {pair}", THREE), Allocation(f"other {pair}", THREE)
        both: Counter[object] = Counter(
            (one.variant_of(visitor), other.variant_of(visitor)) for visitor in visitors(count)
        )
        rows = {v: sum(both[(v, w)] for w in THREE) for v in THREE}
        columns = {w: sum(both[(v, w)] for v in THREE) for w in THREE}
        expected: dict[object, float] = {(v, w): rows[v] * columns[w] / count for v in THREE for w in THREE}
        yield Fit("variants of two experiments", f"pair {pair + 1}", count, chi_square(both, expected), 4)


def digest(number: int) -> str:
    """Who meets what, in a word; for comparing processes."""
    allocation = Allocation("spring", THREE, SHARE)
    met = (allocation.variant_of(one) for one in visitors(number))
    return blake2b("".join(one.name if one else "-" for one in met).encode()).hexdigest()


def stickiness(number: int = STICKY_VISITORS) -> Iterator[Promise]:
    """Other processes, each with its own random hashes, and more traffic for a running experiment."""
    script = f"from tests.statistics.division import digest; print(digest({number}))"
    here, different = digest(number), 0
    seeds = ("0", "1", "4294967295", "random")
    for seed in seeds:
        seen = subprocess.run(
            [sys.executable, "-c", script],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": ".", "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        different += seen.stdout.strip() != here
    yield Promise("another process divides otherwise", f"{number} visitors, {len(seeds)} processes",
                  len(seeds), different, 0.0)  # fmt: skip
    few, more = Allocation("spring", THREE, 0.1), Allocation("spring", THREE, 0.9)
    moved = sum(few.variant_of(one) not in {None, more.variant_of(one)} for one in visitors(number))
    yield Promise("more traffic moves a visitor to another variant", "share 10 % to 90 %", number, moved, 0.0)
