"""Text that does not fit on a phone 360 pixels wide. An estimate (`lengths`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from klarna_shop.shop.paywalls.checks import sources
from klarna_shop.shop.paywalls.checks.finding import Finding, Severity
from klarna_shop.shop.paywalls.checks.lengths import lines, widest_word
from klarna_shop.shop.paywalls.checks.surroundings import Checked
from klarna_shop.shop.paywalls.document import Layout
from klarna_shop.shop.paywalls.variables import sampled

PHONE = 360
ROOM = {
    Layout.INLINE_CARD: PHONE - 2 * 16 - 2 * 20,
    Layout.FULL_PAGE: PHONE - 2 * 16,
    Layout.BOTTOM_SHEET: PHONE - 2 * 20,
    Layout.OFFER_COMPARISON: PHONE - 2 * 16 - 2 * 20,
}
"""Pixels for text: the phone without the page's margins and the wall's padding."""


@dataclass(frozen=True)
class Box:
    """Where a line stands: the size of its letters, what its box takes of the room, the lines it may take."""

    size: float
    padding: float
    most_lines: int
    lines_in_sheet: int


BOXES = {
    "title": Box(28, 0, 4, 3),
    "title_premium": Box(28, 0, 4, 3),
    "lead": Box(17, 0, 8, 5),
    "lead_premium": Box(17, 0, 8, 5),
    "price": Box(20, 0, 3, 2),
    "trial": Box(15, 0, 4, 3),
    "reasons": Box(17, 28, 4, 3),
    "buy": Box(17, 40, 2, 2),
    "register": Box(17, 40, 2, 2),
    "login": Box(17, 40, 2, 2),
    "dismiss": Box(17, 40, 2, 2),
    "payment": Box(15, 0, 9, 6),
    "small_print": Box(15, 0, 9, 6),
}
BADGE = Box(13, 100, 1, 1)


def findings(checked: Checked) -> Iterator[Finding]:
    """For every line, with examples in the place of variables."""
    for _, path, text in checked.texts():
        yield from _judged(checked, path, BOXES[path.split(".")[2]], text)
    for number, offer in enumerate(checked.design.offers.listed):
        for language, badge in offer.badge.items():
            yield from _judged(checked, f"offers.listed.{number}.badge.{language}", BADGE, badge)


def _judged(checked: Checked, path: str, box: Box, text: str) -> Iterator[Finding]:
    font, layout = checked.design.theme.font, checked.design.layout
    room = ROOM[layout] - box.padding
    shown = sampled(text)
    word, wide = widest_word(shown, box.size, font)
    if wide > room:
        yield Finding(
            "overflow.word",
            Severity.ERROR,
            path,
            f"“{word[:40]}” is about {wide:.0f} px wide; a phone of {PHONE} px has room for {room:.0f}.",
            "Take a shorter word, or let it break with a hyphen.",
            sources.REFLOW,
        )
        return
    most = box.lines_in_sheet if layout is Layout.BOTTOM_SHEET else box.most_lines
    count = lines(shown, room, box.size, font)
    if count > most:
        yield Finding(
            "overflow.lines",
            Severity.WARNING,
            path,
            f"It takes about {count} lines on a phone of {PHONE} px; {most} fit well.",
            "Shorten it.",
            sources.REFLOW,
        )
