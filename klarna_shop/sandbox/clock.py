"""What time it is for the sandbox. Every part asks here, so that time can be moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _stockholm() -> tzinfo:
    try:
        return ZoneInfo("Europe/Stockholm")
    except ZoneInfoNotFoundError:  # a machine without a time zone database still gets an offset
        return timezone(timedelta(hours=1))


STOCKHOLM = _stockholm()


class Clock:
    """The computer's time plus an offset. Calling the object gives the time, too."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return (self._stopped_at or datetime.now(UTC)) + self._offset

    __call__ = now

    def today(self) -> date:
        """The present date in Sweden."""
        return self.now().astimezone(STOCKHOLM).date()

    def move(self, by: timedelta) -> None:
        """Let `by` pass."""
        self._offset += by

    def stop(self, at: datetime) -> None:
        """Stand still at an aware moment; `move` is then the only way on."""
        self._stopped_at, self._offset = at.astimezone(UTC), timedelta(0)

    def reset(self) -> None:
        """Back to the computer's time."""
        self._stopped_at, self._offset = None, timedelta(0)
