"""Which tables hold something of a browser, and what they are called to its reader."""

from __future__ import annotations

from typing import Any

from sqlmodel import SQLModel

from klarna_shop.shop.access.dismissals import WallDismissal
from klarna_shop.shop.access.meter import MeterRead
from klarna_shop.shop.access.visits import VisitorVisits
from klarna_shop.shop.experiments.tables import VisitorDraw
from klarna_shop.shop.measurement.tables import MeasuredEvent, MeasuringConsent

OF_BROWSER: dict[str, Any] = {
    "visits": VisitorVisits,
    "metered_articles": MeterRead,
    "dismissed_walls": WallDismissal,
    "answer_to_measuring": MeasuringConsent,
    "measured_events": MeasuredEvent,
    "variants_drawn_anew": VisitorDraw,
}
"""Tables whose rows belong to a browser alone: all of them are given, and all erased."""

WITH_RULES = ("purchase", "withdrawal", "flow_step")
"""Tables of which some rows or columns have to stay (`PersonalData.erase`)."""


def plain(row: SQLModel) -> dict[str, Any]:
    """A row as it can be given: without what is encrypted, and with times as text."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.model_dump().items()
        if not name.endswith(("_encrypted", "_digest", "_fingerprint"))
    }
