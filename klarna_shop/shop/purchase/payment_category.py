"""Rule for Klarna's payment method category: the only place that decides what the widget is loaded with.

The rule is that of klarna-payments-js.md §13: the session's own list first, else the configured category,
and the widget of a paid order is loaded without a category where that one is hidden or none is configured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

DIRECT_DEBIT = "direct_debit"
"""The only category that works for an order of 0 öre (payway-api.md §4)."""
WITHOUT_CATEGORY = ""
"""Stands for `load` and `authorize` without a category: Klarna shows the methods of the session."""
LONGEST_CATEGORY = 40
_CATEGORY = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_CATEGORY}}}")


class TrialNotPayable(Exception):
    """The session lists its categories and direct debit is not among them: no trial can be ordered."""


def category_plan(
    *, is_trial: bool, listed: Iterable[str], configured: str, is_hidden: bool = False
) -> tuple[str, ...]:
    """Return the categories to load the widget with, one or two: the second where the first is hidden.

    Args:
        is_trial: True for an order of 0 öre, which takes direct debit and never falls back.
        listed: identifiers in the session's own list; none where Payway leaves the list out.
        configured: `KLARNA_PAYMENT_METHOD_CATEGORY`; empty where unset.
        is_hidden: True if Klarna is known to hide the configured category. It is then tried last, except
            where the session lists it.

    Raises:
        TrialNotPayable: a trial whose session has a list without direct debit.
    """
    usable = [name for name in listed if _CATEGORY.fullmatch(name)]
    if is_trial:
        if usable and DIRECT_DEBIT not in usable:
            raise TrialNotPayable
        return (DIRECT_DEBIT,)
    if usable:
        return (configured if configured in usable else usable[0], WITHOUT_CATEGORY)
    if not configured:
        return (WITHOUT_CATEGORY,)
    return (WITHOUT_CATEGORY, configured) if is_hidden else (configured, WITHOUT_CATEGORY)
