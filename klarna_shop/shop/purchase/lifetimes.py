"""Lifetimes of what Klarna gives out for a purchase (klarna-payments-js.md §2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

AUTHORIZATION_LIFETIME = timedelta(minutes=60)
"""An authorization token is void after this."""
_SESSION_LIFETIME = timedelta(hours=48)


def oldest_session(now: datetime) -> datetime:
    """Return the moment before which Klarna's sessions were created that are void now.

    The only place that knows for how long a purchase without an approval can go on.
    """
    return now - _SESSION_LIFETIME
