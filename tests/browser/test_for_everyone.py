"""What axe cannot see: the keyboard, zoom, large text, small targets, forced colours, stillness."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import choose, hook, introduce, next_outcome, premium_article, to_checkout

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
STEPS = 80
"""More presses of Tab than any page needs to get to its next step."""
PAGES = (
    "/",
    "/packages",
    "/login",
    "/register",
    "/withdraw",
    "/account",
    "/terms",
    "/privacy",
    "/en/packages",
)

_FOCUS = """() => {
  const focused = document.activeElement;
  const drawn = style => parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none";
  const outlined = drawn(getComputedStyle(focused));
  const heading = /^(H1|H2|MAIN)$/.test(focused.tagName) || focused.getAttribute("tabindex") === "-1";
  // A radio button's choice is drawn around its label.
  // A headline's outline is around its whole story, a radio button's around its label.
  const around = focused.closest("label, .story");
  const labelled = around && drawn(getComputedStyle(around));
  // Inside a date field the browser itself marks day, month, year and its calendar's button.
  const date = focused.matches("[type=date]");
  return outlined || labelled || date || heading || focused === document.body;
}"""
_SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(one => !(one.matches("a") && getComputedStyle(one).display === "inline"))
  .filter(one => !one.closest(".visually-hidden, .skip-link, [aria-hidden=true]") && one.type !== "hidden")
  .map(one => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
_BROKEN = """root => [...root.querySelectorAll("h1, h2, h3, .button, .masthead__name")].flatMap(one => {
  const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const broken = [];
  while (walker.nextNode()) {
    for (const word of walker.currentNode.data.matchAll(/[^\\s\\-–/]+/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""
_SELLER = """() => document.querySelector(".colophon__seller").parentElement.getBoundingClientRect().width"""
_WIDER = """() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"""


def _tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; at every stop it can be seen where that is."""
    for _ in range(STEPS):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
        assert page.evaluate(_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"Tab does not lead to {target}")


def test_a_whole_purchase_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    slug = premium_article(page)
    card = page.locator(f'[data-testid="article-card"][data-slug="{slug}"]').first
    _tab_to(page, card)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/article/{slug}"))
    expect(hook(page, "paywall")).to_be_visible()
    _tab_to(page, hook(page, "paywall-buy").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/packages"))
    expect(page.locator("h1")).to_be_focused()
    options = page.locator('input[name="offer"]')
    expect(options.first).to_be_visible()
    _tab_to(page, options.first)
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_be_checked()
    for name, words in (
        ("customer-email", "tangentbord@exempel.example"),
        ("customer-first-name", "Tangent"),
        ("customer-last-name", "Bord"),
    ):
        _tab_to(page, hook(page, name))
        page.keyboard.type(words)
    _tab_to(page, hook(page, "package-continue"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/checkout\?purchase="))
    expect(page.locator("h1")).to_be_focused()
    expect(hook(page, "checkout-buy")).to_be_enabled()
    next_outcome(page, "approve")
    _tab_to(page, hook(page, "checkout-buy"))
    page.keyboard.press("Enter")
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")
    expect(page.locator("h1")).to_be_focused()
    _tab_to(page, hook(page, "confirmation-article"))
    page.keyboard.press("Enter")
    expect(hook(page, "article-body")).to_be_visible()


def test_an_error_takes_the_focus_and_leads_to_its_field(visit: Visit) -> None:
    page = visit("/packages")
    choose(page)
    hook(page, "package-continue").click()
    expect(page.locator("#picker-error")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(hook(page, "customer-email")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_at_400_percent_zoom_nothing_scrolls_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 256})
    page.wait_for_load_state("networkidle")
    assert page.evaluate(_WIDER) == [320, 320]


@pytest.mark.parametrize("path", PAGES)
def test_text_of_twice_the_size_fits(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 412, "height": 915})
    page.wait_for_load_state("networkidle")
    # By a script: a style element is nothing that the page's policy would take.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide, seen = page.evaluate(_WIDER)
    assert wide == seen


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("path", ["/", "/en", "/withdraw", "/login"])
def test_text_of_twice_the_size_fits_the_narrowest_windows(visit: Visit, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 800})
    page.wait_for_load_state("networkidle")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(_WIDER) == [width, width]
    assert page.locator(".masthead").evaluate(_BROKEN) == []


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_no_word_of_the_wall_breaks_at_twice_the_size(visit: Visit, prefix: str, width: int) -> None:
    page = visit("/", viewport={"width": width, "height": 800})
    page.goto(f"{prefix}/article/{premium_article(page)}")
    expect(hook(page, "paywall")).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(_WIDER) == [width, width]
    assert page.locator("body").evaluate(_BROKEN) == []


@pytest.mark.parametrize("width", [768, 834, 1024])
@pytest.mark.parametrize("path", ["/terms", "/en/terms"])
def test_the_seller_has_room_in_the_footer_of_every_width(visit: Visit, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 800})
    # 18rem: the address in three or four lines.
    assert page.evaluate(_SELLER) >= 288


@pytest.mark.parametrize("path", PAGES)
def test_targets_are_large_enough(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 412, "height": 915})
    page.wait_for_load_state("networkidle")
    assert page.evaluate(_SMALL) == []


def test_the_wall_checkout_and_receipt_fit_at_320_px(visit: Visit) -> None:
    page = visit("/", viewport={"width": 320, "height": 640})
    page.goto(f"/article/{premium_article(page)}")
    expect(hook(page, "paywall")).to_be_visible()
    assert page.evaluate(_WIDER) == [320, 320]
    page.goto("/packages")
    choose(page, "digital-trial", "trial")
    introduce(page, "smal@exempel.example")
    to_checkout(page)
    assert page.evaluate(_WIDER) == [320, 320]
    next_outcome(page, "approve")
    hook(page, "checkout-buy").click()
    expect(hook(page, "confirmation")).to_have_attribute("data-status", "completed")
    assert page.evaluate(_WIDER) == [320, 320]
    hook(page, "confirmation-receipt").get_by_role("link").click()
    expect(hook(page, "receipt")).to_be_visible()
    assert page.evaluate(_WIDER) == [320, 320]


def test_in_forced_colours_buttons_and_choices_keep_their_edges(visit: Visit) -> None:
    page = visit("/packages", forced_colors="active")
    expect(hook(page, "package-option").first).to_be_visible()
    assert hook(page, "package-continue").evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)")
    for option in page.locator(".choice__input").all():
        # The browser's own mark, which it draws in the reader's colours.
        assert option.evaluate("one => getComputedStyle(one).appearance") != "none"
        expect(option).to_be_visible()


def test_who_wants_stillness_gets_it(visit: Visit) -> None:
    page = visit("/packages")
    moving = page.evaluate(
        "() => document.getAnimations().filter(one => one.effect.getTiming().duration > 50).length"
    )
    assert moving == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
