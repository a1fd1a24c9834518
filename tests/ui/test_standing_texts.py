"""Standing texts without their markup, as they stand in a letter. Sellers write their own."""

from __future__ import annotations

from html import escape

import pytest

from klarna_shop.settings import load_settings
from klarna_shop.ui.languages import languages
from klarna_shop.ui.standing_texts import PlainSection, as_html, as_sections, standing_text

WRITTEN = """# Villkor

*Gäller* från **i dag**,
tills vidare.

## Kontakt

Skriv till <kund@exempel.example>, [läs mer](/privacy) eller gå till [ARN](https://arn.se).

- Ett
- Två

3. Tre
4. Fyra

## Kontakt

Igen.
"""


def test_headings_name_their_text_and_links_are_written_out() -> None:
    assert as_sections(WRITTEN, "Terms", "https://shop.example") == [
        PlainSection("Villkor", ["Gäller från i dag, tills vidare."]),
        PlainSection(
            "Villkor: Kontakt",
            [
                "Skriv till kund@exempel.example, läs mer (https://shop.example/privacy) eller gå till "
                "ARN (https://arn.se).",
                "– Ett",
                "– Två",
                "3. Tre",
                "4. Fyra",
            ],
        ),
        PlainSection("Villkor: Kontakt", ["Igen."]),
    ]


def test_a_text_without_a_heading_goes_under_the_given_one() -> None:
    assert as_sections("Bara ord.", "Villkor", "") == [PlainSection("Villkor", ["Bara ord."])]


@pytest.mark.parametrize("language", languages())
def test_the_privacy_text_says_for_how_long_a_trials_mailbox_is_known(language: str) -> None:
    text, written = standing_text("privacy", language, load_settings())
    assert written == language
    assert any("trial" in line or "prov" in line for line in text.splitlines() if "366 " in line)


def test_a_sellers_name_is_text_and_never_markup_or_a_format() -> None:
    name = "Nyheter *24* [A_B](x) <b> 50 % {meter_days} & Co"
    settings = load_settings().model_copy(update={"seller_name": name})
    markdown, _ = standing_text("terms", "sv", settings)
    words = "\n".join(one for section in as_sections(markdown, "", "") for one in section.paragraphs)
    assert name in words
    assert escape(name) in as_html(markdown)


def test_braces_of_a_text_that_name_nothing_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klarna_shop.ui.standing_texts.read_file", lambda _path: "{ {x} {meter_days}")
    settings = load_settings()
    assert standing_text("terms", "sv", settings)[0] == f"{{ {{x}} {settings.meter_days}"
