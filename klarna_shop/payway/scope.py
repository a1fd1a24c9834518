"""On whose behalf calls are made: an opaque key that goes out with them, where the server wants to know it.

The sandbox does, so that a fault can be provoked for one browser and nobody else. Payway itself never gets
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SCOPE_HEADER = "X-Sandbox-Scope"
call_scope: ContextVar[str | None] = ContextVar("call_scope", default=None)
"""The key of the calls made in this context; None for calls on nobody's behalf."""


@contextmanager
def calls_in_scope(key: str | None) -> Iterator[None]:
    """Every call made inside the block, and in tasks begun in it, carries this key.

    A token fetched for the cache is asked for under the key of whoever needed it first: a fault meant for
    them fails their call and is not kept, so that nobody else meets it.
    """
    before = call_scope.set(key)
    try:
        yield
    finally:
        call_scope.reset(before)
