"""E-mail addresses as people have them, and the smaller set of forms that Payway takes."""

from __future__ import annotations

import re
from enum import StrEnum

from klarna_shop.typed_text import tidy
from klarna_shop.web_address import canonical_host

LONGEST_EMAIL = 254
"""Characters of an address that mail servers pass on (RFC 5321, 4.5.3.1.3, without its brackets)."""
LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""
PAYWAY_EMAIL = re.compile(r"[\w+\-.]+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+", re.IGNORECASE | re.ASCII)
"""The addresses that Payway takes for an account (payway-api.md §10.2): no apostrophe, no digit or hyphen
in any but the first label after the @, no letter beyond a to z."""

# RFC 5322's atext, and every character beyond ASCII (RFC 6531). Dots stand wherever somebody's provider
# allowed them: two in a row, or one before the @, are in use though no RFC has them.
_DOTTED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u0080-\U0010ffff]+")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"')
_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]+)\]")


class EmailFault(StrEnum):
    """Why an address cannot be used; empty where it can."""

    NONE = ""
    REQUIRED = "required"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    """An address by every standard, of a form that Payway does not take."""


def email_fault(text: str) -> EmailFault:
    """Return what keeps `text` from being the address of a Payway account."""
    if not text:
        return EmailFault.REQUIRED
    if PAYWAY_EMAIL.fullmatch(text) and len(text) <= LONGEST_EMAIL:
        return EmailFault.NONE
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or not text.isprintable():
        return EmailFault.INVALID
    if not (_DOTTED.fullmatch(local) or _QUOTED.fullmatch(local)) or not _is_domain(domain):
        return EmailFault.INVALID
    if len(text) > LONGEST_EMAIL or len(local.encode()) > LONGEST_LOCAL:
        return EmailFault.TOO_LONG
    return EmailFault.UNSUPPORTED


def is_email(text: str) -> bool:
    """True if `text` is an e-mail address, whether Payway takes its form or not."""
    return email_fault(text) in {EmailFault.NONE, EmailFault.UNSUPPORTED}


def sent_email(email: str) -> str:
    """Return the address with its domain in punycode, which every mail server takes."""
    local, _, domain = email.rpartition("@")
    try:
        return email if domain.isascii() else f"{local}@{canonical_host(domain)}"
    except ValueError:
        return email


def typed_email(text: str) -> str:
    """Return an address as it was meant: without what pasting puts around it."""
    text = tidy(text)
    if '"' in text:
        return text
    inside = re.fullmatch(r"(?:[^<>]*<)?(?:mailto:)?([^<>]*)>?", text, re.IGNORECASE)
    return (inside[1] if inside else text).strip().rstrip(".,;")


def _is_domain(domain: str) -> bool:
    if _LITERAL.fullmatch(domain):
        return True
    try:
        host = canonical_host(domain)
    except ValueError:
        return False
    return "." in host and "_" not in host
