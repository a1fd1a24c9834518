"""Ways for a mail out of the house: a mail server, or the sandbox's mailbox."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from klarna_shop.email_address import sent_email
from klarna_shop.shop.mails.mail import Mail
from klarna_shop.shop.scenarios.stage import Stage, StageUnavailable

DEADLINE_SECONDS = 20.0
PORTS = {"smtp": 587, "smtps": 465}


class NotDelivered(Exception):
    """The mail was not taken. `final` says that no repetition will change it."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Delivery(Protocol):
    """Hands a mail over to whoever carries it on."""

    async def deliver(self, mail: Mail) -> None:
        """Hand it over.

        Raises:
            NotDelivered: it was not taken, or nobody answered in time.
        """


@dataclass(frozen=True)
class SmtpDelivery:
    """Through the mail server at `url` (`SMTP_URL`), in the seller's name.

    `smtps://` is encrypted from the first byte (port 465 where none is named). `smtp://` (port 587) changes
    to encryption where the server offers it; to any host but this machine a password goes only encrypted.
    """

    url: str
    sender_name: str
    sender: str

    async def deliver(self, mail: Mail) -> None:
        """Send. A server that refuses the address or the content for good is not asked again."""
        try:
            await self._send(_message(mail, self.sender_name, self.sender))
        except aiosmtplib.SMTPResponseException as error:
            raise NotDelivered(f"refused with {error.code}", final=500 <= error.code < 600) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise NotDelivered(
                f"refused with {codes}", final=all(500 <= code < 600 for code in codes)
            ) from error
        except aiosmtplib.SMTPNotSupported as error:
            # An address with letters beyond ASCII before its @, and a server without SMTPUTF8.
            final = not mail.recipient.isascii()
            raise NotDelivered("a form of address that the server does not take", final=final) from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise NotDelivered(type(error).__name__) from error
        except ValueError as error:
            raise NotDelivered("no such address can be written", final=True) from error

    async def _send(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        encrypted = parts.scheme == "smtps"
        username = unquote(parts.username) if parts.username else None
        is_near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        await aiosmtplib.send(
            message,
            hostname=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            username=username,
            password=unquote(parts.password or "") if username else None,
            use_tls=encrypted,
            # None takes encryption where it is offered; True insists on it.
            start_tls=None if encrypted or username is None or is_near else True,
            timeout=DEADLINE_SECONDS,
        )


@dataclass(frozen=True)
class SandboxDelivery:
    """Into the sandbox's mailbox, where a demo's reader finds what would have been mailed."""

    stage: Stage

    async def deliver(self, mail: Mail) -> None:
        """Put the text there."""
        try:
            await self.stage.deliver_mail(mail.recipient, mail.subject, mail.text, mail.language)
        except StageUnavailable as error:
            raise NotDelivered(str(error)) from error


def _message(mail: Mail, sender_name: str, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = formataddr((sender_name, sent_email(sender)))
    message["To"] = sent_email(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail.identifier}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = mail.language
    # Nobody's out-of-office shall answer a receipt (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
