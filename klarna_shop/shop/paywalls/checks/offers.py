"""Offers that Payway does not sell, and offers that contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked


def findings(checked: Checked) -> Iterator[Finding]:
    """What is wrong with the list."""
    offers, sold = checked.design.offers, checked.around.offers
    codes = [offer.code for offer in offers.listed]
    if sold is None:
        yield _finding(
            "offers.not_checked",
            Severity.WARNING,
            "offers",
            "Payway did not give its catalogue, so the offers are not checked.",
            "Try again in a moment.",
        )
    else:
        yield from _not_sold(codes, offers.preselected, {offer.code for offer in sold})
    for code, count in Counter(codes).items():
        if count > 1:
            where = len(codes) - 1 - codes[::-1].index(code)
            yield _finding(
                "offers.twice",
                Severity.ERROR,
                f"offers.listed.{where}.code",
                f"{code} is listed {count} times.",
                "Remove all but one.",
            )
    if offers.preselected and codes and offers.preselected not in codes:
        yield _finding(
            "offers.preselected",
            Severity.ERROR,
            "offers.preselected",
            f"{offers.preselected} is preselected and not among the offers.",
            "List it, or preselect another.",
        )
    if sum(offer.emphasised for offer in offers.listed) > 1:
        yield _finding(
            "offers.emphasis",
            Severity.WARNING,
            "offers.listed",
            "Several offers are emphasised, so none stands out.",
            "Emphasise one.",
        )


def _not_sold(codes: list[str], preselected: str | None, sold: set[str]) -> Iterator[Finding]:
    for number, code in enumerate(codes):
        if code not in sold:
            yield _finding(
                "offers.not_sold",
                Severity.ERROR,
                f"offers.listed.{number}.code",
                f"Payway sells no {code} that the shop can show.",
                f"It sells: {', '.join(sorted(sold)) or 'nothing'}.",
            )
    if preselected and not codes and preselected not in sold:
        yield _finding(
            "offers.not_sold",
            Severity.ERROR,
            "offers.preselected",
            f"Payway sells no {preselected} that the shop can show.",
            f"It sells: {', '.join(sorted(sold)) or 'nothing'}.",
        )
    if not sold:
        yield _finding(
            "offers.nothing_sold",
            Severity.WARNING,
            "offers",
            "Payway sells nothing, so the wall has nothing to offer.",
            "Look at the catalogue's set-up in Payway.",
        )


def _finding(check: str, severity: Severity, path: str, sentence: str, mend: str) -> Finding:
    return Finding(check, severity, path, sentence, mend, sources.OFFERS)
