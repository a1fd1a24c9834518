"""Amounts and dates as people in Sweden read them, from CLDR. Amounts are integer öre."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

SELLER_ZONE = ZoneInfo("Europe/Stockholm")
"""Dates on screens and receipts are the seller's."""


def seller_time(moment: datetime) -> datetime:
    """The moment where the seller is; at the calendar's very ends, which no other zone has, in UTC."""
    try:
        return moment.astimezone(SELLER_ZONE)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-12-01T14:05:00+01:00` in the seller's zone, as feeds and structured data take it (RFC 3339).

    Before zones were whole minutes, it is in UTC.
    """
    local = seller_time(moment)
    if (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        local = local.astimezone(UTC)
    return local.isoformat(timespec="seconds")


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
    local = seller_time(moment)
    return format_datetime(local, "d MMMM y HH:mm", tzinfo=local.tzinfo, locale=_locale(language))


def seller_date(moment: datetime) -> date:
    """The calendar day of a moment where the seller is."""
    return seller_time(moment).date()
