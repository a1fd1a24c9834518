"""What of the funnel is looked at: a period, whose visitors, which of them, and divided by what.

Stands in an address, so that a link shows the same again; whatever else stands there is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from klarna_shop.shop.measurement import Traffic
from klarna_shop.shop.money import SELLER_ZONE

USUAL_DAYS = 28
LONGEST_DAYS = 400
"""As long as events are kept."""
LONGEST_VALUE = 200
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""What an address may name; there is a period before each, and a day after."""


class Dimension(StrEnum):
    """What visitors can be told apart by. All but the offer are those of the wall that they saw first."""

    EXPERIMENT = "experiment"
    VARIANT = "variant"
    DESIGN = "design"
    ARTICLE = "article"
    LANGUAGE = "language"
    DEVICE = "device"
    SOURCE = "source"
    OFFER = "offer"


@dataclass(frozen=True)
class FunnelFilter:
    """`since` and `until` are days where the seller is, both included."""

    since: date
    until: date
    traffic: Traffic = Traffic.READER
    only: tuple[tuple[Dimension, str], ...] = ()
    """Values that the visitors must have, at most one of each dimension."""
    by: Dimension | None = None
    """By which they are divided into groups."""

    @classmethod
    def usual(cls, today: date) -> FunnelFilter:
        """All readers of the last four weeks."""
        return cls(today - timedelta(days=USUAL_DAYS - 1), today)

    @classmethod
    def from_query(cls, query: Mapping[str, str], today: date) -> FunnelFilter:
        """What an address names; the usual where it names nothing that can be."""
        usual = cls.usual(today)
        until = _day(query.get("until", "")) or usual.until
        until = min(max(until, EARLIEST), LATEST)
        since = _day(query.get("since", "")) or until - timedelta(days=USUAL_DAYS - 1)
        if not EARLIEST - timedelta(days=USUAL_DAYS) <= since <= until:
            since, until = usual.since, usual.until
        if (until - since).days >= LONGEST_DAYS:
            since = until - timedelta(days=LONGEST_DAYS - 1)
        traffic = Traffic.SIMULATED if query.get("traffic") == Traffic.SIMULATED else Traffic.READER
        only = tuple(
            (dimension, value[:LONGEST_VALUE])
            for dimension in Dimension
            if isinstance(value := query.get(dimension.value), str) and value
        )
        by = next((dimension for dimension in Dimension if dimension == query.get("by")), None)
        return cls(since, until, traffic, only, by)

    def as_query(self, today: date) -> dict[str, str]:
        """The query of an address, without what is usual. A period that ends today goes on with the days."""
        query: dict[str, str] = {}
        if (self.since, self.until) != (self.usual(today).since, today):
            query |= {"since": self.since.isoformat(), "until": self.until.isoformat()}
        if self.traffic is Traffic.SIMULATED:
            query["traffic"] = self.traffic.value
        query |= {dimension.value: value for dimension, value in self.only}
        if self.by is not None:
            query["by"] = self.by.value
        return query

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.since, time(), SELLER_ZONE)

    @property
    def end(self) -> datetime:
        """The moment after the last one."""
        return datetime.combine(self.until + timedelta(days=1), time(), SELLER_ZONE)

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> FunnelFilter:
        """The same of the period of the same length just before."""
        length = timedelta(days=self.days)
        return replace(self, since=self.since - length, until=self.until - length)

    def value_of(self, dimension: Dimension) -> str:
        """The value that visitors must have there; empty for any."""
        return dict(self.only).get(dimension, "")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == 10 else None
    except (TypeError, ValueError):
        return None
