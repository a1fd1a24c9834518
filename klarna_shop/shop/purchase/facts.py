"""What a purchase is made from: the reader's choice, who buys, and facts of the browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

EMAIL = re.compile(r"\A[\w+\-.]+@[a-z\d\-]+(\.[a-z\d\-]+)*\.[a-z]+\Z", re.IGNORECASE | re.ASCII)
"""Payway's own rule (payway-api.md §10.2), with digits and hyphens in every label.

Checked in the picker: Payway itself is asked about the address only after Klarna's approval.
"""
LONGEST_EMAIL = 254
LONGEST_NAME = 100


@dataclass(frozen=True)
class CustomerDetails:
    """A new customer: `customer_info` of the v2 endpoints (payway-api.md §5.3)."""

    email: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)

    def faults(self) -> tuple[str, ...]:
        """Names of the fields that cannot be used; empty where all are fine."""
        faults = []
        if len(self.email) > LONGEST_EMAIL or not EMAIL.match(self.email):
            faults.append("email")
        for name in ("first_name", "last_name"):
            value = getattr(self, name)
            if not 1 <= len(value) <= LONGEST_NAME or not value.isprintable():
                faults.append(name)
        return tuple(faults)


@dataclass(frozen=True)
class BrowserFacts:
    """What Payway wants to know of the buyer's browser and way here (payway-api.md §5.3)."""

    ip: str = field(repr=False)
    language: str
    user_agent: str
    traffic_source: str | None = None


@dataclass(frozen=True)
class Choice:
    """What the reader chose in the picker. `customer` is given only by who is not signed in."""

    code: str
    period_id: str
    language: str
    article_slug: str | None = None
    start_date: date | None = None
    customer: CustomerDetails | None = None
