"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a design from being published; a warning is to be read."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Source:
    """Where the rule comes from. `url` is empty for the shop's own rules (`docs/paywalls.md`)."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing to put right. `path` is the field (`copy.sv.buy`), empty for the design as a whole."""

    id: str
    severity: Severity
    path: str
    sentence: str
    mend: str
    source: Source
