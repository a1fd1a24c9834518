"""Faults of a database that no statement is to blame for: what each is, and the typed error for it."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Fault(StrEnum):
    """Kind of fault; the value is how the log and the doctor name it."""

    LOCKED = "locked, or too busy"
    READ_ONLY = "read-only"
    FULL = "out of room"
    DAMAGED = "damaged"
    GONE = "gone, or not the file that was opened"
    UNREACHABLE = "not reachable"

    @property
    def is_readable(self) -> bool:
        """True if what is stored can still be read."""
        return self in {Fault.LOCKED, Fault.READ_ONLY, Fault.FULL}


class DatabaseUnavailable(Exception):
    """The database did not do what was asked. Nothing of the transaction is kept, unless `is_uncertain`.

    Attributes:
        fault: the kind.
        incident: id of its line in the log.
    """

    def __init__(self, fault: Fault, incident: str = "") -> None:
        super().__init__(f"the database is {fault.value}")
        self.fault = fault
        self.incident = incident

    @property
    def is_uncertain(self) -> bool:
        """True if the connection was lost, possibly in the middle of a commit."""
        return self.fault is Fault.UNREACHABLE


_SQLITE = {
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_PERM: Fault.READ_ONLY,
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
    sqlite3.SQLITE_IOERR: Fault.DAMAGED,
    sqlite3.SQLITE_CANTOPEN: Fault.GONE,
}
"""By primary result code."""
_MOVED = sqlite3.SQLITE_READONLY_DBMOVED
_POSTGRESQL = {
    "08": Fault.UNREACHABLE,
    "57P": Fault.UNREACHABLE,
    "28": Fault.UNREACHABLE,
    "3D": Fault.GONE,
    "53100": Fault.FULL,
    "53": Fault.UNREACHABLE,
    "58": Fault.DAMAGED,
    "XX": Fault.DAMAGED,
    "25006": Fault.READ_ONLY,
    "55P03": Fault.LOCKED,
    "57014": Fault.LOCKED,
    "25P03": Fault.LOCKED,
    "40P01": Fault.LOCKED,
}
"""By SQLSTATE or its beginning; the longest beginning counts."""


def fault_of(error: BaseException) -> Fault | None:
    """Return the fault behind an error of SQLAlchemy or a driver; None where a statement is to blame."""
    if isinstance(error, DatabaseUnavailable):
        return error.fault
    if isinstance(error, PoolTimeout):
        return Fault.LOCKED
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(getattr(cause, "sqlite_errorcode", None))
    sqlstate = getattr(cause, "sqlstate", None)
    if isinstance(sqlstate, str):
        return _longest_beginning(sqlstate)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Fault.UNREACHABLE
    # psycopg gives no SQLSTATE where no server has answered.
    return Fault.UNREACHABLE if type(cause).__name__ in {"OperationalError", "ConnectionTimeout"} else None


def _of_sqlite(code: int | None) -> Fault | None:
    if code is None:
        return None
    return Fault.GONE if code == _MOVED else _SQLITE.get(code & 0xFF)


def _longest_beginning(sqlstate: str) -> Fault | None:
    found = [beginning for beginning in _POSTGRESQL if sqlstate.startswith(beginning)]
    return _POSTGRESQL[max(found, key=len)] if found else None
