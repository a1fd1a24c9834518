"""Keeps what readers send out of the framework's own log lines, and those lines few.

Reflex logs a whole event (headers, cookies, payload) when it cannot be handled, for instance when somebody
calls a handler that does not exist. What is worth knowing of it is its name.
"""

from __future__ import annotations

import logging
import re

from klarna_shop.shop.allowance import Allowances, Rate

LOGGERS = (
    "reflex_base.event.processor.event_processor",
    "reflex_base.event.processor.base_state_processor",
    "reflex.app",
    "reflex.state",
)
SOCKET_LOGGERS = ("engineio.server", "socketio.server")
"""They log a message that is no event with its content and its whole way through them."""
POOL_LOGGERS = ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", "sqlalchemy.pool.impl.NullPool")
"""They log a connection that could not be closed or given back with its trace, once for each."""
SPARING = ("klarna_shop.ui.trouble.refusals", *LOGGERS, *SOCKET_LOGGERS, *POOL_LOGGERS)
"""Of these a hostile client can bring about as many lines as it sends events."""
LINES = Rate(60, 1)
ADDRESS_LOGGERS = ("granian.access", "uvicorn.access", "httpx", "httpcore.connection", "httpcore.http11")
"""They may log the address of a request: of the server, or of a client such as the sandbox."""
_WEBHOOK_ADDRESS = re.compile(r"(/hooks/payway/)[^\s\"'?#/]+")
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


class RedactMessages(logging.Filter):
    """Shortens what is said of a message that could not be read to the kind of failure."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it must be; let every record through."""
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"refused a message ({record.exc_info[0].__name__})"
            record.args = ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class RedactWebhookAddress(logging.Filter):
    """Takes the secret out of the address of Payway's webhooks, which is all that protects it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it must be; let every record through."""
        message = record.getMessage()
        if _WEBHOOK_ADDRESS.search(message):
            record.msg, record.args = _WEBHOOK_ADDRESS.sub(r"\1…", message), ()
        return True


class Sparingly(logging.Filter):
    """Lets so many lines through, and then one in a second; the next says how many were left out."""

    def __init__(self, rate: Rate = LINES) -> None:
        super().__init__()
        self._rate = rate
        self._allowed = Allowances(most_keys=1)
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        if record.levelno >= logging.WARNING:
            if not self._allowed.take("", self._rate):
                self._left_out += 1
                return False
            if self._left_out:
                record.msg = f"{record.getMessage()} (and {self._left_out} lines before it)"
                record.args = ()
                self._left_out = 0
        return True


_sparingly = Sparingly()


def redact_logs() -> None:
    """Put the filters on every logger that what a client sends may write to. Safe to repeat."""
    for name in LOGGERS:
        _add(name, RedactEvents)
    for name in (*SOCKET_LOGGERS, *POOL_LOGGERS):
        _add(name, RedactMessages)
    for name in ADDRESS_LOGGERS:
        _add(name, RedactWebhookAddress)
    for name in SPARING:
        logging.getLogger(name).addFilter(_sparingly)


def _add(name: str, kind: type[logging.Filter]) -> None:
    logger = logging.getLogger(name)
    if not any(isinstance(each, kind) for each in logger.filters):
        logger.addFilter(kind())
