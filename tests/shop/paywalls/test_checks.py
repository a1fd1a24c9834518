"""Each check, by one wrong change to a design that is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.paywalls.checks import ArticleFacts, Severity, Surroundings, check
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import Published

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MONTH = Period(PeriodUnit.MONTH, 1)
DIGITAL = Offer("digital", "1", OfferKind.PACKAGE, "Digital", "", 12_900, 6, MONTH, True)
AFTER = FollowUp("digital", "Digital", 12_900, MONTH)
TRIAL = Offer("digital-trial", "2", OfferKind.TRIAL, "Prova", "", 0, 6, MONTH, False, AFTER)
ARTICLES = (
    ArticleFacts("culture", frozenset({"reportage"}), "sv"),
    ArticleFacts("news", frozenset({"granskning"}), "sv"),
    ArticleFacts("news", frozenset({"investigation"}), "en"),
)
AROUND = Surroundings(
    now=NOW, slug="mine", languages=("sv", "en"), articles=ARTICLES, offers=(TRIAL, DIGITAL)
)


def _changed(changes: dict[str, Any]) -> PaywallDesign:
    """The standard design with values at dotted paths."""
    document = standard_design().as_data()
    for path, value in changes.items():
        *way, name = path.split(".")
        place = document
        for part in way:
            place = place[part]
        place[name] = value
    return PaywallDesign.model_validate(document)


def _found(design: PaywallDesign, around: Surroundings = AROUND) -> list[tuple[str, str, str]]:
    return [(finding.severity.value, finding.id, finding.path) for finding in check(design, around)]


def _published(slug: str, **targeting: Any) -> Published:
    design = PaywallDesign.model_validate({"name": slug, "targeting": targeting})
    return Published(slug, 1, design)


WRONG: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
    ({"copy.sv.lead": "K\ufffdp nu"}, ("error", "text.lost_letters", "copy.sv.lead")),
    ({"copy.sv.reasons": ["a", "LÃ¤s allt"]}, ("error", "text.lost_letters", "copy.sv.reasons.1")),
    ({"copy.sv.buy": "Starta gratis testperiod"}, ("error", "order_button.free", "copy.sv.buy")),
    ({"copy.en.buy": "Start free trial"}, ("error", "order_button.free", "copy.en.buy")),
    ({"copy.sv.buy": "Bekräfta"}, ("error", "order_button.vague", "copy.sv.buy")),
    ({"copy.en.buy": "Order now"}, ("error", "order_button.vague", "copy.en.buy")),
    ({"copy.sv.buy": "Vidare"}, ("warning", "order_button.unclear", "copy.sv.buy")),
    ({"copy.sv.trial": "Prova i {trial_length}"}, ("error", "price.after_trial", "copy.sv.trial")),
    (
        {"copy.en.trial": "", "copy.en.lead": "Your first month is free."},
        ("error", "price.after_trial", "copy.en.lead"),
    ),
    ({"copy.sv.price": "Bara 99 kr"}, ("error", "price.wrong", "copy.sv.price")),
    ({"copy.sv.price": "Bara 129 kr"}, ("warning", "price.typed", "copy.sv.price")),
    ({"copy.en.lead": "1 290,00 kr a year"}, ("error", "price.wrong", "copy.en.lead")),
    ({"copy.sv.lead": "Från {price_from} exkl. moms"}, ("error", "vat.excluded", "copy.sv.lead")),
    ({"copy.sv.small_print": "Varav moms 25 %. Ångerrätt."}, ("error", "vat.rate", "copy.sv.small_print")),
    (
        {"copy.sv.small_print": "14 dagars ångerrätt.", "copy.sv.reasons": ["Allt", "När du vill", "Direkt"]},
        ("warning", "vat.unsaid", "copy.sv.price"),
    ),
    ({"copy.en.small_print": "VAT included."}, ("warning", "withdrawal.unsaid", "copy.en.small_print")),
    (
        {"copy.sv.small_print": "Med moms. 7 dagars ångerrätt."},
        ("error", "withdrawal.days", "copy.sv.small_print"),
    ),
    (
        {"copy.sv.small_print": "Med moms. Du avstår från din ångerrätt."},
        ("warning", "withdrawal.waiver", "copy.sv.small_print"),
    ),
    ({"copy.sv.payment": "Betala mot faktura eller med kort."}, ("error", "credit.first", "copy.sv.payment")),
    ({"copy.en.buy": "Buy now, pay later"}, ("error", "credit.first", "copy.en.buy")),
    ({"theme.light.brand": "#7fb0d0"}, ("error", "contrast.text", "theme.light.brand")),
    ({"theme.dark.accent": "#202020"}, ("error", "contrast.graphic", "theme.dark.accent")),
    ({"copy": {"sv": {}}}, ("error", "translation.missing", "copy.en")),
    ({"copy.en.buy": ""}, ("error", "translation.missing", "copy.en.buy")),
    ({"copy.en.trial": ""}, ("warning", "translation.line", "copy.en.trial")),
    ({"copy.en.reasons": []}, ("warning", "translation.line", "copy.en.reasons")),
    ({"copy.fi": {"title": "Lue"}}, ("warning", "translation.unused", "copy.fi")),
    ({"copy.sv.title_premium": ""}, ("warning", "translation.premium_title", "copy.sv.title_premium")),
    (
        {"offers.listed": [{"code": "digital", "badge": {"sv": "Ny"}}]},
        ("warning", "translation.badge", "offers.listed.0.badge.en"),
    ),
    (
        {"access.model": "soft", "copy.sv.dismiss": ""},
        ("error", "translation.missing", "copy.sv.dismiss"),
    ),
    ({"copy.sv.lead": "Bara {pris}"}, ("error", "variable.unknown", "copy.sv.lead")),
    ({"copy.sv.reasons": ["{", "b", "c"]}, ("warning", "variable.brace", "copy.sv.reasons.0")),
    ({"access.model": "hard"}, ("error", "variable.without_value", "copy.sv.title")),
    (
        {"offers.listed": [{"code": "digital"}]},
        ("warning", "variable.without_value", "copy.sv.trial"),
    ),
    ({"offers.listed": [{"code": "paper"}]}, ("error", "offers.not_sold", "offers.listed.0.code")),
    (
        {"offers.listed": [{"code": "digital"}, {"code": "digital"}]},
        ("error", "offers.twice", "offers.listed.1.code"),
    ),
    (
        {"offers.listed": [{"code": "digital"}], "offers.preselected": "digital-trial"},
        ("error", "offers.preselected", "offers.preselected"),
    ),
    ({"offers.preselected": "paper"}, ("error", "offers.not_sold", "offers.preselected")),
    (
        {
            "offers.listed": [
                {"code": "digital", "emphasised": True},
                {"code": "digital-trial", "emphasised": True},
            ]
        },
        ("warning", "offers.emphasis", "offers.listed"),
    ),
    (
        {"copy.sv.title": "Prenumerationserbjudandesammanställning"},
        ("error", "overflow.word", "copy.sv.title"),
    ),
    ({"copy.sv.title": "Du läser mycket " * 9}, ("warning", "overflow.lines", "copy.sv.title")),
    (
        {"offers.listed": [{"code": "digital", "badge": dict.fromkeys(("sv", "en"), "X" * 40)}]},
        ("error", "overflow.word", "offers.listed.0.badge.sv"),
    ),
    (
        {"targeting.min_visits": 5, "targeting.max_visits": 2},
        ("error", "reach.never", "targeting.max_visits"),
    ),
    (
        {"targeting.starts_at": "2026-07-01T00:00:00Z", "targeting.ends_at": "2026-06-30T00:00:00Z"},
        ("error", "reach.never", "targeting.ends_at"),
    ),
    ({"targeting.ends_at": NOW.isoformat()}, ("error", "reach.never", "targeting.ends_at")),
    ({"targeting.sections": ["wine"]}, ("error", "reach.never", "targeting.sections")),
    (
        {"targeting.sections": ["culture"], "targeting.tags": ["granskning"]},
        ("error", "reach.never", "targeting.sections"),
    ),
    ({"targeting.languages": ["fi"]}, ("error", "reach.never", "targeting.languages")),
    ({"targeting.tags": ["granskning", "vin"]}, ("warning", "reach.unknown", "targeting.tags.1")),
    (
        {"access.model": "registration", "targeting.readers": ["lapsed"]},
        ("warning", "reach.registered", "targeting.readers"),
    ),
]


def test_a_design_that_is_right_has_no_findings() -> None:
    assert check(standard_design(), AROUND) == ()


@pytest.mark.parametrize(("changes", "expected"), WRONG)
def test_what_is_wrong_is_found_in_its_field(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert expected in _found(_changed(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"copy.sv.buy": "Köp nu"},
        {"copy.en.buy": "Buy now"},
        {"copy.sv.payment": "Betala med kort, eller senare mot faktura."},
        {"copy.sv.small_print": "Varav moms 6 %. 14 dagars ångerrätt."},
        {"copy.en.trial": "Try {trial_length}: {trial_sentence}"},
        {"copy.sv.lead": "Klamrar: {{så}}"},
        {"theme.light.brand": "#000000"},
        {"targeting.sections": ["news"], "targeting.min_visits": 3, "targeting.max_visits": 3},
    ],
)
def test_what_is_right_is_left_alone(changes: dict[str, Any]) -> None:
    assert _found(_changed(changes)) == []


@pytest.mark.parametrize(
    ("own", "other", "shadowed"),
    [
        ({"priority": 10}, {"priority": 20}, True),
        ({"priority": 20, "sections": ["news"]}, {"priority": 30, "sections": ["news", "culture"]}, True),
        ({"priority": 20, "readers": ["lapsed"]}, {"priority": 30, "readers": ["signed_in"]}, True),
        ({"priority": 20, "min_visits": 3}, {"priority": 30, "min_visits": 2}, True),
        ({"priority": 20, "traffic_sources": ["Google"]}, {"traffic_sources": ["google"]}, True),
        ({"priority": 20}, {"priority": 30, "readers": ["anonymous", "signed_in"]}, True),
        ({"priority": 20, "min_visits": 2}, {"priority": 30, "min_visits": 3}, False),
        ({"priority": 20}, {"priority": 30, "ends_at": NOW + timedelta(days=1)}, False),
        ({"priority": 20, "tags": ["granskning"]}, {"priority": 30, "tags": ["reportage"]}, False),
        ({"priority": 40}, {"priority": 30, "devices": ["phone"]}, False),
    ],
)
def test_a_design_in_the_way_of_another_is_found(
    own: dict[str, Any], other: dict[str, Any], shadowed: bool
) -> None:
    design = _changed({f"targeting.{name}": value for name, value in own.items()})
    around = _around(others=(_published("other", **other),))
    assert ("reach.shadowed" in {finding.id for finding in check(design, around)}) is shadowed


def _around(**changes: Any) -> Surroundings:
    return Surroundings(**{**vars(AROUND), **changes})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"offers": None}, ("warning", "offers.not_checked", "offers")),
        ({"offers": ()}, ("warning", "offers.nothing_sold", "offers")),
        (
            {"offers": (Offer("digital", "1", OfferKind.PACKAGE, "D", "", 12_900, 25, MONTH, True), TRIAL)},
            ("warning", "vat.percent", "offers"),
        ),
        ({"payment_method_category": "pay_later"}, ("error", "credit.preselected", "")),
        ({"languages": ("sv", "en", "fi")}, ("error", "translation.missing", "copy.fi")),
    ],
)
def test_what_is_wrong_around_the_design_is_found(
    change: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert expected in _found(standard_design(), _around(**change))


def test_the_standard_designs_targeting_is_not_looked_at() -> None:
    targeted = _changed({"targeting.sections": ["wine"]})
    assert _found(targeted, _around(slug=STANDARD_SLUG)) == [("warning", "reach.standard", "targeting")]


def test_every_finding_says_how_to_mend_it_and_where_the_rule_is_from() -> None:
    every = [finding for changes, _ in WRONG for finding in check(_changed(changes), AROUND)]
    for finding in every:
        assert finding.sentence
        assert finding.mend
        assert finding.source.title
        assert finding.source.url.startswith("https://") or "docs/" in finding.source.title
    one = check(_changed({"copy.sv.buy": "Vidare", "copy.en.buy": "Order now"}), AROUND)
    assert [finding.severity for finding in one] == [Severity.ERROR, Severity.WARNING]
