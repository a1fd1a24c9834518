"""The demo's article with every supported element: narrow, in both themes, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from klarna_shop.shop.articles import ArticleLibrary
from tests.accessibility.audit import violations
from tests.house import newspaper

Visit = Callable[..., Page]

SLUG = "bussarna-vi-raknade"
ELEMENTS = (
    "table",
    "pre",
    "blockquote blockquote",
    "ol ul ul",
    "figure figcaption",
    ".prose__wide",
    ".notes",
)
# Elements that are cut off: wider than the room that the window or the sheet leaves them.
CUT_OFF = """() => [...document.querySelectorAll(".prose, .prose *")].filter(one => {
    const box = one.getBoundingClientRect(), width = document.documentElement.clientWidth;
    const hidden = getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
    return hidden || box.right > width + 1 || box.left < -1;
}).map(one => one.outerHTML.slice(0, 90))"""
# Scrolling elements, and all that is wider than the window outside of them.
WIDE = """() => {
    const width = document.documentElement.clientWidth;
    return {
        page: document.documentElement.scrollWidth,
        scrolling: [...document.querySelectorAll(".prose pre, .prose__scroll")]
            .filter(one => one.scrollWidth > one.clientWidth).map(one => one.tagName),
        outside: [...document.querySelectorAll(".article *")]
            .filter(one => !one.closest("pre, .prose__scroll"))
            .filter(one => one.getBoundingClientRect().right > width + 1)
            .map(one => one.outerHTML.slice(0, 90)),
    };
}"""


@pytest.fixture
def library() -> ArticleLibrary:
    return newspaper()


def _open(visit: Visit, path: str, **options: object) -> Page:
    page = visit(path, **options)
    for element in ELEMENTS:
        expect(page.locator(f".article {element}").first).to_be_attached()
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_narrow_screen_wide_elements_scroll_in_themselves(visit: Visit, theme: str) -> None:
    page = _open(visit, f"/article/{SLUG}", viewport={"width": 320, "height": 640}, color_scheme=theme)
    expect(page.locator("html")).to_have_class(re.compile(theme))
    found = page.evaluate(WIDE)
    assert found["page"] == 320
    assert found["outside"] == []
    assert sorted(found["scrolling"]) == ["DIV", "PRE"]
    assert violations(page) == []


def test_links_lead_to_headings_and_footnotes_and_back(visit: Visit) -> None:
    page = _open(visit, f"/article/{SLUG}", viewport={"width": 360, "height": 640})
    page.get_by_role("link", name="räknesättet").click()
    expect(page.locator('[id="så-räknade-vi"]')).to_be_in_viewport()
    mark = page.locator("#fnref-2 a")
    mark.click()
    note = page.locator("#fn-2")
    expect(note).to_be_in_viewport()
    note.locator('[role="doc-backlink"]').click()
    expect(mark).to_be_in_viewport()
    for link in page.locator(".prose a").all():
        assert re.match(r"(#|/|mailto:)", link.get_attribute("href") or "")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_is_cut_off_on_paper(visit: Visit, library: ArticleLibrary, language: str) -> None:
    prefix = "" if language == "sv" else f"/{language}"
    path = f"{prefix}/article/{SLUG}"
    # A sheet of A4 without its margins, at 96 dots an inch.
    page = _open(visit, path, viewport={"width": 680, "height": 960}, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF) == []
    # Black on white also where the screen is dark.
    ink = "() => getComputedStyle(document.querySelector('.prose pre')).color"
    assert page.evaluate(ink) in {"rgb(0, 0, 0)", "rgb(21, 25, 28)"}
    expect(page.locator(".consent")).to_be_hidden()
    assert library.find(language, SLUG) is not None
    assert not library.problems
