"""What a crawler is sent by the built shop: every teaser, and of no walled article a word of its body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.ui.languages import address, languages
from klarna_shop.web.pages import built_folder
from tests.house import newspaper
from tests.served import ServedShop
from tests.walled_text import fragments, leaked, walled

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    library = newspaper()
    return [article for language in languages() for article in library.front_page(language)]


@pytest.fixture(scope="module")
def crawler(shop: ServedShop) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shop.url, headers={"User-Agent": GOOGLEBOT}) as client:
        yield client


def _path(article: Article) -> str:
    return address(article.language, f"/article/{article.slug}")


def test_a_crawler_reads_the_whole_of_a_free_article_and_the_teaser_of_any_other(
    crawler: httpx.Client, articles: list[Article]
) -> None:
    for article in articles:
        answer = crawler.get(_path(article))
        assert answer.status_code == 200
        assert all(fragment in answer.text for fragment in fragments(article.teaser_blocks)), article.slug
        if article.kind is ArticleKind.FREE:
            assert leaked(article, answer.text) == walled(article), article.slug
        else:
            assert leaked(article, answer.text) == [], article.slug


def test_a_crawler_is_sent_what_everybody_is_sent(crawler: httpx.Client, articles: list[Article]) -> None:
    for article in articles:
        with_browser = crawler.get(_path(article), headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})
        assert crawler.get(_path(article)).text == with_browser.text


def test_every_built_article_carries_its_structured_data_once_and_its_preview_exists(
    crawler: httpx.Client, articles: list[Article]
) -> None:
    for article in articles:
        page = crawler.get(_path(article)).text
        [written] = DATA.findall(page)
        data = json.loads(written)
        assert data["headline"] == article.title
        assert data["isAccessibleForFree"] is (article.kind is ArticleKind.FREE)
        assert leaked(article, written) == []
        assert page.count('rel="canonical"') == 1
        assert urlsplit(data["mainEntityOfPage"]).path == _path(article)
        [image] = re.findall(r'<meta content="([^"]*)" property="og:image"', page)
        assert image == data["image"]
        for source in (image, data["publisher"]["logo"]["url"]):
            picture = crawler.get(urlsplit(source).path)
            assert picture.headers["content-type"] == "image/png"
            assert "immutable" in picture.headers["cache-control"]


def test_every_address_of_the_sitemap_answers_and_calls_itself_so(crawler: httpx.Client) -> None:
    listed = re.findall(r"<loc>([^<]+)</loc>", crawler.get("/sitemap.xml").text)
    assert len(listed) > 10
    for one in listed:
        answer = crawler.get(one)
        assert answer.status_code == 200, one
        [canonical] = re.findall(r'<link href="([^"]*)" rel="canonical"', answer.text)
        # A build for this machine serves any of its ports, so the port is the build's.
        assert urlsplit(canonical).path == urlsplit(one).path
        assert '"noindex"' not in answer.text, one


def test_feeds_and_sitemap_of_the_running_shop_hold_no_body(
    crawler: httpx.Client, articles: list[Article], shop: ServedShop
) -> None:
    for path in ("/feed.xml", "/en/feed.xml", "/sitemap.xml", "/robots.txt"):
        document = crawler.get(path).text
        assert shop.url in document
        assert [found for article in articles for found in leaked(article, document)] == [], path


def test_no_file_of_the_build_holds_what_stands_behind_a_wall(
    shop: ServedShop, articles: list[Article]
) -> None:
    files = [file for file in built_folder().rglob("*") if file.suffix in {".html", ".js", ".json", ".xml"}]
    everything = "\n".join(file.read_text(encoding="utf-8") for file in files)
    free = [article for article in articles if article.kind is ArticleKind.FREE]
    assert free
    for article in articles:
        expected = walled(article) if article in free else []
        assert leaked(article, everything) == expected, f"{article.slug}/{article.language}"


def test_phones_find_their_icon_where_they_look_for_it(crawler: httpx.Client) -> None:
    assert crawler.get("/apple-touch-icon.png").headers["content-type"] == "image/png"
    front = crawler.get("/en").text
    [manifest] = re.findall(r'<link href="([^"]*)" rel="manifest"', front)
    for icon in crawler.get(manifest).json()["icons"]:
        assert crawler.get(icon["src"]).headers["content-type"].startswith(icon["type"])
