"""Keeps what readers send out of the framework's own log lines.

Reflex logs a whole event (headers, cookies, payload) when it cannot be handled, for instance when somebody
calls a handler that does not exist. What is worth knowing of it is its name.
"""

from __future__ import annotations

import logging
import re

LOGGERS = (
    "reflex_base.event.processor.event_processor",
    "reflex_base.event.processor.base_state_processor",
    "reflex.app",
    "reflex.state",
)
_EVENT_NAME = re.compile(r"Event\(name='([\w.]{1,200})'")
_CARRIES_DATA = re.compile(r"payload|event data|router_data|cookie|headers", re.IGNORECASE)


class RedactEvents(logging.Filter):
    """Shortens a line that carries an event to the event's name, and drops its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it must be; let every record through."""
        message = record.getMessage()
        if _CARRIES_DATA.search(message):
            found = _EVENT_NAME.search(message)
            record.msg = f"refused an event: {found[1] if found else 'malformed'}"
            record.args = ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def redact_logs() -> None:
    """Put the filter on every logger of the framework that may name an event. Safe to repeat."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, RedactEvents) for each in logger.filters):
            logger.addFilter(RedactEvents())
