"""What somebody types to make an account, checked before Payway is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

EMAIL = re.compile(r"[\w+\-.]+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+", re.IGNORECASE | re.ASCII)
"""The addresses Payway takes for an account (payway-api.md §10.2)."""
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
"""Characters. Payway would take six (§10.1); current advice is eight."""
LONGEST_PASSWORD = 1024
LONGEST_NAME = 100


@dataclass(frozen=True)
class RegistrationRequest:
    """A wish for an account."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)

    def trimmed(self) -> RegistrationRequest:
        """Without white space around what is not secret."""
        return RegistrationRequest(
            self.email.strip(), self.password, self.first_name.strip(), self.last_name.strip()
        )

    def faults(self) -> dict[str, str]:
        """Field to `required`, `invalid`, `too_short` or `too_long`; empty where all is well."""
        found = {
            "email": _email_fault(self.email),
            "password": _password_fault(self.password),
            "first_name": _name_fault(self.first_name),
            "last_name": _name_fault(self.last_name),
        }
        return {name: fault for name, fault in found.items() if fault}


def _email_fault(email: str) -> str:
    if not email:
        return "required"
    if len(email) > LONGEST_EMAIL:
        return "too_long"
    return "" if EMAIL.fullmatch(email) else "invalid"


def _password_fault(password: str) -> str:
    if not password:
        return "required"
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    return "too_long" if len(password) > LONGEST_PASSWORD else ""


def _name_fault(name: str) -> str:
    if not name:
        return "required"
    if len(name) > LONGEST_NAME:
        return "too_long"
    return "" if name.isprintable() else "invalid"
