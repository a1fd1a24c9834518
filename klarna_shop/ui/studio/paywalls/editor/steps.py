"""Undo and redo: documents as they were, bounded in number and size."""

from __future__ import annotations

from dataclasses import dataclass

MOST_STEPS = 100
MOST_LETTERS = 300_000
"""Of all documents kept: a session's state stays well below a megabyte."""
SAME_STEP_SECONDS = 1.5
"""Typing goes on in one field: no longer than this between two changes that are undone together."""


@dataclass(frozen=True)
class Steps:
    """What can be undone and done again; the last document comes first to be taken back."""

    undo: tuple[str, ...] = ()
    redo: tuple[str, ...] = ()
    field: str = ""
    at: float = 0.0

    def done(self, before: str, field: str, at: float) -> Steps:
        """After a change of `field` to a document that was `before`; `at` in seconds of any clock."""
        goes_on = bool(self.undo) and field == self.field and at - self.at < SAME_STEP_SECONDS
        undo = self.undo if goes_on else _bounded((*self.undo, before))
        return Steps(undo, (), field, at)

    def undone(self, now: str) -> tuple[str, Steps] | None:
        """The document before the last change; None where nothing is to be undone."""
        if not self.undo:
            return None
        return self.undo[-1], Steps(self.undo[:-1], _bounded((*self.redo, now)))

    def redone(self, now: str) -> tuple[str, Steps] | None:
        """The document that the last undo took away; None where there is none."""
        if not self.redo:
            return None
        return self.redo[-1], Steps(_bounded((*self.undo, now)), self.redo[:-1])


def _bounded(documents: tuple[str, ...]) -> tuple[str, ...]:
    kept, letters = documents[-MOST_STEPS:], 0
    for number in range(len(kept) - 1, -1, -1):
        letters += len(kept[number])
        if letters > MOST_LETTERS:
            return kept[number + 1 :]
    return kept
