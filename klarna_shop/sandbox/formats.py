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


def _format(shown: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Format:
    return Format(shown, re.compile(pattern, flags | re.ASCII))


ENTITY_ID = _format(r"/^[a-f\d]{24}$/i", r"[a-f\d]{24}", re.I)
CODE = _format(r"/^[a-zA-Z-_0-9]+$/", r"[a-zA-Z_0-9-]+")
EMAIL = _format(
    r"/\A[\w+\-.]+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+\z/i", r"[\w+\-.]+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+", re.I
)
ORDER_NUMBER = _format(r"/^[\w-]+-\d+$/", r"[\w-]+-\d+")
MOBILE_PHONE = _format(r"/^[+,0]?[0-9]{10,12}$/", r"[+,0]?[0-9]{10,12}")
SOCIAL_SECURITY_NUMBER = _format(r"/^(\d{6}-\d{4}|\d{12})$/", r"\d{6}-\d{4}|\d{12}")
DATE = _format(r"/^\d{4}-\d{2}-\d{2}$/", r"\d{4}-\d{2}-\d{2}")
UUID = _format(
    r"/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i",
    r"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}",
    re.I,
)
LANGUAGE = _format(r"/^[a-z]{2,3}(-[a-z\d]{2,8})*$/i", r"[a-z]{2,3}(-[a-z\d]{2,8})*", re.I)


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
