"""What somebody types to make an account, checked before Payway is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from klarna_shop.email_address import email_fault, typed_email
from klarna_shop.typed_text import name_fault, tidy

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
        """As it was meant, without what typing and pasting bring along; the password stays as it is."""
        return RegistrationRequest(
            typed_email(self.email), self.password, tidy(self.first_name), tidy(self.last_name)
        )

    def faults(self) -> dict[str, str]:
        """Field to its fault, a word such as `required` or `too_short`; empty where all is well."""
        found = {
            "email": email_fault(self.email),
            "password": _password_fault(self.password),
            "first_name": name_fault(self.first_name, LONGEST_NAME),
            "last_name": name_fault(self.last_name, LONGEST_NAME),
        }
        return {name: fault for name, fault in found.items() if fault}


def _password_fault(password: str) -> str:
    if not password:
        return "required"
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    return "too_long" if len(password) > LONGEST_PASSWORD else ""
