"""The right of withdrawal: told before the purchase, for the right time, and not talked away."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.checks.words import WORDS, Words
from klarna_shop.shop.paywalls.variables import Variable, used_by
from klarna_shop.shop.withdrawal import WITHDRAWAL_DAYS


def findings(checked: Checked) -> Iterator[Finding]:
    """By language."""
    for language in checked.design.copy_:
        words = WORDS.get(language)
        if words is None:
            continue
        lines = [(path, text) for _, path, text in checked.texts(language)]
        said = any(
            words.withdrawal.search(text) or Variable.WITHDRAWAL_DAYS in used_by([text]) for _, text in lines
        )
        if not said:
            yield Finding(
                "withdrawal.unsaid",
                Severity.WARNING,
                f"copy.{language}.small_print",
                "The wall says nothing of the right of withdrawal. Picker and checkout do.",
                "Say it in the small print, with {withdrawal_days}.",
                sources.WITHDRAWAL,
            )
        for path, text in lines:
            yield from _line(words, path, text)


def _line(words: Words, path: str, text: str) -> Iterator[Finding]:
    if words.waiver.search(text):
        yield Finding(
            "withdrawal.waiver",
            Severity.WARNING,
            path,
            "The right of withdrawal is talked away. For a running subscription that is disputed ground.",
            "Keep the right: the checkout does not ask to give it up.",
            sources.WAIVER,
        )
    for match in words.withdrawal_days.finditer(text):
        days = next((int(group[:6]) for group in match.groups() if group), WITHDRAWAL_DAYS)
        if days < WITHDRAWAL_DAYS:
            yield Finding(
                "withdrawal.days",
                Severity.ERROR,
                path,
                f"{days} days are promised; the law gives {WITHDRAWAL_DAYS}.",
                "Use {withdrawal_days}.",
                sources.WITHDRAWAL,
            )
