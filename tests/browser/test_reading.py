"""Reading: what is free, what is walled, what the meter counts, and what no HTML holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from klarna_shop.settings import load_settings
from klarna_shop.shop.articles import ArticleKind, ArticleLibrary
from tests.browser.steps import SUBSCRIBER, hook, sign_in
from tests.house import newspaper
from tests.served import ServedShop

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def library() -> ArticleLibrary:
    return newspaper()


def _slugs(library: ArticleLibrary, kind: ArticleKind) -> list[str]:
    return [article.slug for article in library.front_page("sv") if article.kind is kind]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_walled_body_is_in_any_built_file(
    shop: ServedShop, library: ArticleLibrary, language: str
) -> None:
    built = "\n".join(
        path.read_text(errors="replace")
        for path in (load_settings().articles_dir.parents[1] / ".web" / "build").rglob("*")
        if path.suffix in {".html", ".js", ".json", ".txt", ".md", ".data"}
    )
    assert library.front_page(language)[0].title in built
    for article in library.front_page(language):
        for block in article.rest:
            words = re.sub(r"<[^>]+>", "", block.html).strip()
            if article.kind is not ArticleKind.FREE and len(words) > 40:
                assert words[:40] not in built, article.slug


def test_a_free_article_is_whole_in_the_html(shop: ServedShop, library: ArticleLibrary) -> None:
    for language, prefix in (("sv", ""), ("en", "/en")):
        for slug in _slugs(library, ArticleKind.FREE):
            article = library.find(language, slug)
            assert article is not None
            html = httpx.get(f"{shop.url}{prefix}/article/{slug}").text
            assert f'lang="{language}"' in html
            last = re.sub(r"<[^>]+>", "", article.rest[-1].html).strip()
            assert last[:30] in html


def test_three_metered_articles_then_the_wall(visit: Visit, library: ArticleLibrary) -> None:
    slugs = _slugs(library, ArticleKind.METERED)
    page = visit("/")
    for left, slug in zip((2, 1, 0), slugs, strict=False):
        page.goto(f"/article/{slug}")
        expect(hook(page, "article-body")).to_be_visible()
        expect(hook(page, "meter-left")).to_have_attribute("data-left", str(left))
    page.goto(f"/article/{slugs[0]}")
    expect(hook(page, "article-body")).to_be_visible()
    page.goto(f"/article/{slugs[3]}")
    expect(hook(page, "paywall")).to_have_attribute("data-model", "metered")
    expect(hook(page, "paywall")).to_have_attribute("data-design", "standard")
    expect(hook(page, "why-this-wall")).to_contain_text("Design: Standard")
    expect(hook(page, "article-body")).to_have_count(0)


def test_another_articles_text_never_stands_in_the_page(visit: Visit, library: ArticleLibrary) -> None:
    """The tab's state still holds the last article when the next one's page is loaded."""
    page = visit("/")
    page.add_init_script(
        """window.bodies = [];
        new MutationObserver(() => {
            const body = document.querySelector('[data-testid="article-body"]');
            if (body && !window.bodies.includes(body.innerText)) window.bodies.push(body.innerText);
        }).observe(document, { childList: true, subtree: true });"""
    )
    for slug in _slugs(library, ArticleKind.METERED)[:3]:
        page.goto(f"/article/{slug}")
        expect(hook(page, "meter-left")).to_be_visible()
        assert page.evaluate("window.bodies") == [hook(page, "article-body").inner_text()]


def test_a_premium_article_never_touches_the_meter(visit: Visit, library: ArticleLibrary) -> None:
    page = visit(f"/article/{_slugs(library, ArticleKind.PREMIUM)[0]}")
    expect(hook(page, "paywall")).to_have_attribute("data-model", "freemium")
    page.goto(f"/article/{_slugs(library, ArticleKind.METERED)[0]}")
    expect(hook(page, "meter-left")).to_have_attribute("data-left", "2")


def test_a_subscriber_reads_and_a_signed_out_one_does_not(visit: Visit, library: ArticleLibrary) -> None:
    address = f"/article/{_slugs(library, ArticleKind.PREMIUM)[0]}"
    page = visit("/")
    sign_in(page, SUBSCRIBER, address)
    expect(hook(page, "article-body")).to_be_visible()
    hook(page, "logout").first.click()
    page.goto(address)
    expect(hook(page, "paywall")).to_be_visible()


def test_without_javascript_free_articles_and_teasers_can_be_read(
    visit: Visit, library: ArticleLibrary
) -> None:
    page = visit(f"/article/{_slugs(library, ArticleKind.FREE)[0]}", java_script_enabled=False)
    expect(hook(page, "article-body")).to_be_visible()
    page.goto(f"/article/{_slugs(library, ArticleKind.PREMIUM)[0]}")
    expect(hook(page, "article-teaser")).to_be_visible()
    expect(hook(page, "article-body")).to_have_count(0)
    expect(page.locator("noscript").first).to_be_attached()


@pytest.mark.parametrize(
    "path", ["/article/finns-inte", "/finns-inte", "/en/article/no-such", "/en/nothing", "/article/../../etc"]
)
def test_an_unknown_address_is_404_with_a_page(shop: ServedShop, path: str) -> None:
    answer = httpx.get(shop.url + path)
    assert answer.status_code == 404
    assert f'lang="{"en" if path.startswith("/en") else "sv"}"' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en",
        "/packages",
        "/en/packages",
        "/checkout",
        "/confirmation",
        "/login",
        "/register",
        "/account",
        "/terms",
    ],
)
def test_every_address_answers_as_written(shop: ServedShop, path: str) -> None:
    assert httpx.get(shop.url + path).status_code == 200


def test_an_unknown_address_shows_its_page_once_and_keeps_its_address(visit: Visit) -> None:
    for address in ("/finns-inte", "/en/no-such-page"):
        page = visit(address)
        expect(page.locator("html")).to_have_class(re.compile("light|dark"))
        expect(page.get_by_role("link", name=re.compile("^(Logga in|Sign in)$"))).to_be_visible()
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page).to_have_url(re.compile(f"{address}$"))


@pytest.mark.parametrize("path", ["/studio/no-such-room", "/en/no-such-page", "/no-such-page"])
def test_links_of_the_page_for_unknown_addresses_lead_on(visit: Visit, path: str) -> None:
    """Its scripts begin under another address than that in the bar."""
    page = visit(path)
    expect(page).to_have_url(re.compile(f"{path}$"))
    page.locator(".demo-banner__studio").click()
    expect(page).to_have_url(re.compile("/studio$"))
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(f"{path}$"))
    page.locator("main .button--primary").click()
    expect(hook(page, "article-card").first).to_be_visible()
