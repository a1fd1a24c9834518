"""Prices include VAT, say so, and at the right rate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.checks.words import WORDS, amounts
from klarna_shop.shop.paywalls.variables import Variable, used_by

DIGITAL_NEWSPAPER = 6
"""Per cent, since 1 July 2019; not for what is mainly advertising, video or music."""

_PRICES = frozenset(
    {
        Variable.PRICE,
        Variable.PRICE_FROM,
        Variable.PRICE_AFTER,
        Variable.OFFER_SENTENCE,
        Variable.TRIAL_SENTENCE,
    }
)
_VAT = frozenset({Variable.VAT, Variable.VAT_PERCENT})
_RATE = re.compile(r"(\d{1,2}) ?%")


def findings(checked: Checked) -> Iterator[Finding]:
    """By language, and for the offers shown."""
    rates = {one.offer.vat_percent for one in checked.shown}
    for language in checked.design.copy_:
        yield from _language(checked, language, rates)
    codes = [offer.code for offer in checked.design.offers.listed]
    for one in {shown.offer.code: shown.offer for shown in checked.shown}.values():
        if one.vat_percent != DIGITAL_NEWSPAPER:
            where = f"offers.listed.{codes.index(one.code)}.code" if one.code in codes else "offers"
            yield _finding(
                "vat.percent",
                Severity.WARNING,
                where,
                f"Payway charges {one.vat_percent} % VAT on {one.code}; a digital newspaper has"
                f" {DIGITAL_NEWSPAPER} %.",
                "Look at the product's VAT code in Payway.",
            )


def _language(checked: Checked, language: str, rates: set[int]) -> Iterator[Finding]:
    words = WORDS.get(language)
    if words is None:
        return
    lines = list(checked.texts(language))
    for _, path, text in lines:
        if words.without_vat.search(text):
            yield _finding(
                "vat.excluded",
                Severity.ERROR,
                path,
                "Prices without VAT are not for consumers.",
                "Every price of the shop includes VAT: say that.",
            )
        stated = {int(rate) for rate in _RATE.findall(text)} if words.vat.search(text) else set()
        if rates and stated - rates:
            yield _finding(
                "vat.rate",
                Severity.ERROR,
                path,
                f"{min(stated - rates)} % is not the rate that Payway charges.",
                "Use {vat_percent}.",
            )
    priced = next((path for _, path, text in lines if used_by([text]) & _PRICES or amounts(text)), None)
    told = any(words.vat.search(text) or used_by([text]) & _VAT for _, _, text in lines)
    if priced is not None and not told:
        yield _finding(
            "vat.unsaid",
            Severity.WARNING,
            priced,
            "A price is told, and nothing says that it includes VAT.",
            "Say it, for instance in the small print.",
        )


def _finding(check: str, severity: Severity, path: str, sentence: str, mend: str) -> Finding:
    source = sources.PRICE if check in {"vat.excluded", "vat.unsaid"} else sources.VAT
    return Finding(check, severity, path, sentence, mend, source)
