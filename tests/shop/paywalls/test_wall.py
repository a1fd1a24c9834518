"""Variables, offers and colours of a wall."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from klarna_shop.settings import PROJECT
from klarna_shop.shop.offers import Offer
from klarna_shop.shop.paywalls.document import CopyLine, PaywallDesign, Teaser
from klarna_shop.shop.paywalls.palette import SURFACES, Appearance, contrast
from klarna_shop.shop.paywalls.teaser import shown_teaser
from klarna_shop.shop.paywalls.variables import MEANINGS, Values, Variable, fill, unknown
from klarna_shop.shop.paywalls.wall import Wall, offers_in_order, quoted
from tests.house import newspaper
from tests.shop.paywalls.test_checks import DIGITAL, TRIAL

TOKENS = (PROJECT / "assets" / "styles" / "tokens.css").read_text()
VALUES: Values = {Variable.PRICE: "129 kr/mån", Variable.METER_TOTAL: "3"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Bara {price}", "Bara 129 kr/mån"),
        ("{{price}}", "{price}"),
        ("{price", "{price"),
        ("}{", "}{"),
        ("{}", ""),
        ("{Price}", ""),
        ("{price_after} sedan", ""),
        ("", ""),
    ],
)
def test_a_line_is_filled_or_left_out(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_every_variable_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Variable)
    assert unknown("{price} {prize} {0}") == ("prize", "0")


def test_what_a_wall_cannot_do_without_comes_from_the_standard_design() -> None:
    empty = Wall.of("mine", 1, PaywallDesign(name="x"), language="en")
    assert empty.text(CopyLine.BUY, {}) == "Choose a subscription"
    assert empty.text(CopyLine.TITLE, {}) == "Read on as a subscriber"
    own = PaywallDesign.model_validate({"name": "x", "copy": {"sv": {"title": "{nothing}", "buy": "Köp"}}})
    wall = Wall.of("mine", 1, own, language="sv")
    assert wall.text(CopyLine.TITLE, VALUES) == "Läs vidare som prenumerant"
    assert (wall.text(CopyLine.BUY, VALUES), wall.text(CopyLine.LEAD, VALUES)) == ("Köp", "")


def test_offers_stand_in_the_designs_order_and_what_is_not_sold_is_left_out() -> None:
    yearly = Offer(**{**vars(DIGITAL), "period_id": "3", "price": 129_000})
    sold = (TRIAL, DIGITAL, yearly)
    document = {
        "listed": [
            {"code": "digital", "badge": {"sv": "Mest vald"}, "emphasised": True},
            {"code": "paper"},
            {"code": "digital-trial"},
        ],
        "preselected": "digital",
    }
    offers = PaywallDesign.model_validate({"name": "x", "offers": document}).offers
    shown = offers_in_order(offers, "sv", sold)
    assert [(one.offer.period_id, one.badge, one.preselected) for one in shown] == [
        ("1", "Mest vald", True),
        ("3", "Mest vald", False),
        ("2", "", False),
    ]
    about = quoted(shown)
    assert (about.featured, about.trial) == (DIGITAL, TRIAL)
    everything = offers_in_order(PaywallDesign(name="x").offers, "sv", sold)
    assert [one.offer for one in everything] == list(sold)
    assert quoted(()).featured is None


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#FFFFFF", 4.54),
        ("#404040", "#ffffff", 10.37),
    ],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == contrast(second, first) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(
    ("appearance", "selector"), [(Appearance.LIGHT, ":root"), (Appearance.DARK, ".dark")]
)
def test_the_surfaces_are_those_of_the_stylesheet(appearance: Appearance, selector: str) -> None:
    block = TOKENS.split(f"{selector} {{")[1].split("}")[0]
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    surface = SURFACES[appearance]
    assert (surface.paper, surface.tint, surface.on_brand) == (
        tokens["paper"],
        tokens["tint"],
        tokens["on-action"],
    )


@pytest.mark.parametrize(
    ("paragraphs", "blocks", "more"), [(None, 2, 0), (0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 2, 1), (10, 2, 2)]
)
def test_a_teaser_is_shorter_or_longer_than_the_articles_own_and_never_all_of_it(
    paragraphs: int | None, blocks: int, more: int
) -> None:
    library = newspaper()
    text = library.front_page("sv")[0].body
    article = replace(library.front_page("sv")[0], teaser_blocks=text[:2], rest=text[2:5])
    shown = shown_teaser(article, Teaser(paragraphs=paragraphs))
    assert (shown.blocks, shown.more) == (blocks, text[2 : 2 + more])
