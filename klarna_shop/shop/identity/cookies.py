"""The shop's cookies: who the browser is, who is signed in, who uses the studio, what the last form came to.

All are HttpOnly, SameSite=Lax and for the whole host. Over https they carry the `__Host-` prefix, so that
no neighbouring subdomain can plant one.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from klarna_shop.settings import Settings

VISITOR_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""
SESSION_SECONDS = 30 * 24 * 3600
NOTICE_SECONDS = 120
DEVICE_SECONDS = VISITOR_SECONDS

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""How 32 random bytes are written."""
SEALED = re.compile(r"[A-Za-z0-9_=-]{1,4000}", re.ASCII)
DEVICE = re.compile(r"[A-Za-z0-9_-]{43}(\.[0-9a-f]{64}){1,8}", re.ASCII)
"""A device's name, and a signature for each account that it has signed in to (`shop.guessing`)."""
MEASURING = "measuring"
"""Not HttpOnly: the page reads it before it is drawn."""
_ANSWER = re.compile(r"accepted|rejected")
LONGEST_HEADER = 16_384


def new_token() -> str:
    """An unguessable cookie value."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Cookies:
    """Names and attributes of the cookies, which depend on whether the shop is served over https."""

    secure: bool

    @classmethod
    def of(cls, settings: Settings) -> Cookies:
        """The cookies of the shop at `APP_URL`."""
        return cls(secure=settings.app_url.startswith("https:"))

    @property
    def visitor(self) -> str:
        """Name of the cookie that every browser gets."""
        return self._name("visitor")

    @property
    def session(self) -> str:
        """Name of the cookie of a signed-in browser."""
        return self._name("session")

    @property
    def studio(self) -> str:
        """Name of the cookie of a browser that is logged in to the studio."""
        return self._name("studio")

    @property
    def notice(self) -> str:
        """Name of the cookie that carries a form's outcome to the page shown next."""
        return self._name("notice")

    @property
    def device(self) -> str:
        """Name of the cookie of a browser that has signed in or logged in before."""
        return self._name("device")

    def known_device(self, header: str | None) -> str | None:
        """The device cookie's value, where it is one of ours by its form."""
        return self._value(header, self.device, DEVICE)

    def visitor_token(self, header: str | None) -> str | None:
        """The visitor cookie's value in a `Cookie` header, where it is one of ours by its form."""
        return self._value(header, self.visitor, TOKEN)

    def session_token(self, header: str | None) -> str | None:
        """The session cookie's value, where it is one of ours by its form."""
        return self._value(header, self.session, TOKEN)

    def studio_token(self, header: str | None) -> str | None:
        """The studio cookie's value, where it is one of ours by its form."""
        return self._value(header, self.studio, TOKEN)

    def sealed_notice(self, header: str | None) -> str | None:
        """The notice cookie's value, where it may be one of ours by its form."""
        return self._value(header, self.notice, SEALED)

    def measuring(self, header: str | None) -> str:
        """What the page remembers of the answer to being measured, which its own script has written."""
        return self._value(header, MEASURING, _ANSWER) or ""

    def set_cookie(self, name: str, value: str, max_age: int) -> str:
        """A `Set-Cookie` header's value. `max_age` in seconds; 0 removes the cookie."""
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}"

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    @staticmethod
    def _value(header: str | None, name: str, form: re.Pattern[str]) -> str | None:
        if not header or len(header) > LONGEST_HEADER:
            return None
        for part in header.split(";"):
            key, separator, value = part.strip().partition("=")
            if separator and key == name and form.fullmatch(value):
                return value
        return None
