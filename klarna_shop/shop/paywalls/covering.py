"""Whether one design's targeting takes every reader of another's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from klarna_shop.shop.paywalls.document import ReaderKind, Targeting


def covers(wide: Targeting, narrow: Targeting) -> bool:
    """Whether whoever matches `narrow` matches `wide`. False where that cannot be told from the rules."""
    return (
        _all_of(wide.sections, narrow.sections)
        and _all_of(wide.tags, narrow.tags)
        and _all_of(_kinds(wide), _kinds(narrow))
        and _all_of(_folded(wide.traffic_sources), _folded(narrow.traffic_sources))
        and _all_of(wide.devices, narrow.devices)
        and _all_of(wide.languages, narrow.languages)
        and _not_before(wide.min_visits, narrow.min_visits)
        and _not_before(narrow.max_visits, wide.max_visits, unbounded_is_last=True)
        and _not_before(wide.starts_at, narrow.starts_at)
        and _not_before(narrow.ends_at, wide.ends_at, unbounded_is_last=True)
    )


def _all_of(wide: Collection[Any], narrow: Collection[Any]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _kinds(targeting: Targeting) -> frozenset[ReaderKind]:
    """The kinds, with those that others contain; none for everybody."""
    kinds = set(targeting.readers)
    if ReaderKind.SIGNED_IN in kinds:
        kinds.add(ReaderKind.LAPSED)
    everybody = {ReaderKind.ANONYMOUS, ReaderKind.SIGNED_IN}
    return frozenset() if everybody <= kinds else frozenset(kinds)


def _folded(sources: Collection[str]) -> frozenset[str]:
    return frozenset(source.casefold() for source in sources)


def _not_before(earlier: Any, later: Any, *, unbounded_is_last: bool = False) -> bool:
    """Whether `earlier` <= `later`; None is before everything, or (`unbounded_is_last`) after it."""
    if unbounded_is_last:
        return later is None or (earlier is not None and earlier <= later)
    return earlier is None or (later is not None and earlier <= later)
