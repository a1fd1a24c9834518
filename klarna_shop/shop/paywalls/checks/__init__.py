"""Checks of a design while it is edited: law, legibility, completeness, and whether anybody will meet it.

Each family has a module of its own; `docs/paywalls.md` lists what they look for. They judge words by lists
and lengths by estimates: no finding is no promise, and no legal advice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from klarna_shop.shop.paywalls.checks import (
    contrast,
    credit,
    lost_letters,
    offers,
    order_button,
    overflow,
    prices,
    reach,
    translations,
    variables,
    vat,
    withdrawal,
)
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity, Source
from klarna_shop.shop.paywalls.checks.surroundings import ArticleFacts, Checked, Surroundings
from klarna_shop.shop.paywalls.document import PaywallDesign

__all__ = ["ArticleFacts", "Finding", "Severity", "Source", "Surroundings", "check", "errors"]

FAMILIES: tuple[Callable[[Checked], Iterable[Finding]], ...] = (
    lost_letters.findings,
    translations.findings,
    variables.findings,
    offers.findings,
    order_button.findings,
    prices.findings,
    vat.findings,
    withdrawal.findings,
    credit.findings,
    contrast.findings,
    overflow.findings,
    reach.findings,
)


def check(design: PaywallDesign, around: Surroundings) -> tuple[Finding, ...]:
    """All that is to be put right, errors first. Takes any document that the schema admits."""
    checked = Checked(design, around)
    found = [finding for family in FAMILIES for finding in family(checked)]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.ERROR))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep a design from being published."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
