"""Formats of values: the patterns requests must match, and how answers are written (§1.4, §10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from klarna_shop.sandbox.clock import STOCKHOLM


@dataclass(frozen=True)
class Format:
    """A pattern with the spelling that validation messages show."""

    shown: str
    pattern: re.Pattern[str]

    def accepts(self, value: str) -> bool:
        """Whether the whole value matches."""
        return self.pattern.fullmatch(value) is not None

    @property
    def portable(self) -> str:
        """The pattern as JSON Schema has it: anchored, and without flags."""
        return f"^({self.pattern.pattern})$"


def _format(shown: str, pattern: str) -> Format:
    # Classes are spelled out, since flags and the reach of \d and \w differ from language to language.
    return Format(shown, re.compile(pattern))


ENTITY_ID = _format(r"/^[a-f\d]{24}$/i", r"[a-fA-F0-9]{24}")
CODE = _format(r"/^[a-zA-Z-_+0-9]+$/", r"[a-zA-Z_+0-9-]+")
TITLE_CODE = _format(r"/^[a-zA-Z-_0-9]+$/", r"[a-zA-Z_0-9-]+")
INTEGRATION_CODE = _format(r"/^[a-zA-Z-_+0-9åäöÅÄÖ]+$/", r"[a-zA-Z_+0-9åäöÅÄÖ-]+")
# The same texts as the documented pattern, in which each can be read in one way only: no text takes long.
TAGS = _format(
    r"/^([a-zA-Z0-9]+,?\s*)+$/",
    r"[a-zA-Z0-9]+((,[ \t\n\r\f\v]*|[ \t\n\r\f\v]+)[a-zA-Z0-9]+)*,?[ \t\n\r\f\v]*",
)
EMAIL = _format(
    r"/\A[\w+\-.]+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+\z/i",
    r"[a-zA-Z0-9_+.-]+@[a-zA-Z0-9-]+(\.[a-zA-Z]+)*\.[a-zA-Z]+",
)
ORDER_NUMBER = _format(r"/\A[A-Z0-9]+-[0-9]+$/", r"[A-Z0-9]+-[0-9]+")
MOBILE_PHONE = _format(r"/^[+,0]?[0-9]{10,12}$/", r"[+,0]?[0-9]{10,12}")
SOCIAL_SECURITY_NUMBER = _format(r"/^(\d{6}-\d{4}|\d{12})$/", r"[0-9]{6}-[0-9]{4}|[0-9]{12}")
DATE = _format(r"/^\d{4}-\d{2}-\d{2}$/", r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE = _format(r"/^[a-z]{2,3}(-[a-z\d]{2,8})*$/i", r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")


def written_time(moment: datetime | None, *, milliseconds: bool = False) -> str | None:
    """ISO 8601 with the Swedish offset, in whole seconds unless asked otherwise."""
    if moment is None:
        return None
    return moment.astimezone(STOCKHOLM).isoformat(timespec="milliseconds" if milliseconds else "seconds")


def written_date(day: date | None) -> str | None:
    """`YYYY-MM-DD`."""
    return None if day is None else day.isoformat()


def price(ore: int) -> int | float:
    """A price in kronor: a whole number where it is one."""
    return ore // 100 if ore % 100 == 0 else ore / 100


def price_text(ore: int) -> str:
    """A price in kronor as purchase histories write it, such as `"129.0"`."""
    return str(ore / 100)
