"""Steps of periodic work, of which one that fails must not end the rest."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

log = logging.getLogger(__name__)


async def guarded(what: str, step: Awaitable[object]) -> None:
    """Do it; a failure is logged under `what`, and the next round tries again."""
    try:
        await step
    except Exception:
        log.exception("%s failed; the next round tries again", what)
