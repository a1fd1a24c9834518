"""What a purchase is made from: the reader's choice, who buys, and facts of the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from klarna_shop.email_address import email_fault
from klarna_shop.typed_text import name_fault

LONGEST_NAME = 100


@dataclass(frozen=True)
class CustomerDetails:
    """A new customer: `customer_info` of the v2 endpoints (payway-api.md §5.3)."""

    email: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)

    def faults(self) -> tuple[str, ...]:
        """Names of the fields that cannot be used; empty where all are fine.

        A field that is filled in is named a second time with its fault, such as `email:unsupported`. Payway
        itself is asked about the address only after Klarna's approval, so that its rule is applied here.
        """
        found = {
            "email": str(email_fault(self.email)),
            "first_name": name_fault(self.first_name, LONGEST_NAME),
            "last_name": name_fault(self.last_name, LONGEST_NAME),
        }
        named = [(name, fault) for name, fault in found.items() if fault]
        precise = [f"{name}:{fault}" for name, fault in named if fault not in {"required", "invalid"}]
        return (*(name for name, _ in named), *precise)


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
