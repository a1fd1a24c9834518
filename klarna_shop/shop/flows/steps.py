"""A step as it is handed to the recorder: whose it is, what happened, and what is to be kept of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from klarna_shop.payway import ObservedCall


class Party(StrEnum):
    """Where a step happened."""

    PAGE = "page"
    """What the reader did, as the page told the shop."""
    SDK = "sdk"
    """A call of Klarna's browser SDK, or its answer."""
    LEDGER = "ledger"
    """A change of the purchase's state, or a purchase that could not be opened."""
    PAYWAY = "payway"
    """A call to Payway's API."""
    REDIRECT = "redirect"
    """The browser was sent away, or came back."""


NOT_OPENED = "not opened"
"""Operation of the ledger's step for a purchase that got no row: what it lacks says its status."""


SDK_CALLS = frozenset({"script", "init", "load", "authorize", "finalize"})
SDK_PHASES = frozenset({"call", "answer", "threw"})
LONGEST_SDK_CALL = 3_600_000.0
"""Milliseconds."""
MOST_FIELDS = 20
_NAME = re.compile(r"\A[A-Za-z_](?!.*\d{6})[\w.\[\]-]{0,60}\Z", re.ASCII)
"""What the name of an error or of a field looks like."""


@dataclass(frozen=True, slots=True)
class SdkStep:
    """One call of Klarna's SDK (`phase` is `call`), or what came of it (`answer`, `threw`).

    `details` holds only what an answer said yes or no to, and which fields it objects to.
    """

    call: str
    phase: str
    milliseconds: float | None = None
    error: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, report: object) -> SdkStep | None:
        """From what a browser reports, which anyone may have invented; None where it is no such thing."""
        if not isinstance(report, Mapping):
            return None
        call, phase = report.get("call"), report.get("phase")
        if call not in SDK_CALLS or phase not in SDK_PHASES:
            return None
        time, fields = report.get("milliseconds"), report.get("invalidFields")
        answered = {"showForm": "show_form", "approved": "approved", "finalizeRequired": "finalize_required"}
        details: dict[str, Any] = {
            ours: value for theirs, ours in answered.items() if isinstance(value := report.get(theirs), bool)
        }
        if isinstance(fields, list) and fields:
            details["invalid_fields"] = [name for name in map(_name, fields[:MOST_FIELDS]) if name]
        milliseconds = None
        if isinstance(time, int | float) and 0 <= time <= LONGEST_SDK_CALL:
            milliseconds = float(time)
        return cls(call, phase, milliseconds, _name(report.get("error")), details)


def _name(value: object) -> str:
    return value if isinstance(value, str) and _NAME.match(value) else ""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step on its way into the database, not redacted yet. `at` is UTC."""

    purchase_id: str | None
    visitor_id: str | None
    at: datetime
    party: Party
    operation: str
    status: str = ""
    error: str = ""
    milliseconds: float | None = None
    details: Mapping[str, Any] | None = field(default=None, repr=False)
    call: ObservedCall | None = field(default=None, repr=False)
