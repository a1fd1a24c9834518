"""What is being done for a tab, by whom: "do not press again" while it lasts, and not a moment longer.

A tab's state outlives the process that does something for it where it is kept in Redis, and what is to be
noted at the end may be lost with it. So a mark in the state counts only while this process holds the claim
that it names. To another process it means nothing: the ledger and the database keep two from doing it twice.
"""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Self

_held: set[str] = set()


class Claim:
    """Held from entering to leaving it."""

    def __init__(self) -> None:
        self._token = secrets.token_hex(8)

    def __enter__(self) -> Self:
        _held.add(self._token)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        _held.discard(self._token)

    def on(self, what: str) -> str:
        """The mark for a state: this claim, on `what`."""
        return f"{self._token}:{what}"


def is_held(mark: str, what: str | None = None) -> bool:
    """Whether `mark` is a claim that this process holds now; on `what`, where that is given."""
    token, _, claimed = mark.partition(":")
    return token in _held and what in {None, claimed}
