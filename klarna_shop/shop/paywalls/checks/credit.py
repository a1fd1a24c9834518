"""Credit is not offered first, and not chosen beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.checks.words import WORDS

CREDIT_CATEGORIES = frozenset({"pay_later", "pay_over_time", "slice_it", "account", "invoice"})
"""Klarna's categories of payment methods that are credit."""


def findings(checked: Checked) -> Iterator[Finding]:
    """In the copy, and in what the checkout shows first."""
    for language, path, text in checked.texts():
        words = WORDS.get(language)
        credit = words.credit.search(text) if words is not None else None
        if words is None or credit is None:
            continue
        direct = words.direct.search(text)
        on_button = path.endswith(".buy")
        if on_button or direct is None or direct.start() > credit.start():
            yield Finding(
                "credit.first",
                Severity.ERROR,
                path,
                f"Credit (“{credit[0]}”) is " + ("on the button." if on_button else "named first."),
                "Name a way to pay without credit before it, or leave credit out.",
                sources.CREDIT,
            )
    category = checked.around.payment_method_category
    if category in CREDIT_CATEGORIES:
        yield Finding(
            "credit.preselected",
            Severity.ERROR,
            "",
            f"The checkout shows credit from the start (KLARNA_PAYMENT_METHOD_CATEGORY={category}).",
            "Set it to pay_now.",
            sources.CREDIT,
        )
