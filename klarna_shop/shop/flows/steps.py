"""A step as it is handed to the recorder: whose it is, what happened, and what is to be kept of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    WEBHOOK = "webhook"
    """Payway said by itself that something changed."""


NOT_OPENED = "not opened"
"""Operation of the ledger's step for a purchase that got no row: what it lacks says its status."""


SDK_CALLS = frozenset({"load", "authorize", "finalize"})
LONGEST_SDK_CALL = timedelta(hours=1)
MOST_FIELDS = 20
_NAME = re.compile(r"\A[A-Za-z_](?!.*\d{6})[\w.\[\]-]{0,60}\Z", re.ASCII)
"""What the name of an error or of a field looks like."""
_ANSWERED = {"showForm": "show_form", "approved": "approved", "finalizeRequired": "finalize_required"}


@dataclass(frozen=True, slots=True)
class SdkStep:
    """One call of Klarna's SDK that was answered, or threw the error of this name.

    `details` holds only what an answer said yes or no to, and which fields it objects to.
    """

    call: str
    milliseconds: float = 0.0
    error: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, report: object) -> SdkStep | None:
        """From what a browser reports, which anyone may have invented; None where it is no such thing."""
        call = report.get("call") if isinstance(report, Mapping) else None
        if not isinstance(report, Mapping) or not isinstance(call, str) or call not in SDK_CALLS:
            return None
        time, fields = report.get("milliseconds"), report.get("invalidFields")
        longest = LONGEST_SDK_CALL.total_seconds() * 1000
        measured = isinstance(time, int | float) and 0 <= time <= longest
        details: dict[str, Any] = {
            ours: report[theirs] for theirs, ours in _ANSWERED.items() if isinstance(report.get(theirs), bool)
        }
        if isinstance(fields, list) and fields:
            details["invalid_fields"] = [name for name in map(_name, fields[:MOST_FIELDS]) if name]
        return cls(report["call"], float(time or 0) if measured else 0.0, _name(report.get("error")), details)

    @property
    def outcome(self) -> str:
        """One word for what came of it."""
        if self.error:
            return "threw"
        if self.details.get("approved"):
            return "approved"
        if "invalid_fields" in self.details:
            return "invalid fields"
        if self.call == "load":
            return "shown" if self.details.get("show_form") else "hidden"
        return "closed" if self.details.get("show_form") else "refused"


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
