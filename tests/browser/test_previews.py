"""A product manager looks at the live pages as anyone, side by side, and shows them to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.conftest import Visit, visitors
from tests.browser.steps import hook
from tests.served import STUDIO_PASSWORD, ServedShop

pytestmark = pytest.mark.browser

PERSONAS = ("first-visit", "meter-used-up", "subscriber", "cancelled")
SEEN = {
    "first-visit": (None, "Logga in"),
    "meter-used-up": ("metered", "Logga in"),
    "subscriber": (None, "Provläsare"),
    "cancelled": ("metered", "Provläsare"),
}
"""Before a metered article: which wall stands there, and what the header says."""


@pytest.fixture
def visit_closed(chromium: Browser, closed_shop: ServedShop) -> Iterator[Visit]:
    with visitors(chromium, closed_shop) as visit:
        yield visit


def _setup(*personas: str, article: str, device: str = "phone") -> str:
    frames = ".".join(f"{persona}~~sv~{device}~light~100" for persona in personas)
    return f"/studio/preview?article={article}&frames={frames}"


def _frame(page: Page, persona: str) -> FrameLocator:
    return page.frame_locator(f'[data-testid="studio-preview"][data-persona="{persona}"]')


def _metered(page: Page) -> str:
    card = hook(page, "article-card").and_(page.locator('[data-access="metered"]'))
    return card.first.get_attribute("data-slug") or ""


def _token(page: Page) -> str:
    return str(page.evaluate("sessionStorage.getItem('token')"))


def _expect_each_their_own(page: Page) -> None:
    for persona in PERSONAS:
        frame, (wall, header) = _frame(page, persona), SEEN[persona]
        if wall is None:
            expect(frame.get_by_test_id("article-body")).to_have_count(1)
            expect(frame.get_by_test_id("paywall")).to_have_count(0)
        else:
            expect(frame.get_by_test_id("paywall")).to_have_attribute("data-model", wall)
            expect(frame.get_by_test_id("article-body")).to_have_count(0)
        expect(frame.locator(".masthead__reader")).to_contain_text(header)


def test_four_readers_side_by_side_are_four_and_stay_so(visit: Visit) -> None:
    page = visit("/")
    page.goto(_setup(*PERSONAS, article=_metered(page)))
    _expect_each_their_own(page)
    own = _token(page)
    for _ in range(3):
        page.reload()
        _expect_each_their_own(page)
        assert _token(page) == own, "the frames leave the token of the tab alone"
    # One that is loaded again by itself is itself again, and the others are as they were.
    for persona in PERSONAS:
        _frame(page, persona).locator("body").evaluate("() => location.reload()")
    _expect_each_their_own(page)
    # Nothing of it was counted for this browser.
    expect(hook(page, "studio-preview")).to_have_count(4)
    page.goto(f"/article/{_slug(page)}")
    expect(hook(page, "meter-left")).to_have_attribute("data-left", "2")


@pytest.mark.parametrize("width", [390, 1280])
def test_frames_stand_beside_each_other_whatever_becomes_of_them(visit: Visit, width: int) -> None:
    page = visit("/", viewport={"width": width, "height": 900})
    page.goto(_setup("first-visit", "subscriber", article=_metered(page)))
    frames = hook(page, "studio-preview")
    expect(frames).to_have_count(2)
    # A wide device while there is much room, then less and less of it.
    page.get_by_label("Device").nth(1).select_option("desktop")
    for count in (3, 4):
        hook(page, "preview-add").click()
        expect(frames).to_have_count(count)
    page.wait_for_function(
        """() => {
            const boxes = [...document.querySelectorAll(".preview .device-frame, .previews__choices > *")]
                .map((element) => element.getBoundingClientRect());
            const apart = (one, other) =>
                one.right <= other.left + 1 || other.right <= one.left + 1
                || one.bottom <= other.top + 1 || other.bottom <= one.top + 1;
            return boxes.every((box, number) => box.width > 0 && box.right <= window.innerWidth
                && boxes.slice(number + 1).every((other) => apart(box, other)));
        }"""
    )


def _slug(page: Page) -> str:
    found = re.search(r"article=([a-z0-9-]+)", page.url)
    assert found is not None
    return found[1]


def test_a_choice_changes_its_frame_alone_and_stands_in_the_address(visit: Visit) -> None:
    page = visit("/")
    page.goto(_setup("first-visit", "subscriber", article=_metered(page)))
    other = _frame(page, "subscriber")
    expect(other.get_by_test_id("article-body")).to_have_count(1)
    other.locator("body").evaluate("() => { window.untouched = true; }")
    page.get_by_label("Reader").first.select_option("in-debt")
    expect(_frame(page, "in-debt").get_by_test_id("paywall")).to_have_count(1)
    page.get_by_label("Appearance").first.select_option("dark")
    page.get_by_label("Text").first.select_option("200")
    page.get_by_label("Language").first.select_option("en")
    page.get_by_label("Device").first.select_option("tablet")
    html = _frame(page, "in-debt").locator("html")
    expect(html).to_have_class(re.compile("dark"))
    expect(html).to_have_attribute("lang", "en")
    expect(html).to_have_css("font-size", "32px")
    assert html.evaluate("() => window.innerWidth") == 820
    assert other.locator("body").evaluate("() => window.untouched") is True
    expect(other.locator("html")).to_have_class(re.compile("light"))
    page.get_by_role("button", name="Add a frame").click()
    expect(hook(page, "studio-preview")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"in-debt~~en~tablet~dark~200\.subscriber"))
    page.reload()
    expect(hook(page, "studio-preview")).to_have_count(3)
    expect(_frame(page, "in-debt").locator("html")).to_have_css("font-size", "32px")
    expect(page.get_by_label("Reader").first).to_have_value("in-debt")


def test_a_date_shows_the_shop_on_that_day(visit: Visit) -> None:
    page = visit("/")
    page.goto(_setup("meter-used-up", article=_metered(page)))
    date = page.get_by_label("Date (empty: now)")
    date.fill("2027-03-01T08:30")
    date.blur()
    expect(_frame(page, "meter-used-up").get_by_test_id("preview-strip")).to_contain_text(
        "Preview: Meter used up, 1 March 2027 08:30"
    )
    expect(_frame(page, "meter-used-up").locator(".masthead__date")).to_have_text("måndag 1 mars 2027")
    expect(page).to_have_url(re.compile("at=2027-03-01T08"))


def test_links_of_a_preview_stay_in_it_and_nothing_is_done(visit: Visit) -> None:
    page = visit("/")
    slug = _metered(page)
    page.goto(_setup("meter-used-up", article=slug))
    frame = _frame(page, "meter-used-up")
    strip = frame.get_by_test_id("preview-strip")
    expect(frame.get_by_test_id("paywall")).to_have_count(1)
    theme = page.evaluate("localStorage.getItem('theme')")
    assert theme
    for act in ("paywall-buy", "paywall-login", "theme-switch"):
        frame.get_by_test_id(act).click()
        expect(strip).to_contain_text("här händer ingenting")
        expect(frame.get_by_test_id("paywall")).to_have_count(1)
    assert page.evaluate("localStorage.getItem('theme')") == theme
    frame.get_by_test_id("language-switch").click()
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    expect(strip).to_contain_text("Meter used up")
    expect(frame.get_by_test_id("paywall")).to_have_count(1)
    frame.locator(".masthead__name").click()
    expect(frame.get_by_test_id("paywall")).to_have_count(0)
    expect(strip).to_contain_text("Meter used up")
    frame.locator('[data-testid="article-card"][data-access="metered"]').last.click()
    expect(frame.get_by_test_id("paywall")).to_have_count(1)
    expect(strip).to_contain_text("Meter used up")
    # The tab around it is where it was.
    expect(page).to_have_url(re.compile("/studio/preview"))


def test_the_editor_has_a_frame_decide_anew(visit: Visit) -> None:
    page = visit("/")
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(str(payload))))
    page.goto(_setup("meter-used-up", article=_metered(page)))
    frame = _frame(page, "meter-used-up")
    expect(frame.get_by_test_id("paywall")).to_have_count(1)
    expect(frame.locator("#preview-refresh")).to_have_attribute("tabindex", "-1")
    before = sum("article_state.decide" in message for message in sent)
    page.evaluate(
        "document.querySelector('iframe').contentDocument.getElementById('preview-refresh').click()"
    )
    page.wait_for_function("true")
    expect(frame.get_by_test_id("paywall")).to_have_count(1)
    assert sum("article_state.decide" in message for message in sent) == before + 1


def test_a_share_link_shows_the_same_to_a_stranger_without_the_text(visit_closed: Visit) -> None:
    page = visit_closed("/", permissions=["clipboard-read", "clipboard-write"])
    slug = _metered(page)
    address = _setup("subscriber", "meter-used-up", article=slug)
    page.goto(address)
    expect(hook(page, "studio-preview")).to_have_count(0)
    page.get_by_label("Password").fill(STUDIO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(address)
    expect(_frame(page, "subscriber").get_by_test_id("article-body")).to_have_count(1)
    page.locator("summary", has_text="Share").click()
    hook(page, "preview-share").and_(page.locator('[data-days="7"]')).click()
    link = hook(page, "share-link").input_value()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    stranger = visit_closed(link)
    expect(hook(stranger, "studio-preview")).to_have_count(2)
    expect(_frame(stranger, "meter-used-up").get_by_test_id("paywall")).to_have_count(1)
    subscriber = _frame(stranger, "subscriber")
    expect(subscriber.get_by_test_id("preview-withheld")).to_be_visible()
    expect(subscriber.get_by_test_id("article-body")).to_have_count(0)
    expect(subscriber.get_by_test_id("why-this-wall")).to_have_attribute("data-rule", "entitled")
    expect(subscriber.get_by_test_id("why-design")).to_have_count(0)
    stranger.goto("/studio/preview")
    expect(hook(stranger, "studio-login")).to_be_visible()
    stranger.goto(link[:-4])
    expect(hook(stranger, "share-fault")).to_contain_text("no share link")
    stranger.goto(f"/article/{slug}?preview=x")
    expect(hook(stranger, "preview-refused")).to_contain_text("ingen förhandsvisning")
    expect(hook(stranger, "meter-left")).to_have_count(0)


def test_whoever_tries_the_shop_out_sees_why_and_starts_anew(visit: Visit) -> None:
    page = visit("/")
    slugs = [
        card.get_attribute("data-slug")
        for card in hook(page, "article-card").and_(page.locator('[data-access="metered"]')).all()
    ]
    for slug in slugs[:2]:
        page.goto(f"/article/{slug}")
        expect(hook(page, "meter-left")).to_have_count(1)
    why = hook(page, "why-this-wall")
    expect(why).to_have_attribute("data-rule", "meter")
    expect(hook(page, "meter-left")).to_have_attribute("data-left", "1")
    why.locator("summary").click()
    expect(why).to_contain_text("Mätaren: 2 av 3")
    hook(page, "why-reset").click()
    expect(hook(page, "meter-left")).to_have_attribute("data-left", "2")
