"""Work of which a part that fails must not end the rest."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Awaitable

from klarna_shop.shop.database_faults import fault_of

log = logging.getLogger(__name__)


async def guarded(what: str, step: Awaitable[object]) -> None:
    """Do it; a failure is logged under `what`, and the next round tries again."""
    try:
        await step
    except Exception:  # noqa: BLE001 - logged
        log_failure(log, "%s failed; the next round tries again", what)


def log_unexpected(what: str) -> str:
    """Log the exception that is being handled, with its trace, under an id; return the id."""
    incident = secrets.token_hex(4)
    log.error("unexpected failure %s: %s", incident, what, exc_info=True)  # noqa: LOG014 - in a handler
    return incident


def log_failure(logger: logging.Logger, message: str, *arguments: object) -> None:
    """Log the exception that is being handled, with its trace.

    A fault of the database is left out: `Database` logs it, once a minute.
    """
    error = sys.exc_info()[1]
    if error is None or fault_of(error) is None:
        logger.error(message, *arguments, exc_info=error)
