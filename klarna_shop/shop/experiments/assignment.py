"""Which variant a visitor meets: computed from who they are, so that nothing has to be stored or agreed upon.

The same visitor gets the same variant on every worker and after every restart. Two hashes are drawn for each
experiment, one for taking part and one for the variant, so that more traffic later moves nobody to another
variant, and experiments are independent of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

_STEPS = 2**64


@dataclass(frozen=True)
class Variant:
    """One arm. `design` is a slug of a published design; `weight` is relative to those of the others."""

    name: str
    design: str
    weight: int = 1


@dataclass(frozen=True)
class Allocation:
    """How an experiment divides its visitors. `share` of all of them take part, from 0 to 1.

    `salt` names this division: whoever wants visitors divided anew gives it another.
    """

    salt: str
    variants: tuple[Variant, ...]
    share: float = 1.0

    def __post_init__(self) -> None:
        if not self.variants or any(variant.weight < 0 for variant in self.variants):
            raise ValueError("an experiment needs variants, and weights that are not negative")
        if not any(variant.weight for variant in self.variants):
            raise ValueError("at least one variant needs a weight")
        if not 0 <= self.share <= 1:
            raise ValueError("the share of visitors lies between 0 and 1")

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of those taking part that each variant is meant to get."""
        total = sum(variant.weight for variant in self.variants)
        return tuple(variant.weight / total for variant in self.variants)

    def variant_of(self, visitor_id: str) -> Variant | None:
        """The variant of this visitor; None for those who take no part."""
        if _drawn(self.salt, "part", visitor_id) >= self.share:
            return None
        return _at(self.variants, _drawn(self.salt, "variant", visitor_id))


def _drawn(salt: str, purpose: str, visitor_id: str) -> float:
    """A number from 0 to 1, without 1, that looks like chance and is always the same."""
    # Lengths first: no two different triples give the same bytes.
    parts = (salt.encode(), purpose.encode(), visitor_id.encode())
    written = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    # 53 bits: more would be rounded, at the upper end to 1.
    return (int.from_bytes(blake2b(written, digest_size=8).digest(), "big") >> 11) / (_STEPS >> 11)


def _at(variants: Sequence[Variant], place: float) -> Variant:
    wanted = place * sum(variant.weight for variant in variants)
    for variant in variants:
        wanted -= variant.weight
        if wanted < 0:
            return variant
    return [variant for variant in variants if variant.weight][-1]
