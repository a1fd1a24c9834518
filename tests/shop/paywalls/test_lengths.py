"""The estimate of how much room text takes."""

from __future__ import annotations

import pytest

from klarna_shop.shop.paywalls.checks import check
from klarna_shop.shop.paywalls.checks.lengths import lines, widest_word, width
from klarna_shop.shop.paywalls.document import Font, Layout
from klarna_shop.shop.paywalls.standard import standard_design
from tests.shop.paywalls.test_checks import AROUND

LETTER = width("a", 100, Font.SANS)
SPACE = width(" ", 100, Font.SANS)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("", 300, 0),
        ("aa aa", 4 * LETTER + SPACE, 1),
        ("aa aa", 4 * LETTER + SPACE - 1, 2),
        ("aa\u00a0aa", 2 * LETTER, 3),
        ("aa-aa", 2 * LETTER + width("-", 100, Font.SANS), 2),
        ("aaa a", 2 * LETTER - 12, 3),
    ],
)
def test_lines_break_at_spaces_and_hyphens_and_not_at_hard_spaces(
    text: str, room: float, expected: int
) -> None:
    assert lines(text, room, 100, Font.SANS) == expected


def test_the_widest_word_is_found_by_its_letters_and_not_their_number() -> None:
    assert widest_word("illiil mmmm", 10, Font.SERIF)[0] == "mmmm"
    assert width("MM", 10, Font.ROUNDED) > width("ll", 10, Font.ROUNDED)
    assert width("字", 10, Font.SANS) == 10


def test_a_button_has_less_room_than_the_page_and_a_sheet_fewer_lines() -> None:
    design = standard_design()
    word = "prenumerationserbjudandena"
    assert width(word, 17, Font.NEWSPAPER) > 235

    def found(layout: Layout, **lines: str) -> set[tuple[str, str]]:
        copy = {language: one.model_copy(update=lines) for language, one in design.copy_.items()}
        changed = design.model_copy(update={"copy_": copy, "layout": layout})
        findings = check(changed, AROUND)
        return {(one.id, one.path) for one in findings if one.path.startswith("copy.sv")}

    assert ("overflow.word", "copy.sv.buy") in found(Layout.INLINE_CARD, buy=word + "na")
    assert found(Layout.INLINE_CARD, lead=word + "na") == set()
    lead = "Läs vidare med en prenumeration på tidningen. " * 4
    assert found(Layout.INLINE_CARD, lead=lead) == set()
    assert found(Layout.BOTTOM_SHEET, lead=lead) == {("overflow.lines", "copy.sv.lead")}
