"""The faults that are to happen, kept where every process of the sandbox sees them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.database import Database
from klarna_shop.sandbox.faults import Fault, Place, Target
from klarna_shop.sandbox.shared_file import SharedFile
from klarna_shop.sandbox.tables import PlannedFault


@dataclass(frozen=True)
class Planned:
    """A fault as it stands: how many calls matched, and to how many it happened."""

    id: int
    fault: Fault
    seen: int
    happened: int


@dataclass(frozen=True)
class Happening:
    """A fault that happens to one call; `number` counts the calls that matched it."""

    fault: Fault
    number: int

    @property
    def seconds(self) -> float:
        """How long a latency lasts this time."""
        fault = self.fault
        least = fault.milliseconds or 0
        most = least if fault.up_to_milliseconds is None else fault.up_to_milliseconds
        return Random(f"latency {fault.seed} {self.number}").uniform(least, most) / 1000  # noqa: S311


class Faults:
    """Takes faults, and hands each out as often as it was ordered, whichever process asks.

    A marker beside the database says whether there are any, so that calls cost nothing while there are none.
    """

    def __init__(self, database: Database, marker: Path | None) -> None:
        self._database = database
        self._marker = SharedFile(marker)

    async def add(self, fault: Fault) -> Planned:
        """Let this happen from now on, after the faults that were added before."""

        def add(session: Session) -> Planned:
            row = PlannedFault(fault=asdict(fault), seen=0, happened=0)
            session.add(row)
            session.flush()
            # Set before the transaction ends: a marker without a fault costs a look, the reverse a fault.
            self._marker.write({"faults": True})
            return _planned(row)

        return await self._database.write(add)

    async def list(self) -> list[Planned]:
        """Everything that is still to happen."""
        return await self._database.read(lambda session: [_planned(row) for row in session.scalars(_ALL)])

    async def clear(self, *, fault_id: int | None = None, scope: str | None = None) -> int:
        """Let it not happen any more: one fault, those of one scope key, or all. How many there were."""

        def clear(session: Session) -> int:
            gone = [
                row.id
                for row in session.scalars(_ALL)
                if fault_id in {None, row.id} and scope in {None, row.fault["scope"]}
            ]
            session.execute(delete(PlannedFault).where(PlannedFault.id.in_(gone)))
            return len(gone)

        return await self._database.write(clear)

    async def claim(self, target: Target) -> Sequence[Happening]:
        """What happens to this call on its way: every latency that is due, and at most one other fault."""
        return await self._claim(target, lambda fault: fault.is_on_the_way)

    async def claim_error(self, target: Target, places: Collection[Place]) -> str | None:
        """The refusal with which this call has to end, of those that its places have."""
        happening = await self._claim(target, lambda fault: fault.is_at(places))
        return happening[0].fault.error if happening else None

    async def claim_widget(self, target: Target) -> str | None:
        """What Klarna's widget does with the session that this call creates (`faults.WIDGET`)."""
        happening = await self._claim(target, lambda fault: fault.klarna is not None)
        return happening[0].fault.klarna if happening else None

    async def _claim(self, target: Target, is_wanted: Callable[[Fault], bool]) -> Sequence[Happening]:
        if not self._marker.read():
            return []
        rows = await self._database.read(lambda session: session.scalars(_ALL).all())
        if rows and not any(_may_happen(row, target, is_wanted) for row in rows):
            return []

        def claim(session: Session) -> Sequence[Happening]:
            rows = session.scalars(_ALL).all()
            if not rows:  # nobody can add one meanwhile: this transaction holds the write lock
                self._marker.write({})
            happenings: tuple[Happening, ...] = ()
            for row in rows:
                is_chosen = any(entry.fault.kind != "latency" for entry in happenings)
                if not _may_happen(row, target, is_wanted) or (is_chosen and row.fault["kind"] != "latency"):
                    continue
                row.seen += 1
                fault = Fault(**row.fault)
                if not _is_due(fault, row.seen):
                    continue
                row.happened += 1
                happenings += (Happening(fault, row.seen),)
                if row.happened == fault.times:
                    session.delete(row)
            return happenings

        return await self._database.write(claim)


_ALL = select(PlannedFault).order_by(PlannedFault.id)


def _planned(row: PlannedFault) -> Planned:
    return Planned(row.id, Fault(**row.fault), row.seen, row.happened)


def _may_happen(row: PlannedFault, target: Target, is_wanted: Callable[[Fault], bool]) -> bool:
    fault = Fault(**row.fault)
    return is_wanted(fault) and fault.is_for(target)


def _is_due(fault: Fault, number: int) -> bool:
    drawn = Random(f"share {fault.seed} {number}").random() * 100  # noqa: S311
    return fault.percent == 100 or drawn < fault.percent
