"""Words that say something about price, obligation, withdrawal or credit, by language.

Lists, not understanding: they find the customary ways of saying it in Swedish and English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

AMOUNT = re.compile(
    r"(?<![\d,.])(\d{1,3}(?:[ \u00a0]\d{3})+|\d{1,7})(?:[,.](\d{2}))?[ \u00a0]?(?:kr\b|kronor\b|SEK\b|:-)"
    r"|\bSEK[ \u00a0]?(\d{1,7})(?:[,.](\d{2}))?",
    re.IGNORECASE,
)
"""An amount of money written out: kronor and perhaps öre, in Swedish order or after SEK."""


@dataclass(frozen=True)
class Words:
    """The expressions of one language. All ignore capitals."""

    paying: re.Pattern[str]
    """Makes clear that it is about buying."""
    free: re.Pattern[str]
    vague: re.Pattern[str]
    """Buttons that the courts' and authorities' guidance holds to be unclear."""
    vat: re.Pattern[str]
    without_vat: re.Pattern[str]
    withdrawal: re.Pattern[str]
    withdrawal_days: re.Pattern[str]
    waiver: re.Pattern[str]
    credit: re.Pattern[str]
    direct: re.Pattern[str]
    """Ways to pay without credit."""


def _any(*expressions: str) -> re.Pattern[str]:
    return re.compile("|".join(expressions), re.IGNORECASE)


WORDS: Mapping[str, Words] = {
    "sv": Words(
        paying=_any(
            r"\bköp",
            r"\bbetal",
            r"prenum",
            r"abonne",
            r"\bteckna\b",
            r"erbjudand",
            r"\bpris",
        ),
        free=_any(
            r"\bgratis",
            r"kostnadsfri",
            r"utan kostnad",
            r"(?<![\d ,.])0 ?kr\b",
            r"\bprova\b",
            r"testperiod",
        ),
        vague=_any(
            r"bekräfta",
            r"registrera",
            r"beställ",
            r"fortsätt",
            r"kom igång",
            r"läs vidare",
            r"\bok\b",
        ),
        vat=_any(
            r"\bmoms",
        ),
        without_vat=_any(
            r"\bexkl(\.|usive|\b).{0,12}moms",
            r"\bex\.? moms",
            r"\butan moms",
            r"moms tillkommer",
            r"\+ ?moms",
        ),
        withdrawal=_any(
            r"ångerrätt",
            r"\bångra",
            r"ångertid",
            r"\bångerfrist",
        ),
        withdrawal_days=_any(
            r"(\d+) ?dagars? (?:ångerrätt|ångertid|ångerfrist)",
        ),
        waiver=_any(
            r"avstå\w* .{0,30}ånger",
            r"ingen ångerrätt",
            r"utan ångerrätt",
            r"ångerrätt\w* (gäller inte|upphör)",
        ),
        credit=_any(
            r"faktura",
            r"delbetal",
            r"betala? senare",
            r"avbetal",
            r"\bkredit(?!kort)",
            r"\blån\b",
        ),
        direct=_any(
            r"\bkort",
            r"bankkort",
            r"swish",
            r"autogiro",
            r"direktbetal",
            r"betala? direkt",
            r"\bbank",
        ),
    ),
    "en": Words(
        paying=_any(
            r"\bbuy",
            r"\bpay",
            r"purchas",
            r"subscri",
            r"\boffers?\b",
            r"\bplans?\b",
            r"\bprice",
        ),
        free=_any(
            r"\bfree\b(?! (article|account))",
            r"without charge",
            r"(?<![\d ,.])0 ?kr\b",
            r"\btrial\b",
            r"\btry\b",
        ),
        vague=_any(
            r"\bconfirm\b",
            r"\bregister\b",
            r"\border\b",
            r"\bcontinue\b",
            r"get started",
            r"read on",
            r"sign up",
            r"\bok\b",
        ),
        vat=_any(
            r"\bvat\b",
        ),
        without_vat=_any(
            r"\bexcl(\.|uding|usive of|\b).{0,12}vat",
            r"\bex\.? vat",
            r"\bplus vat",
            r"\+ ?vat",
        ),
        withdrawal=_any(
            r"withdraw",
        ),
        withdrawal_days=_any(
            r"(\d+)[- ]days?.{0,3} (?:right of withdrawal|withdrawal)",
            r"withdraw within (\d+)",
        ),
        waiver=_any(
            r"waive",
            r"no right of withdrawal",
            r"give up .{0,30}withdraw",
        ),
        credit=_any(
            r"pay later",
            r"\binvoice",
            r"instal+ment",
            r"\bslice",
            r"\bcredit(?! card)",
            r"financing",
            r"\bloan\b",
        ),
        direct=_any(
            r"\bcards?\b",
            r"direct debit",
            r"bank transfer",
            r"pay now",
            r"pay in full",
            r"\bbank",
        ),
    ),
}


def amounts(text: str) -> tuple[int, ...]:
    """The amounts written out in a text, in öre."""
    found = []
    for match in AMOUNT.finditer(text):
        kronor, ore = match[1] or match[3], match[2] or match[4]
        found.append(int(re.sub(r"\D", "", kronor)) * 100 + int(ore or 0))
    return tuple(found)
