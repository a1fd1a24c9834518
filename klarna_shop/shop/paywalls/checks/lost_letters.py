"""Letters that were lost or misread before the text came here."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.text_check import lost_letters


def findings(checked: Checked) -> Iterator[Finding]:
    """One for each text that readers would see with broken letters."""
    for _, path, text in checked.texts():
        for _, reason in lost_letters(text):
            yield Finding(
                "text.lost_letters",
                Severity.ERROR,
                path,
                f"The text has {reason}.",
                "Write it again, or copy it from a source that shows it right.",
                sources.CHECKS,
            )
