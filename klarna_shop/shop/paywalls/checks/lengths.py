"""How wide words are: an estimate.

Advance widths of Helvetica Bold, which the faces of the shop's stacks come near or stay below, times a factor
for each stack. A letter that is not in the table counts as a wide one. What a browser draws can differ by
some per cent; the line budgets leave that room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from klarna_shop.shop.paywalls.document import Font

_WIDTHS = {
    " \u00a0fijltI.,:;!'’|/()[]": 0.31,
    'acekrsvxyzJ0123456789?-–"”“*': 0.56,
    "bdghnopquåäöéèFLTZ": 0.61,
    "ABCDEGHKNOPQRSUVXYÅÄÖÉ&+=<>~": 0.76,
    "wmMW@%…—": 0.92,
}
_WIDTH = {letter: width for letters, width in _WIDTHS.items() for letter in letters}
_UNKNOWN = 1.0

FACTORS: Mapping[Font, float] = {
    Font.NEWSPAPER: 0.95,
    Font.SERIF: 0.97,
    Font.SANS: 1.0,
    Font.ROUNDED: 1.05,
}
_BREAKS = re.compile(r"(?<=[-–—/])|[ \t]+")


def width(text: str, size: float, font: Font) -> float:
    """The width of a text on one line, in the unit of `size`."""
    return sum(_WIDTH.get(letter, _UNKNOWN) for letter in text) * size * FACTORS[font]


def widest_word(text: str, size: float, font: Font) -> tuple[str, float]:
    """The widest part that no line can break, and its width; hard spaces hold together."""
    words = [(word, width(word, size, font)) for word in _words(text)]
    return max(words, key=lambda word: word[1], default=("", 0.0))


def lines(text: str, room: float, size: float, font: Font) -> int:
    """How many lines a text takes in so much room; a word that is too wide takes as many as it is long."""
    count, used, space = 0, room, width(" ", size, font)
    for word in _words(text):
        wide = width(word, size, font)
        if used + space + wide <= room:
            used += space + wide
        else:
            count += max(1, -(-int(wide) // max(1, int(room))))
            used = wide % room if wide > room else wide
    return count


def _words(text: str) -> list[str]:
    return [word for word in _BREAKS.split(text) if word]
