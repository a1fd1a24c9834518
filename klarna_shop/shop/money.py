"""Amounts and dates as people in Sweden read them, from CLDR. Amounts are integer öre."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

SELLER_ZONE = ZoneInfo("Europe/Stockholm")
"""Dates on screens and receipts are the seller's."""


def _locale(language: str) -> str:
    return f"{language}_SE"


def price(ore: int, language: str) -> str:
    """`129 kr`, `1 234,50 kr`: no decimals for whole kronor, hard spaces throughout."""
    amount = Decimal(ore) / 100
    pattern = "#,##0\xa0¤" if ore % 100 == 0 else "#,##0.00\xa0¤"
    return format_currency(amount, "SEK", pattern, locale=_locale(language), currency_digits=False)


def exact_price(ore: int, language: str) -> str:
    """`7,30 kr`: always two decimals, for VAT and receipts."""
    return format_currency(Decimal(ore) / 100, "SEK", "#,##0.00\xa0¤", locale=_locale(language))


def vat_share(ore: int, vat_percent: int) -> int:
    """The VAT contained in an amount that includes it, in öre, rounded half up."""
    return (2 * ore * vat_percent + 100 + vat_percent) // (2 * (100 + vat_percent))


def long_date(day: date, language: str) -> str:
    """`1 december 2026`."""
    return format_date(day, "d MMMM y", locale=_locale(language))


def local_time(moment: datetime, language: str) -> str:
    """`1 december 2026 14:05` in the seller's zone."""
    return format_datetime(moment, "d MMMM y HH:mm", tzinfo=SELLER_ZONE, locale=_locale(language))


def seller_date(moment: datetime) -> date:
    """The calendar day of a moment where the seller is."""
    return moment.astimezone(SELLER_ZONE).date()
