"""Who watches the calls: whoever puts the client together may hand it an observer of everything it sends."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """One request to Payway as it went out, with the answer as it came. Nothing is redacted yet.

    Attributes:
        operation: method and path template.
        section: of the Payway reference, without its sign.
        attempt: which time it was sent for the same purpose, from 1: a read is repeated, and anything is
            sent a second time where Payway refuses the first token.
        began_at: UTC.
        milliseconds: until the answer was there, or until it was given up.
        request: as sent.
        response: None where no answer came.
        error: name of the failure below HTTP; empty where an answer came.
    """

    operation: str
    section: str
    attempt: int
    began_at: datetime
    milliseconds: float
    request: httpx.Request = field(repr=False)
    response: httpx.Response | None = field(repr=False)
    error: str = ""


class CallObserver(Protocol):
    """Is told of every call right after it, on its way: it must be quick, and wait for nothing."""

    def __call__(self, call: ObservedCall, /) -> None:
        """What it raises is logged and changes nothing."""


def tell(observer: CallObserver, call: ObservedCall) -> None:
    """Tell the observer; whatever happens there is not the call's concern."""
    try:
        observer(call)
    except Exception:
        log.exception("the observer of %s failed", call.operation)
