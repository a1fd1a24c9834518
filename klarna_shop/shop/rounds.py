"""Record of the rounds of housekeeping, by which everyone can see that they are made.

A process that wants to know counts on its own stopwatch for how long the number of rounds has stood still.
No clock that is or was wrong takes part in that; the time that is written is for people.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, update
from sqlmodel import Field, Session, SQLModel, col

from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database, UtcDateTime

NAME = "housekeeping"
SILENCE_ALLOWED = timedelta(minutes=5)
"""A round is made every ten seconds, and one with much to do takes a minute or two."""


class RoundsRow(SQLModel, table=True):
    """Number of rounds of a kind of work that all processes have finished, and the last one's end (UTC)."""

    __tablename__ = "finished_rounds"

    name: str = Field(primary_key=True, max_length=40)
    number: int = 0
    finished_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class RoundsStopped(Exception):
    """No process has finished a round for longer than can be."""


class Rounds:
    """The rounds of housekeeping, as one process sees them. `clock` is the computer's."""

    def __init__(self, database: Database, clock: Clock, stopwatch: Stopwatch) -> None:
        self._database = database
        self._clock = clock
        self._stopwatch = stopwatch
        self._number: int | None = None
        self._changed_at = stopwatch()

    async def finished(self) -> None:
        """Write down that a round has been finished: recovery has been through all purchases."""
        now = self._clock()
        counted = (
            update(RoundsRow)
            .where(col(RoundsRow.name) == NAME)
            .values(number=RoundsRow.number + 1, finished_at=now)
        )

        def count(session: Session) -> None:
            if session.exec(counted).rowcount == 0:
                session.add(RoundsRow(name=NAME, number=1, finished_at=now))

        await self._database.write(count, lock="finished rounds")

    async def silence(self) -> timedelta:
        """For how long this process has seen no round being finished, by itself or any other."""
        row = await self._database.read(lambda session: session.get(RoundsRow, NAME))
        number = row.number if row is not None else None
        if number != self._number:
            self._number, self._changed_at = number, self._stopwatch()
        return timedelta(seconds=self._stopwatch() - self._changed_at)

    async def check(self) -> None:
        """Return while rounds are made.

        Raises:
            RoundsStopped: none has been finished for longer than `SILENCE_ALLOWED`.
        """
        silence = await self.silence()
        if silence > SILENCE_ALLOWED:
            raise RoundsStopped(f"no round has been finished for {silence.total_seconds():.0f} s")
