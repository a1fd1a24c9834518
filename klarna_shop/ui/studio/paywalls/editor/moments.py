"""Moments as the product team writes them: on the seller's clock, as every other time in the studio."""

from __future__ import annotations

from datetime import UTC, datetime

from klarna_shop.shop.money import SELLER_ZONE


def moment_typed(text: str) -> str:
    """The document's moment (`2026-12-01T07:00:00Z`) of `2026-12-01T08:00`.

    Of the hour that comes twice when clocks are put back, it is the first.

    Raises:
        ValueError: no day and time, or one outside the years that can be kept.
    """
    typed = datetime.fromisoformat(text).replace(tzinfo=SELLER_ZONE)
    try:
        return f"{typed.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    except OverflowError:
        raise ValueError(text) from None


def moment_shown(moment: str) -> str:
    """`2026-12-01T08:00` of the document's moment, as the browser's own field takes it."""
    kept = datetime.fromisoformat(moment)
    try:
        kept = kept.astimezone(SELLER_ZONE)
    except OverflowError:
        # A file may hold the last hour of the calendar, which no clock further east has.
        kept = kept.replace(tzinfo=None)
    return kept.isoformat(timespec="minutes")[:16]
