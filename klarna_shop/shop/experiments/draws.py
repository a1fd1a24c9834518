"""Browsers that were divided again in every experiment, for trying variants out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from klarna_shop.shop.experiments.tables import VisitorDraw

DRAWS_KEPT = timedelta(days=90)


def draws_of(session: Session, visitor_id: str) -> int:
    """Return how often a browser was divided again."""
    row = session.get(VisitorDraw, visitor_id)
    return row.draws if row else 0


def draw_again(session: Session, visitor_id: str, now: datetime) -> None:
    """Divide a browser again, in a transaction with its lock."""
    row = session.get(VisitorDraw, visitor_id)
    row = row or VisitorDraw(visitor_id=visitor_id, draws=0, drawn_at=now)
    row.draws, row.drawn_at = row.draws + 1, now
    session.add(row)
