"""What a posted form came to, carried to the page shown next in a short-lived encrypted cookie."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from klarna_shop.shop.encryption import CannotDecrypt, Encryption
from klarna_shop.shop.identity.cookies import NOTICE_SECONDS

LONGEST_KEPT = {"email": 254}
OTHERWISE_KEPT = 100
"""Characters of a typed value that go back into the form: so much fits a cookie in any alphabet."""


@dataclass(frozen=True)
class Notice:
    """One form's outcome, and what was typed; never a password.

    Attributes:
        form: `sign_in` or `register`, the form it belongs to.
        code: what happened: `refused`, `frozen`, `unavailable`, `fields`, `neutral`, `registered`;
            of a sign-in by redirect `foreign`, `expired`, `code`, `interrupted`, `provider`, `unproven`,
            `clock` or `interaction`.
        attempts_left: before sign-in is paused.
        until: end of that pause, ISO 8601 in UTC; empty where unknown.
        typed: form field to what stood in it.
        faults: form field to what is wrong with it (`RegistrationRefused`).
        incident: id under which the log tells more; empty where the reader has no need of it.
    """

    form: str
    code: str
    attempts_left: int | None = None
    until: str = ""
    typed: dict[str, str] = field(default_factory=dict, repr=False)
    faults: dict[str, str] = field(default_factory=dict)
    incident: str = ""

    @property
    def until_moment(self) -> datetime | None:
        """The end of the pause as a time."""
        return datetime.fromisoformat(self.until) if self.until else None


def seal(notice: Notice, encryption: Encryption) -> str:
    """The cookie's value."""
    content = asdict(notice)
    content["typed"] = {
        name: value[: LONGEST_KEPT.get(name, OTHERWISE_KEPT)] for name, value in notice.typed.items()
    }
    return encryption.encrypt(json.dumps(content, ensure_ascii=False))


def mark_of(sealed: str) -> str:
    """What a page's address has in it that is to show this notice, and no other page's."""
    return hashlib.sha256(sealed.encode()).hexdigest()[:12]


def unseal(value: str | None, encryption: Encryption) -> Notice | None:
    """The notice in a cookie's value; nothing for one that is old, altered or absent."""
    if value is None:
        return None
    try:
        content: dict[str, Any] = json.loads(encryption.decrypt(value, within_seconds=NOTICE_SECONDS))
        return Notice(**content)
    except (CannotDecrypt, ValueError, TypeError):
        return None
