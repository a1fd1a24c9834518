"""A product manager with no developer at hand changes what the reader meets, sees it, and publishes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, FrameLocator, Locator, Page, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import hook
from tests.served import ServedShop

pytestmark = pytest.mark.browser

TITLE = "field-copy.sv.title"
BUY = "field-copy.sv.buy"


@pytest.fixture
def visit(chromium: Browser, own_shop: ServedShop) -> Iterator[Visit]:
    """Visitors of a shop whose walls the tests may change."""
    with visitors(chromium, own_shop) as visit:
        yield visit


def field(page: Page, path: str) -> Locator:
    return page.locator(f'[id="{path}"]')


def shown(page: Page) -> FrameLocator:
    return page.frame_locator('[data-testid="studio-preview"]')


def start(page: Page, template: str) -> str:
    """Start a design from a template; its slug."""
    page.locator(f'[data-testid="template-start"][data-template="{template}"]').click()
    page.wait_for_url(re.compile(r"\?design="))
    expect(field(page, TITLE)).to_be_visible()
    return page.url.partition("design=")[2]


def publish(page: Page, note: str = "") -> None:
    page.get_by_label("Note for the history").fill(note)
    hook(page, "studio-publish").click()


def test_from_a_template_to_what_the_reader_meets_and_back(visit: Visit) -> None:
    page = visit("/studio/paywalls", viewport={"width": 1400, "height": 900})
    expect(page.locator('[data-testid="studio-paywall-row"][data-slug="standard"]')).to_have_attribute(
        "data-status", "published"
    )
    assert hook(page, "template-start").count() >= 6
    slug = start(page, "metered-card")
    wall = shown(page).get_by_test_id("paywall")
    expect(wall).to_be_visible()

    # What is typed, letter by letter, is on the live page without it being loaded anew.
    shown(page).locator("body").evaluate("body => { body.dataset.same = 'page'; }")
    field(page, TITLE).fill("")
    field(page, TITLE).press_sequentially("Hamnen väntar inte", delay=20)
    expect(wall.get_by_role("heading", level=2)).to_have_text("Hamnen väntar inte")
    expect(field(page, TITLE)).to_have_value("Hamnen väntar inte")
    expect(shown(page).locator("body")).to_have_attribute("data-same", "page")
    expect(hook(page, "design-saved")).to_contain_text("Saved")

    # A check complains at once, with its source; publishing leads to the field; an undo mends it.
    words = field(page, BUY).input_value()
    field(page, BUY).fill("")
    checks = hook(page, "design-checks")
    expect(checks).to_have_attribute("data-errors", re.compile(r"[1-9]"))
    mark = hook(page, "design-mark").and_(page.locator('[data-severity="error"]')).first
    expect(mark.get_by_role("link")).to_have_attribute("href", re.compile(r"^(https://|#rules-)"))
    publish(page, "A note to keep")
    expect(page.locator("#design-message").get_by_text("Not published")).to_be_visible()
    expect(page.get_by_label("Note for the history")).to_have_value("A note to keep")
    expect(field(page, BUY)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(field(page, BUY)).to_have_value(words)
    expect(checks).to_have_attribute("data-errors", "0")
    page.keyboard.press("Control+Shift+Z")
    expect(field(page, BUY)).to_have_value("")
    page.keyboard.press("Control+z")
    expect(field(page, BUY)).to_have_value(words)

    # No free article at all, so that somebody new meets the wall at once.
    page.locator("#part-access > summary").click()
    field(page, "field-access.free_articles").fill("0")
    publish(page, "Before the harbour's week")
    expect(page.locator("#design-message").get_by_text("Published as version 1")).to_be_visible()
    expect(page.get_by_label("Note for the history")).to_have_value("")
    article = shown(page).locator("body").evaluate("body => body.ownerDocument.location.pathname")
    assert _wall_met(visit, article, slug) == "Hamnen väntar inte"

    field(page, TITLE).fill("Andra försöket")
    publish(page)
    expect(page.locator("#design-message").get_by_text("Published as version 2")).to_be_visible()
    hook(page, "design-versions").click()
    version = page.locator('[data-testid="design-version"][data-version="1"]')
    expect(version).to_contain_text("Before the harbour's week")
    page.get_by_label("From", exact=True).last.select_option("1")
    difference = hook(page, "design-differences")
    expect(difference).to_contain_text("Hamnen väntar inte")
    expect(difference).to_contain_text("Andra försöket")
    version.get_by_test_id("design-roll-back").click()
    hook(page, "design-roll-back-confirm").click()
    expect(version).to_contain_text("In force")
    expect(field(page, TITLE)).to_have_value("Hamnen väntar inte")
    expect(wall.get_by_role("heading", level=2)).to_have_text("Hamnen väntar inte")
    expect(hook(page, "design-history")).to_contain_text("Rolled back to version 1")
    assert _wall_met(visit, article, slug) == "Hamnen väntar inte"

    page.get_by_role("link", name="All designs").click()
    row = page.locator(f'[data-testid="studio-paywall-row"][data-slug="{slug}"]')
    expect(row).to_have_attribute("data-status", "published")


def _wall_met(visit: Visit, article: str, slug: str) -> str:
    """The title of the wall that somebody new meets before this article, which is this design's."""
    wall = hook(visit(article), "paywall")
    expect(wall).to_have_attribute("data-design", slug)
    return wall.get_by_role("heading", level=2).inner_text()


def test_two_tabs_a_file_and_the_list(visit: Visit) -> None:
    page = visit("/studio/paywalls")
    slug = start(page, "soft-sheet")
    other = page.context.new_page()
    other.goto(page.url)
    expect(field(other, TITLE)).to_be_visible()
    field(other, TITLE).fill("Den andra fliken")
    expect(hook(other, "design-saved")).to_contain_text("Saved")
    other.wait_for_timeout(600)
    field(page, TITLE).fill("Den första fliken")
    expect(hook(page, "design-conflict")).to_be_visible()
    expect(field(page, TITLE)).to_have_value("Den första fliken")
    page.get_by_role("button", name="Load theirs").click()
    expect(field(page, TITLE)).to_have_value("Den andra fliken")

    hook(page, "design-files").click()
    with page.expect_download() as download:
        hook(page, "design-export").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    assert json.loads(exported)["copy"]["sv"]["title"] == "Den andra fliken"
    wrong = json.loads(exported) | {"layout": "hidden"}
    upload = page.get_by_label("File", exact=True)
    upload.set_input_files(_file(json.dumps(wrong)))
    expect(hook(page, "import-refused")).to_contain_text("layout")

    page.goto("/studio/paywalls")
    expect(page.locator(f'[data-testid="studio-paywall-row"][data-slug="{slug}"]')).to_be_visible()
    page.get_by_label("File", exact=True).set_input_files(_file(exported))
    page.wait_for_url(re.compile(r"\?design="))
    assert page.url.partition("design=")[2] != slug
    expect(field(page, TITLE)).to_have_value("Den andra fliken")
    hook(page, "design-files").click()
    hook(page, "design-delete").click()
    hook(page, "design-delete-confirm").click()
    expect(page.get_by_text("is deleted.")).to_be_visible()


def _file(content: str) -> FilePayload:
    return {"name": "design.json", "mimeType": "application/json", "buffer": content.encode()}


def test_a_variable_is_written_at_the_cursor_and_a_finding_leads_to_its_field(visit: Visit) -> None:
    page = visit("/studio/paywalls")
    start(page, "trial-comparison")
    field(page, TITLE).fill("Läs för ")
    page.get_by_text("Variables: prices").click()
    page.get_by_role("button", name="{price_from}").click()
    expect(field(page, TITLE)).to_have_value("Läs för {price_from}")
    expect(shown(page).get_by_test_id("paywall").get_by_role("heading", level=2)).to_contain_text("kr/mån")
    page.locator("#part-theme > summary").click()
    field(page, "field-theme.light.brand").fill("#eeeeee")
    hook(page, "design-checks").click()
    finding = page.locator('[data-testid="design-finding"][data-path="theme.light.brand"]').first
    expect(finding).to_be_visible()
    page.locator("#part-theme > summary").click()
    finding.click()
    expect(field(page, "field-theme.light.brand")).to_be_focused()
