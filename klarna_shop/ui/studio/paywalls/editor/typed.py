"""From what a form sends to what the document holds. The socket is hostile: anything may come."""

from __future__ import annotations

import re
from typing import Any

from klarna_shop.shop.paywalls.changing import WrongValue
from klarna_shop.shop.paywalls.document.fields import FieldFacts, FieldKind
from klarna_shop.shop.paywalls.faults import expectation
from klarna_shop.ui.studio.paywalls.editor.moments import moment_typed

LONGEST = 4000
"""Letters that any field may send; what the schema admits is less."""
LONGEST_PATH = 160
LONGEST_WORD = 64
_SLUG = re.compile(r"[a-z0-9-]{1,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def document_value(facts: FieldFacts, sent: object) -> Any:
    """The JSON value of what was typed or chosen.

    Raises:
        WrongValue: nothing that this kind of field takes.
    """
    if facts.kind is FieldKind.TICK:
        if isinstance(sent, bool):
            return sent
        raise WrongValue(expectation(facts))
    if not isinstance(sent, str) or len(sent) > LONGEST:
        raise WrongValue(f"At most {LONGEST} letters." if isinstance(sent, str) else expectation(facts))
    if facts.nullable and not sent.strip():
        return None
    match facts.kind:
        case FieldKind.NUMBER:
            return _number(facts, sent.strip())
        case FieldKind.MOMENT:
            return _moment(facts, sent.strip())
        case FieldKind.COLOUR:
            return sent.strip().lower()
        case FieldKind.TEXTS | FieldKind.CHOICES:
            return words(sent)
        case FieldKind.TEXT | FieldKind.CHOICE:
            return " ".join(sent.splitlines())
    raise WrongValue(expectation(facts))


def is_text(sent: object, longest: int) -> bool:
    """Whether it is a text, and no longer than that."""
    return isinstance(sent, str) and len(sent) <= longest


def is_slug(sent: object) -> bool:
    """Whether it can be the name of a design at all."""
    return isinstance(sent, str) and _SLUG.fullmatch(sent) is not None


def words(text: str) -> list[str]:
    """What stands between commas, each once."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _number(facts: FieldFacts, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise WrongValue(expectation(facts))
    return int(text)


def _moment(facts: FieldFacts, text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise WrongValue(expectation(facts))
    try:
        return moment_typed(text)
    except ValueError:
        raise WrongValue(expectation(facts)) from None
