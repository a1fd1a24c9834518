"""What time it is for the shop. Everything that compares times asks here, so that time can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware UTC datetime."""


def system_clock() -> datetime:
    """The computer's own time, UTC."""
    return datetime.now(UTC)
