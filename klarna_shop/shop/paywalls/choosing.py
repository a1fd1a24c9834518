"""Which of the published designs a reader meets, and why none before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts, TargetingRule, matches


@dataclass(frozen=True)
class Tried:
    """One design that was tried. `failed`: the rules that did not hold; none for the one that was taken."""

    slug: str
    version: int
    name: str
    failed: tuple[TargetingRule, ...]

    @property
    def taken(self) -> bool:
        """Whether it is the one that the reader meets."""
        return not self.failed


@dataclass(frozen=True)
class Choice:
    """The design, and all that were tried, in order, the chosen one last."""

    published: Published
    tried: tuple[Tried, ...]


def in_order(published: Iterable[Published]) -> tuple[Published, ...]:
    """As they are tried: the highest priority first, equals by slug, the standard design last."""
    return tuple(
        sorted(
            published,
            key=lambda one: (one.slug == STANDARD_SLUG, -one.design.targeting.priority, one.slug),
        )
    )


def choose(published: Iterable[Published], facts: TargetingFacts) -> Choice:
    """The first design that is for this reader; the standard design, whatever it targets, for all others."""
    tried = []
    for one in in_order(published):
        failed = () if one.slug == STANDARD_SLUG else matches(one.design.targeting, facts)
        tried.append(Tried(one.slug, one.version, one.design.name, failed))
        if not failed:
            return Choice(one, tuple(tried))
    built_in = Published(STANDARD_SLUG, BUILT_IN_VERSION, standard_design())
    tried.append(Tried(built_in.slug, built_in.version, built_in.design.name, ()))
    return Choice(built_in, tuple(tried))
