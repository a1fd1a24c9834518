"""What a check of the doctor's found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """How bad it is."""

    GOOD = "good"
    POOR = "poor"
    """The shop runs, without the part that the finding names."""
    WRONG = "WRONG"
    """The shop cannot sell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        part: what was looked at.
        grade: how bad it is.
        text: what was found; never holds a secret.
        cost: what a reader or publisher loses by it and what helps; empty where nothing is lost.
    """

    part: str
    grade: Grade
    text: str
    cost: str = ""
