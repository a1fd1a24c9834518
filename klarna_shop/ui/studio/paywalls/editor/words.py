"""Paths, languages and offers in words for the product team."""

from __future__ import annotations

import re

from babel import Locale, UnknownLocaleError

from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.checks import Finding
from klarna_shop.shop.paywalls.document.fields import field_facts
from klarna_shop.ui.offer_words import price_after, price_line
from klarna_shop.ui.studio.paywalls.editor.table import part_of

RULES = "rules"
"""Prefix of the ids of this shop's own rules in the page."""


def language_name(code: str) -> str:
    """`Swedish`; the code itself where nobody knows its language."""
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def place_of(path: str) -> str:
    """`Copy · Swedish · Buy button`."""
    if not path:
        return "The design as a whole"
    words = [part_of(path).title]
    parts = path.split(".")
    for number, part in enumerate(parts):
        if part.isdecimal():
            words.append(str(int(part) + 1))
        elif number and parts[number - 1] in {"copy", "badge"}:
            words.append(language_name(part))
        else:
            facts = field_facts(".".join(parts[: number + 1]))
            title = facts.title if facts else part
            if title and title not in words and title.casefold() not in words[0].casefold():
                words.append(title)
    return " · ".join(words)


def choice_label(value: str) -> str:
    """`Inline card` of `inline_card`."""
    plain = value.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def offer_price(offer: Offer) -> str:
    """The whole price, with what follows."""
    after = price_after(offer, "en")
    return f"{price_line(offer, 'en')}, then {after}" if after else price_line(offer, "en")


def source_address(finding: Finding) -> str:
    """Where the rule of a finding is read: the shop's own rules stand in the page itself."""
    if finding.source.url:
        return finding.source.url
    heading = finding.source.title.rpartition(":")[2].strip()
    return f"#{rule_id(heading)}"


def rule_id(heading: str) -> str:
    """The id of one of the shop's own rules in the page."""
    return f"{RULES}-{re.sub(r'[^a-z]+', '-', heading.lower()).strip('-')}"


def counted(errors: int, warnings: int) -> str:
    """`2 errors, 1 warning`; empty where there is nothing."""
    told = []
    if errors:
        told.append("1 error" if errors == 1 else f"{errors} errors")
    if warnings:
        told.append("1 warning" if warnings == 1 else f"{warnings} warnings")
    return ", ".join(told)
