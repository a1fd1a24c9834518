"""Which design is tried when, and which rule keeps a reader from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from klarna_shop.shop.paywalls.choosing import choose, in_order
from klarna_shop.shop.paywalls.document import Device, PaywallDesign, ReaderKind, Targeting
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts, TargetingRule, matches

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FACTS = TargetingFacts(
    now=NOW,
    section="news",
    tags=("granskning", "bostäder"),
    language="sv",
    readers=frozenset({ReaderKind.SIGNED_IN, ReaderKind.LAPSED}),
    visits=3,
    traffic_source="newsletter",
    device=Device.PHONE,
)
NOBODY = TargetingFacts(now=NOW)


def _published(slug: str, **targeting: Any) -> Published:
    return Published(slug, 1, PaywallDesign.model_validate({"name": slug, "targeting": targeting}))


def test_the_highest_priority_is_first_then_the_slug_and_the_standard_design_last() -> None:
    designs = [_published(STANDARD_SLUG, priority=1000), _published("b"), _published("a")]
    designs.append(_published("z", priority=101))
    assert [one.slug for one in in_order(designs)] == ["z", "a", "b", STANDARD_SLUG]


def test_the_standard_design_is_for_everybody_whatever_it_targets() -> None:
    choice = choose([_published(STANDARD_SLUG, sections=["wine"], priority=1000)], FACTS)
    assert (choice.published.slug, choice.tried[0].failed) == (STANDARD_SLUG, ())


def test_without_any_design_there_is_the_built_in_one() -> None:
    choice = choose([_published("other", languages=["en"])], FACTS)
    assert (choice.published.slug, choice.published.version) == (STANDARD_SLUG, 0)
    assert [tried.slug for tried in choice.tried] == ["other", STANDARD_SLUG]


@pytest.mark.parametrize(
    ("rule", "holds", "fails"),
    [
        (TargetingRule.SECTION, {"sections": ("news", "sport")}, {"sections": ("sport",)}),
        (TargetingRule.TAG, {"tags": ("bostäder",)}, {"tags": ("Bostäder",)}),
        (TargetingRule.READER, {"readers": ("lapsed",)}, {"readers": ("anonymous",)}),
        (TargetingRule.READER, {"readers": ("signed_in",)}, {"readers": ("anonymous",)}),
        (TargetingRule.MIN_VISITS, {"min_visits": 3}, {"min_visits": 4}),
        (TargetingRule.MAX_VISITS, {"max_visits": 3}, {"max_visits": 2}),
        (TargetingRule.TRAFFIC_SOURCE, {"traffic_sources": ("NewsLetter",)}, {"traffic_sources": ("news",)}),
        (TargetingRule.DEVICE, {"devices": ("phone",)}, {"devices": ("desktop", "tablet")}),
        (TargetingRule.LANGUAGE, {"languages": ("sv",)}, {"languages": ("en",)}),
        (TargetingRule.STARTS_AT, {"starts_at": NOW}, {"starts_at": NOW + timedelta(microseconds=1)}),
        (TargetingRule.ENDS_AT, {"ends_at": NOW + timedelta(microseconds=1)}, {"ends_at": NOW}),
    ],
)
def test_each_rule_at_its_edge(rule: TargetingRule, holds: dict[str, Any], fails: dict[str, Any]) -> None:
    assert matches(Targeting.model_validate(holds), FACTS) == ()
    assert matches(Targeting.model_validate(fails), FACTS) == (rule,)
    if rule not in {TargetingRule.STARTS_AT, TargetingRule.ENDS_AT}:
        assert matches(Targeting.model_validate(holds), NOBODY) == (rule,)


def test_all_rules_that_fail_are_told() -> None:
    wanted = Targeting(sections=("sport",), devices=(Device.TABLET,), min_visits=1)
    assert matches(wanted, FACTS) == (TargetingRule.SECTION, TargetingRule.DEVICE)
    assert matches(wanted, replace(FACTS, section="sport", device=Device.TABLET)) == ()
