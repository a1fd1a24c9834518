"""A mail, what kinds there are, and who writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class MailKind(StrEnum):
    """What a mail is, and with it what `about` names."""

    RECEIPT = "receipt"
    """To the buyer, about a purchase."""
    WITHDRAWAL_RECEIPT = "withdrawal_receipt"
    """To whoever withdrew, about a withdrawal."""
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    """To the seller, about a withdrawal."""


@dataclass(frozen=True)
class Mail:
    """A mail as it is sent: the same content as text and as HTML."""

    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    identifier: str
    """The same each time this mail is sent, so that a mailbox can tell a repetition."""


class Composer(Protocol):
    """Writes mails in the reader's language."""

    async def compose(self, kind: MailKind, about: str) -> Mail | None:
        """The mail, or None where there is nothing to send (any more): erased, or without an address."""
