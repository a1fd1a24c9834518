"""Copy with variables: `{name}` is filled in when the wall is shown, `{{` and `}}` are braces.

What a variable means is said here; how it is written in a language is the screen's business. A line with
a variable that has no value is left out, never shown with a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class Provider(StrEnum):
    """Where a value comes from."""

    PAYWAY = "Payway"
    DESIGN = "the design"
    ARTICLE = "the article"
    SHOP = "the shop"


class Variable(StrEnum):
    """Every variable. The featured offer is the preselected one, otherwise the design's first."""

    TITLE = "title"
    ARTICLE = "article"
    SECTION = "section"
    ARTICLES = "articles"
    OFFER = "offer"
    PRICE = "price"
    PERIOD = "period"
    PRICE_AFTER = "price_after"
    OFFER_SENTENCE = "offer_sentence"
    VAT = "vat"
    VAT_PERCENT = "vat_percent"
    PRICE_FROM = "price_from"
    TRIAL_LENGTH = "trial_length"
    TRIAL_SENTENCE = "trial_sentence"
    METER_TOTAL = "meter_total"
    METER_DAYS = "meter_days"
    WITHDRAWAL_DAYS = "withdrawal_days"


@dataclass(frozen=True)
class Meaning:
    """What a variable says, from where, and an example as long as they come."""

    provider: Provider
    description: str
    sample: str


MEANINGS: Mapping[Variable, Meaning] = {
    Variable.TITLE: Meaning(Provider.PAYWAY, "The newspaper's name.", "Norrlunda Tidning"),
    Variable.ARTICLE: Meaning(Provider.ARTICLE, "The headline.", "Hamnen får nya kranar för containrar"),
    Variable.SECTION: Meaning(Provider.ARTICLE, "The section's name.", "Näringsliv"),
    Variable.ARTICLES: Meaning(Provider.SHOP, "How many articles there are.", "1 000"),
    Variable.OFFER: Meaning(Provider.PAYWAY, "The featured offer's name.", "Digital, första månaden"),
    Variable.PRICE: Meaning(Provider.PAYWAY, "The featured offer's price and period.", "1 290 kr/månad"),
    Variable.PERIOD: Meaning(Provider.PAYWAY, "The featured offer's period.", "12 månader"),
    Variable.PRICE_AFTER: Meaning(
        Provider.PAYWAY, "What the featured offer costs once it has turned into its package.", "129 kr/mån"
    ),
    Variable.OFFER_SENTENCE: Meaning(
        Provider.PAYWAY,
        "The featured offer's whole price: now, and afterwards.",
        "49 kr i 1 månad, därefter 129 kr/mån",
    ),
    Variable.VAT: Meaning(Provider.PAYWAY, "The VAT in the featured offer's price.", "73,02 kr"),
    Variable.VAT_PERCENT: Meaning(Provider.PAYWAY, "The featured offer's rate of VAT.", "6"),
    Variable.PRICE_FROM: Meaning(
        Provider.PAYWAY, "The lowest price among the design's offers that one pays each month.", "129 kr/mån"
    ),
    Variable.TRIAL_LENGTH: Meaning(
        Provider.PAYWAY, "How long the first trial among the offers lasts.", "30 dagar"
    ),
    Variable.TRIAL_SENTENCE: Meaning(
        Provider.PAYWAY,
        "That trial's whole price: now, and afterwards.",
        "0 kr i 30 dagar, därefter 129 kr/mån",
    ),
    Variable.METER_TOTAL: Meaning(Provider.DESIGN, "Free articles in a period.", "10"),
    Variable.METER_DAYS: Meaning(Provider.DESIGN, "Days of the meter's period.", "30"),
    Variable.WITHDRAWAL_DAYS: Meaning(Provider.SHOP, "Days of the right of withdrawal.", "14"),
}

Values = Mapping[Variable, str]


def uses(text: str) -> tuple[str, ...]:
    """The names between braces, known or not, in their order."""
    return tuple(name for name, _ in _pieces(text) if name is not None)


def unknown(text: str) -> tuple[str, ...]:
    """The names that are no variables."""
    known = set(Variable)
    return tuple(name for name in uses(text) if name not in known)


def fill(text: str, values: Values) -> str:
    """The text with its variables in place; empty where one of them has no value. Never raises."""
    filled = []
    for name, literal in _pieces(text):
        value = literal if name is None else values.get(name, "")  # type: ignore[call-overload]
        if name is not None and not value:
            return ""
        filled.append(value)
    return "".join(filled)


def sampled(text: str) -> str:
    """The text with examples for its variables, those unknown as they stand: for estimates of its length."""
    samples = {variable.value: meaning.sample for variable, meaning in MEANINGS.items()}
    return "".join(literal if name is None else samples.get(name, literal) for name, literal in _pieces(text))


def used_by(texts: Iterable[str]) -> frozenset[Variable]:
    """The known variables in all of these."""
    known = {variable.value: variable for variable in Variable}
    return frozenset(known[name] for text in texts for name in uses(text) if name in known)


def _pieces(text: str) -> Iterator[tuple[str | None, str]]:
    """(None, text) for what is shown as it is, (name, as written) for a variable."""
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            yield None, text[end : match.start()]
        if match[1] is None:
            yield None, match[0][0]
        else:
            yield match[1], match[0]
        end = match.end()
    if end < len(text):
        yield None, text[end:]


def has_stray_brace(text: str) -> bool:
    """Whether a brace is neither doubled nor part of a variable."""
    rest = _PIECE.sub("", text)
    return "{" in rest or "}" in rest
