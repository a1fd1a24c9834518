"""Which purchase the present work belongs to, so that its calls can be told from everybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

current_flow: ContextVar[str | None] = ContextVar("current_flow", default=None)
"""The purchase's id; None for work that belongs to none (yet)."""


@contextmanager
def in_flow(purchase_id: str) -> Iterator[None]:
    """Everything recorded inside the block, and in tasks begun in it, belongs to this purchase."""
    before = current_flow.set(purchase_id)
    try:
        yield
    finally:
        current_flow.reset(before)
