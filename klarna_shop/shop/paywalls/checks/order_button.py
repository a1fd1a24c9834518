"""The words on the button that leads to the order."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity, Source
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.checks.words import WORDS

_MEND = {
    "sv": "Say that it is about buying, such as “Välj prenumeration” or “Köp nu”.",
    "en": "Say that it is about buying, such as “Choose a subscription” or “Buy now”.",
}


def findings(checked: Checked) -> Iterator[Finding]:
    """The button that places the order is the checkout's, and always says it; this one leads there."""
    for language, copy in checked.design.copy_.items():
        words, path = WORDS.get(language), f"copy.{language}.buy"
        if words is None:
            yield _finding(
                "order_button.language",
                Severity.WARNING,
                f"copy.{language}",
                f"The wording in {language} is not checked: the shop has no list of words for it.",
                "Have a lawyer read it.",
                sources.ORDER_BUTTON,
            )
            continue
        if not copy.buy.strip() or words.paying.search(copy.buy):
            continue
        mend = _MEND[language]
        if words.free.search(copy.buy):
            yield _finding(
                "order_button.free",
                Severity.ERROR,
                path,
                f"“{copy.buy}” speaks of what is free and not of the obligation to pay.",
                mend,
                sources.ORDER_BUTTON_CONDITION,
            )
        elif words.vague.search(copy.buy):
            yield _finding(
                "order_button.vague",
                Severity.ERROR,
                path,
                f"“{copy.buy}” does not say that it leads to a purchase.",
                mend,
                sources.ORDER_BUTTON,
            )
        else:
            yield _finding(
                "order_button.unclear",
                Severity.WARNING,
                path,
                f"Nothing in “{copy.buy}” speaks of buying.",
                mend,
                sources.ORDER_BUTTON,
            )


def _finding(check: str, severity: Severity, path: str, sentence: str, mend: str, source: Source) -> Finding:
    return Finding(check, severity, path, sentence, mend, source)
