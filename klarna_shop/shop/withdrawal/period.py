"""Until when a purchase can be undone."""

from __future__ import annotations

from datetime import date, timedelta

WITHDRAWAL_DAYS = 14
"""A digital subscription counts from the agreement (distansavtalslagen 2 kap.)."""


def deadline(bought: date) -> date:
    """The last day on which what was agreed on `bought` can be withdrawn from; both in the seller's zone."""
    return bought + timedelta(days=WITHDRAWAL_DAYS)
