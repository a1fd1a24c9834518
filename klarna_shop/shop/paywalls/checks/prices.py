"""The price after the trial, and prices that were typed by hand."""

from __future__ import annotations

from collections.abc import Iterator

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.checks.words import WORDS, amounts
from klarna_shop.shop.paywalls.variables import Variable, used_by

_AFTERWARDS = frozenset({Variable.PRICE_AFTER, Variable.TRIAL_SENTENCE, Variable.OFFER_SENTENCE})


def findings(checked: Checked) -> Iterator[Finding]:
    """By language."""
    for language in checked.design.copy_:
        yield from _after_the_trial(checked, language)
    yield from _typed(checked)


def _after_the_trial(checked: Checked, language: str) -> Iterator[Finding]:
    """Whoever speaks of a free or cheaper beginning says what it costs afterwards, in the same language."""
    turning = [one.offer.code for one in checked.shown if one.offer.after is not None]
    lines = list(checked.texts(language))
    if not turning or used_by(text for _, _, text in lines) & _AFTERWARDS:
        return
    words = WORDS.get(language)
    featured = checked.quoted.featured
    turns = featured is not None and featured.after is not None
    telling = {Variable.TRIAL_LENGTH} | ({Variable.PRICE, Variable.PERIOD} if turns else set())
    for _, path, text in lines:
        if used_by([text]) & telling or (words is not None and words.free.search(text)):
            yield Finding(
                "price.after_trial",
                Severity.ERROR,
                path,
                "It speaks of a free or cheaper beginning, and nothing says what it costs afterwards.",
                "Use {trial_sentence}, {offer_sentence} or {price_after} in this language.",
                sources.TRIAL,
            )
            return


def _typed(checked: Checked) -> Iterator[Finding]:
    offers = checked.around.offers
    charged = {offer.price for offer in offers or ()}
    charged |= {offer.after.price for offer in offers or () if offer.after is not None}
    for _, path, text in checked.texts():
        written = amounts(text)
        if not written:
            continue
        wrong = [amount for amount in written if offers is not None and amount not in charged]
        yield Finding(
            "price.wrong" if wrong else "price.typed",
            Severity.ERROR if wrong else Severity.WARNING,
            path,
            f"{wrong[0] / 100:g} kr is the price of nothing that Payway sells."
            if wrong
            else "A price is written by hand: it stays when Payway's changes.",
            "Use a variable, such as {price}, {price_from} or {offer_sentence}.",
            sources.PRICE,
        )
