"""Text as people type and paste it, in the form in which it is kept."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Characters without a width that pasting brings along. Joiners stay: some scripts are spelled with them."""
_JOINERS = "\u200c\u200d"


def tidy(text: str) -> str:
    """Return `text` composed (NFC), without invisible characters, and with single plain spaces inside."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def name_fault(name: str, longest: int) -> str:
    """Return `required`, `too_long` (characters) or `invalid`; empty where a person can be called that."""
    if not name:
        return "required"
    if len(name) > longest:
        return "too_long"
    return "" if can_be_shown(name) else "invalid"


def can_be_shown(text: str) -> bool:
    """True if each character is a letter, a mark or a sign, in whichever script."""
    return all(character.isprintable() or character in _JOINERS for character in text)
