"""The states of a purchase, and every change from one to another that is possible."""

from __future__ import annotations

from enum import StrEnum


class PurchaseState(StrEnum):
    """Names as in the UI contract."""

    SESSION_OPEN = "session_open"
    """A Klarna session exists; the reader has not approved anything."""
    AUTHORIZED = "authorized"
    """The authorization token is stored; nothing has been sent to Payway, or certainly nothing arrived."""
    PLACING = "placing"
    """place_order is under way."""
    UNKNOWN = "unknown"
    """place_order was sent and its answer is lost; Payway may or may not have done the work."""
    PLACED = "placed"
    """Payway has the order."""
    COMPLETED = "completed"
    """Payway has the order and it opens articles."""
    REFUSED = "refused"
    """Klarna, or Klarna through Payway, said no."""
    FAILED = "failed"
    """Payway refused for a definite reason other than payment."""
    UNRESOLVED = "unresolved"
    """What became of it could not be decided in time; a person looks into it."""
    ABANDONED = "abandoned"
    """The reader started over."""
    EXPIRED = "expired"
    """The session or the authorization grew too old before an order was placed."""


S = PurchaseState

TRANSITIONS: dict[PurchaseState, frozenset[PurchaseState]] = {
    S.SESSION_OPEN: frozenset({S.AUTHORIZED, S.REFUSED, S.FAILED, S.ABANDONED, S.EXPIRED}),
    # Unresolved: written with a key that is gone. What Klarna approved cannot be sent.
    S.AUTHORIZED: frozenset({S.PLACING, S.EXPIRED, S.UNRESOLVED}),
    S.PLACING: frozenset({S.PLACED, S.REFUSED, S.FAILED, S.UNKNOWN, S.AUTHORIZED}),
    S.UNKNOWN: frozenset({S.PLACING, S.PLACED, S.UNRESOLVED}),
    S.PLACED: frozenset({S.COMPLETED, S.REFUSED}),
    S.UNRESOLVED: frozenset({S.PLACED, S.FAILED}),
    S.COMPLETED: frozenset(),
    S.REFUSED: frozenset(),
    S.FAILED: frozenset(),
    S.ABANDONED: frozenset(),
    S.EXPIRED: frozenset(),
}
"""From each state, the states that may follow. Nothing else is possible: the ledger refuses the rest."""

OUTCOME_OPEN = frozenset({S.AUTHORIZED, S.PLACING, S.UNKNOWN, S.UNRESOLVED})
"""The reader has approved and nobody knows yet whether an order exists: never offer to buy again."""

PENDING = OUTCOME_OPEN | {S.PLACED}
"""What the confirmation shows as pending."""

APPROVED_OR_ORDERED = PENDING | {S.COMPLETED}
"""Approved by the reader, and not known to have come to nothing."""

ORDERED = frozenset({S.PLACED, S.COMPLETED})
"""Payway has the order."""

OVER_WITHOUT_ORDER = frozenset({S.REFUSED, S.FAILED, S.ABANDONED, S.EXPIRED})
"""Finished, and nothing was bought."""

OVER = OVER_WITHOUT_ORDER | {S.COMPLETED}
"""Nothing will happen to it any more."""
