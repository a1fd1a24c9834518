"""What time it is for the sandbox. Every part asks here, so that time can be moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from klarna_shop.sandbox.shared_file import SharedFile


def _stockholm() -> tzinfo:
    try:
        return ZoneInfo("Europe/Stockholm")
    except ZoneInfoNotFoundError:  # a machine without a time zone database still gets an offset
        return timezone(timedelta(hours=1))


STOCKHOLM = _stockholm()


class Clock:
    """The computer's time plus an offset. Calling the object gives the time, too.

    With a file, every process that has the same file has the same time, also after a restart.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = SharedFile(file)
        self._read: dict[str, Any] | None = None
        self._offset = timedelta(0)
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        self._refresh()
        return (self._stopped_at or datetime.now(UTC)) + self._offset

    __call__ = now

    @property
    def offset(self) -> timedelta:
        """How far the clock was moved."""
        self._refresh()
        return self._offset

    @property
    def is_stopped(self) -> bool:
        """Whether the clock stands still until it is moved."""
        self._refresh()
        return self._stopped_at is not None

    def today(self) -> date:
        """The present date in Sweden."""
        return self.now().astimezone(STOCKHOLM).date()

    def move(self, by: timedelta) -> None:
        """Let `by` pass."""
        self._refresh()
        self._write(self._offset + by, self._stopped_at)

    def move_to(self, moment: datetime) -> None:
        """Make it this aware moment; the clock goes on from there, or stands still if it did."""
        self.move(moment.astimezone(UTC) - self.now())

    def stop(self, at: datetime) -> None:
        """Stand still at an aware moment; `move` is then the only way on."""
        self._write(timedelta(0), at.astimezone(UTC))

    def reset(self) -> None:
        """Back to the computer's time."""
        self._write(timedelta(0), None)

    def _write(self, offset: timedelta, stopped_at: datetime | None) -> None:
        state: dict[str, Any] = {}
        if offset:
            state["offset_seconds"] = offset.total_seconds()
        if stopped_at is not None:
            state["stopped_at"] = stopped_at.isoformat()
        self._file.write(state)

    def _refresh(self) -> None:
        state = self._file.read()
        if state is self._read:
            return
        stopped_at = state.get("stopped_at")
        self._offset = timedelta(seconds=state.get("offset_seconds", 0))
        self._stopped_at = None if stopped_at is None else datetime.fromisoformat(stopped_at)
        self._read = state
