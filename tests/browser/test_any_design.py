"""Any design that the schema admits can be drawn: in every layout, language and width, within its room.

`DESIGNS_DRAWN=100` draws more of them than the few that the suite has time for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from playwright.sync_api import Browser, Page, expect

from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.paywalls.document import AccessModel, Layout, PaywallDesign, Targeting
from klarna_shop.shop.paywalls.document.offers import MOST_OFFERS
from tests.browser.designs import in_force
from tests.browser.steps import hook
from tests.house import newspaper
from tests.served import ServedShop
from tests.shop.paywalls.documents import DESIGNS

pytestmark = pytest.mark.browser

DRAWN = int(os.environ.get("DESIGNS_DRAWN", "2"))
SEED = int(os.environ.get("DESIGNS_SEED", "1"))
WIDTHS = (320, 360, 768, 1280)
OUTSIDE = """() => {
  const page = document.documentElement;
  const wall = document.querySelector('.paywall');
  const box = wall.getBoundingClientRect();
  const wrong = [];
  if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide`);
  if (box.left < 0 || box.right > page.clientWidth + 1) wrong.push(`the wall: ${box.left} to ${box.right}`);
  if (getComputedStyle(wall).position === 'fixed' && box.top < 0) wrong.push(`its top: ${box.top}`);
  for (const one of wall.querySelectorAll('*')) {
    const place = one.getBoundingClientRect();
    const beyond = place.left < box.left - 1 || place.right > box.right + 1;
    const spills = getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1;
    if (place.width && (beyond || spills))
      wrong.push(`${one.className || one.tagName}: ${one.textContent.slice(0, 60)}`);
  }
  return wrong;
}"""
"""What reaches out of the page or the wall."""


def _fullest() -> PaywallDesign:
    """Every line as long as the schema lets it be, without a place to break."""
    copy = {
        name: "W" * length
        for length, names in {
            60: ("buy", "register", "login", "dismiss"),
            160: ("title", "title_premium"),
            240: ("price", "trial"),
            600: ("lead", "lead_premium", "payment", "small_print"),
        }.items()
        for name in names
    }
    listed = [
        {"code": code, "badge": {"sv": "Ö" * 60, "en": "Q" * 60}, "emphasised": True}
        for code in ("digital", "digital-plus", "digital-trial", "digital-intro", "digital-30")
    ][:MOST_OFFERS]
    document = {
        "name": "Full",
        "access": {"model": "soft", "includes_premium": True},
        "copy": {language: {**copy, "reasons": ["M" * 240] * 6} for language in ("sv", "en")},
        "offers": {"listed": listed, "preselected": "digital"},
        "theme": {"corner_radius": 32, "font": "rounded", "logo": "norrlunda.svg"},
        "teaser": {"paragraphs": 0},
    }
    return PaywallDesign.model_validate(document)


def _designs() -> list[PaywallDesign]:
    """The fullest of those that the schema's own strategy yields, and the fullest of all."""
    found: list[PaywallDesign] = []

    @seed(SEED)
    @settings(max_examples=12 * DRAWN, database=None, phases=[Phase.generate], deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(DESIGNS)
    def collect(design: PaywallDesign) -> None:
        found.append(design)

    collect()
    return [_fullest(), *sorted(found, key=lambda one: len(one.as_json()), reverse=True)[:DRAWN]]


def _cases() -> dict[str, PaywallDesign]:
    """Each design in each layout, by the traffic source that brings it about before a premium article."""
    cases = {}
    for number, design in enumerate(_designs()):
        opens = design.access.model is AccessModel.METERED
        access = design.access.model_copy(update={"includes_premium": False}) if opens else design.access
        for layout in Layout:
            source = f"case-{number}-{layout.value.replace('_', '-')}"
            targeting = Targeting(traffic_sources=(source,), priority=1000)
            cases[source] = design.model_copy(
                update={"layout": layout, "targeting": targeting, "access": access}
            )
    return cases


@pytest.fixture(scope="module")
def cases(shop: ServedShop) -> Iterator[dict[str, PaywallDesign]]:
    made = _cases()
    with in_force(shop, made):
        yield made


def test_any_design_is_drawn_within_its_room(
    chromium: Browser, shop: ServedShop, cases: dict[str, PaywallDesign]
) -> None:
    library = newspaper()
    slug = next(one.slug for one in library.front_page("sv") if one.kind is ArticleKind.PREMIUM)
    for source, design in cases.items():
        for prefix in ("", "/en"):
            context = chromium.new_context(base_url=shop.url, reduced_motion="reduce")
            page = context.new_page()
            errors = _errors_of(page)
            page.goto(f"{prefix}/article/{slug}?utm_source={source}")
            wall = hook(page, "paywall")
            expect(wall).to_have_attribute("data-design", source)
            expect(wall).to_have_attribute("data-layout", design.layout.value)
            assert _outside(page) == {}, (source, prefix, design.as_json())
            assert errors == [], (source, prefix, design.as_json())
            context.close()


def _errors_of(page: Page) -> list[str]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


def _outside(page: Page) -> dict[int, list[str]]:
    """What does not fit, by the window's width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        wrong: list[str] = page.evaluate(OUTSIDE)
        for _ in range(20):
            # Chromium may take some frames to give letters their size for the new width.
            if wrong:
                page.wait_for_timeout(50)
                wrong = page.evaluate(OUTSIDE)
        if wrong:
            found[width] = wrong[:5]
    return found
