"""Repetitions of an event within a visit, which a page can send as often as it likes."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.measurement.event_names import EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent

OF_THE_LEDGER = frozenset(
    {
        EventName.SESSION_CREATED.value,
        EventName.AUTHORIZED.value,
        EventName.ORDER_PLACED.value,
        EventName.CONFIRMED.value,
        EventName.PURCHASE_ENDED.value,
        EventName.TRIAL_TURNED_PAID.value,
    }
)
"""No page sends these."""
MOST_OF_A_VISIT = 300
"""Rows. A long visit has some dozens."""
MOST_REPEATED = 10
"""Rows with the same facts, of an event that may happen more than once."""
REPEATABLE = frozenset(
    {
        EventName.SESSION_REFUSED.value,
        EventName.WIDGET_FAILED.value,
        EventName.AUTHORIZE_STARTED.value,
        EventName.AUTHORIZE_ENDED.value,
    }
)
"""What a reader may try again. Any other event counts once in a visit with the same facts."""
LONGEST_VISIT = timedelta(days=1)
"""Of events without a visit as well."""
REMEMBERED_SECONDS = 30
"""How long another process's rows may be missed."""
MOST_REMEMBERED = 5_000
_FACTS = (
    "name",
    "purchase_id",
    "article",
    "design",
    "design_version",
    "experiment",
    "variant",
    "offer",
    "value",
    "outcome",
)
_COLUMNS = ("visitor_id", "visit", *_FACTS)

Facts = tuple[Any, ...]


class Repetitions:
    """Counts rows by visit and facts, and remembers the visitors of the last half minute."""

    def __init__(self, stopwatch: Stopwatch = time.monotonic) -> None:
        self._stopwatch = stopwatch
        self._known: OrderedDict[str, tuple[float, dict[int, Counter[Facts]]]] = OrderedDict()

    def without(self, session: Session, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows of `MeasuredEvent` that are to be added, and count them."""
        self._recall(session, {row["visitor_id"] for row in rows if _is_counted(row)}, rows)
        kept = [row for row in rows if not _is_counted(row) or self._is_wanted(row)]
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return kept

    def forget(self) -> None:
        """Ask the database again: what was counted last was not written."""
        self._known.clear()

    def _is_wanted(self, row: dict[str, Any]) -> bool:
        seen = self._known[row["visitor_id"]][1][row["visit"]]
        facts = tuple(row[name] for name in _FACTS)
        allowed = MOST_REPEATED if row["name"] in REPEATABLE else 1
        if seen[facts] >= allowed or seen.total() >= MOST_OF_A_VISIT:
            return False
        seen[facts] += 1
        return True

    def _recall(self, session: Session, visitors: Collection[str], rows: Sequence[dict[str, Any]]) -> None:
        now = self._stopwatch()
        unknown = {
            visitor
            for visitor in visitors
            if visitor not in self._known or now - self._known[visitor][0] > REMEMBERED_SECONDS
        }
        if not unknown:
            return
        since: datetime = min(row["at"] for row in rows) - LONGEST_VISIT
        found: dict[str, dict[int, Counter[Facts]]] = {visitor: defaultdict(Counter) for visitor in unknown}
        columns = [col(getattr(MeasuredEvent, name)) for name in _COLUMNS]
        statement = select(*columns).where(
            col(MeasuredEvent.visitor_id).in_(unknown), col(MeasuredEvent.at) > since
        )
        for visitor_id, visit, *facts in session.exec(statement).all():
            found[visitor_id][visit][tuple(facts)] += 1
        for visitor, visits in found.items():
            self._known[visitor] = (now, visits)
            self._known.move_to_end(visitor)


def _is_counted(row: dict[str, Any]) -> bool:
    return row["traffic"] != Traffic.SIMULATED.value and row["name"] not in OF_THE_LEDGER
