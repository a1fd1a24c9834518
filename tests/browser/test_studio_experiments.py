"""A product manager tries two designs against each other, and reads the funnel."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import hook
from tests.browser.test_studio_paywalls import publish, start
from tests.served import ServedShop

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(chromium: Browser, own_shop: ServedShop) -> Iterator[Visit]:
    """Visitors of a shop whose walls the tests may change."""
    with visitors(chromium, own_shop) as visit:
        yield visit


def _write_down(page: Page, other: str) -> str:
    """A new experiment of the standard design against another; its slug."""
    page.goto("/studio/experiments")
    page.get_by_label("Name", exact=True).fill("Fewer words")
    page.get_by_label("What you expect, and why").fill("Fewer words leave more readers at the button.")
    designs = hook(page, "experiment-design")
    designs.nth(0).select_option("standard")
    designs.nth(1).select_option(other)
    hook(page, "experiment-create").click()
    page.wait_for_url(re.compile(r"\?experiment="))
    expect(hook(page, "experiment")).to_be_visible()
    return page.url.partition("experiment=")[2]


def _simulate(page: Page, readers: str) -> None:
    hook(page, "simulation").click()
    page.get_by_label("Readers, at most 100,000").fill(readers)
    hook(page, "simulate").click()
    expect(hook(page, "simulation-outcome")).to_contain_text("saw a wall", timeout=60_000)


def _counts(page: Page) -> list[int]:
    expect(hook(page, "funnel-step")).to_have_count(11)
    steps = hook(page, "funnel-step").all()
    return [int(step.get_attribute("data-count") or "") for step in steps]


def test_from_two_designs_to_the_winner_and_its_funnel(visit: Visit, tmp_path: Path) -> None:
    page = visit("/studio/paywalls", viewport={"width": 1400, "height": 900})
    other = start(page, "metered-card")
    publish(page)
    expect(page.locator("#design-message").get_by_text("Published as version 1")).to_be_visible()
    slug = _write_down(page, other)
    expect(hook(page, "experiment-status")).to_have_attribute("data-status", "draft")
    expect(hook(page, "experiment-time")).to_contain_text("visitors must see a wall")
    hook(page, "experiment-start").click()
    expect(hook(page, "experiment-status")).to_have_attribute("data-status", "running")
    _simulate(page, "6000")
    hook(page, "experiment-traffic").click()
    results = hook(page, "experiment-result")
    expect(results.first).not_to_have_attribute("data-visitors", "0")
    expect(results).to_have_count(2)
    seen = sum(int(result.get_attribute("data-visitors") or "") for result in results.all())
    expect(page.get_by_role("img", name=re.compile("lift of orders"))).to_be_visible()
    expect(hook(page, "experiment-conclusion")).to_be_visible()
    expect(hook(page, "experiment-alarm")).to_have_count(0)

    page.get_by_role("link", name="Their funnel").click()
    page.wait_for_url(re.compile("/studio/funnel"))
    counts = _counts(page)
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == seen > 1000
    expect(hook(page, "funnel-group")).to_have_count(2)
    with page.expect_download() as download:
        hook(page, "funnel-export").click()
    download.value.save_as(tmp_path / "funnel.csv")
    text = (tmp_path / "funnel.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [int(row["visitors"]) for row in rows if not row["dimension"]] == counts
    with page.expect_download() as download:
        hook(page, "funnel-export-xlsx").click()
    download.value.save_as(tmp_path / "funnel.xlsx")
    sheet = load_workbook(tmp_path / "funnel.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet["H"]][1:12] == counts
    walls = [int(row["visitors"]) for row in rows if row["dimension"] and row["step"] == "wall_shown"]
    assert sum(walls) == counts[0]

    page.goto(f"/studio/experiments?experiment={slug}")
    page.locator('[data-testid="experiment-promote"][data-variant="B"]').click()
    hook(page, "experiment-confirm").click()
    expect(hook(page, "experiment-status")).to_have_attribute("data-status", "promoted")
    page.goto("/studio/experiments")
    expect(page.locator(f'[data-testid="experiment-row"][data-slug="{slug}"]')).to_have_attribute(
        "data-status", "promoted"
    )


def test_a_funnel_without_readers_says_how_to_get_some_and_keeps_its_filter(visit: Visit) -> None:
    page = visit("/studio/funnel", viewport={"width": 390, "height": 844})
    expect(hook(page, "funnel-nobody")).to_be_visible()
    assert _counts(page) == [0] * 11
    _simulate(page, "400")
    hook(page, "simulation-look").click()
    expect(hook(page, "funnel-nobody")).to_contain_text("Look at the simulated readers")
    hook(page, "funnel-traffic").select_option("simulated")
    hook(page, "funnel-by").select_option("device")
    hook(page, "funnel-show").click()
    page.wait_for_url(re.compile(r"traffic=simulated&by=device"))
    expect(hook(page, "funnel-group").first).to_be_visible()
    before = _counts(page)
    page.reload()
    expect(hook(page, "funnel-group").first).to_be_visible()
    assert _counts(page) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    hook(page, "simulation").click()
    hook(page, "simulation-remove").click()
    expect(hook(page, "simulation-outcome")).to_contain_text("removed")
    page.reload()
    expect(hook(page, "funnel-nobody")).to_be_visible()
