"""Whether a design is for this reader and this article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from klarna_shop.shop.paywalls.document import Device, ReaderKind, Targeting


class TargetingRule(StrEnum):
    """The rules, in the order in which they are tried."""

    SECTION = "section"
    TAG = "tag"
    READER = "reader"
    MIN_VISITS = "min_visits"
    MAX_VISITS = "max_visits"
    TRAFFIC_SOURCE = "traffic_source"
    DEVICE = "device"
    LANGUAGE = "language"
    STARTS_AT = "starts_at"
    ENDS_AT = "ends_at"


@dataclass(frozen=True)
class TargetingFacts:
    """What targeting may ask. What is not known matches no rule that asks for it."""

    now: datetime
    section: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    readers: frozenset[ReaderKind] = frozenset()
    """A reader whose subscription has ended is both signed in and lapsed."""
    visits: int | None = None
    traffic_source: str | None = None
    device: Device | None = None


def matches(targeting: Targeting, facts: TargetingFacts) -> tuple[TargetingRule, ...]:
    """The rules that do not hold, in order; none where the design is for this reader."""
    return tuple(rule for rule, holds in _rules(targeting, facts) if not holds)


def _rules(wanted: Targeting, facts: TargetingFacts) -> Iterator[tuple[TargetingRule, bool]]:
    visits = facts.visits
    sources = {source.casefold() for source in wanted.traffic_sources}
    source = (facts.traffic_source or "").casefold()
    yield TargetingRule.SECTION, not wanted.sections or facts.section in wanted.sections
    yield TargetingRule.TAG, not wanted.tags or not set(facts.tags).isdisjoint(wanted.tags)
    yield TargetingRule.READER, not wanted.readers or not facts.readers.isdisjoint(wanted.readers)
    yield (
        TargetingRule.MIN_VISITS,
        wanted.min_visits is None or (visits is not None and visits >= wanted.min_visits),
    )
    yield (
        TargetingRule.MAX_VISITS,
        wanted.max_visits is None or (visits is not None and visits <= wanted.max_visits),
    )
    yield TargetingRule.TRAFFIC_SOURCE, not sources or source in sources
    yield TargetingRule.DEVICE, not wanted.devices or facts.device in wanted.devices
    yield TargetingRule.LANGUAGE, not wanted.languages or facts.language in wanted.languages
    yield TargetingRule.STARTS_AT, wanted.starts_at is None or wanted.starts_at <= facts.now
    yield TargetingRule.ENDS_AT, wanted.ends_at is None or facts.now < wanted.ends_at
