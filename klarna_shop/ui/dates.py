"""Points in time as the newspaper writes them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_time

from klarna_shop.shop.money import seller_time

_LOCALES = {"en": "en_GB"}
"""Where the bare language would be read as another country's."""
_TIMES = {"sv": "HH.mm"}
"""How newspapers write the time of day, where that is not `HH:mm`."""


def date_and_time(moment: datetime, language: str) -> str:
    """The day, and the time of day in the newspaper's own zone."""
    local = seller_time(moment)
    locale = _locale(language)
    time = format_time(local, _TIMES.get(language, "HH:mm"), locale=locale)
    return f"{format_date(local, 'd MMMM y', locale=locale)} {time}"


def whole_date(moment: datetime, language: str) -> str:
    """Weekday, day, month and year in the newspaper's own zone."""
    return _whole_date(seller_time(moment).date(), language)


@lru_cache(maxsize=64)
def _whole_date(local: date, language: str) -> str:
    """Remembered: today's stands on every page."""
    return format_date(local, "EEEE d MMMM y", locale=_locale(language))


def day(moment: datetime, language: str) -> str:
    """The day without its year, for what is recent."""
    return format_date(seller_time(moment), "d MMM", locale=_locale(language))


def _locale(language: str) -> str:
    return _LOCALES.get(language, language)
