"""Klarna's payment method categories: those of an account, and the one by which an approval was given."""

from __future__ import annotations

import uuid

from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.readings.purchases import ALL_CATEGORIES

CATEGORIES = (
    "klarna",
    "pay_now",
    "pay_later",
    "pay_over_time",
    "pay_in_parts",
    "direct_debit",
    "direct_bank_transfer",
    "card",
)
"""Every category, in the order of the stand-in for Klarna's SDK (`browser/klarna_sdk.js`)."""
DIRECT_DEBIT = "direct_debit"
"""The only one that an order of 0 öre takes (§4)."""
ACCOUNTS: dict[str, tuple[str, ...]] = {
    "categories_all": ALL_CATEGORIES,
    "categories_klarna": ("klarna",),
    "categories_pay_now_direct_debit": ("pay_now", "direct_debit"),
    "categories_none": (),
    "categories_klarna_listed": ("klarna",),
}
"""Accounts that a fault of the kind `klarna` gives to one session, by the fault's name."""
_LISTED = frozenset({"categories_klarna_listed"})
_TOKEN_VERSION = 8
"""Of UUIDs whose layout is their maker's (RFC 9562): the stand-in's last two digits name the category."""


def account_categories(readings: Readings, widget: str | None, *, is_trial: bool) -> tuple[str, ...]:
    """Return the categories that a session has, whether or not its answer lists them."""
    if widget in ACCOUNTS:
        return ACCOUNTS[widget]
    categories = readings.categories
    if is_trial and categories and readings.direct_debit_for_trials and DIRECT_DEBIT not in categories:
        return (*categories, DIRECT_DEBIT)
    return categories


def listing(readings: Readings, widget: str | None) -> str:
    """Return the form in which the session's answer lists them (`Readings.categories_form`)."""
    if widget in _LISTED:
        return "objects"
    return "absent" if widget in ACCOUNTS else readings.categories_form


def category_of_approval(authorization_token: str) -> str | None:
    """Return the category by which the stand-in's widget was approved; None for any other token."""
    try:
        token = uuid.UUID(authorization_token)
    except ValueError:
        return None
    place = token.int & 0xFF
    return CATEGORIES[place] if token.version == _TOKEN_VERSION and place < len(CATEGORIES) else None
