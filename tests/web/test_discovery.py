"""Sitemap, feeds, robots file and manifests: complete, well-formed, and never a word from behind a wall."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.settings import PROJECT
from klarna_shop.shop.articles import Article, ArticleLibrary
from klarna_shop.shop.articles.text import read_text
from klarna_shop.shop.bitmaps import all_bitmaps
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.publication import Publication
from klarna_shop.ui.discovery import publications
from klarna_shop.ui.discovery.article_data import news_article
from klarna_shop.ui.languages import address, languages
from klarna_shop.ui.routes import pages
from klarna_shop.web.discovery import discovery_routes
from klarna_shop.web.discovery.atom import MOST_ENTRIES, feed
from klarna_shop.web.discovery.sitemap import sitemap
from tests.walled_text import fragments, leaked

BASE = "https://tidning.example"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "a": "http://www.w3.org/2005/Atom",
}


@pytest.fixture
def articles(house: House) -> ArticleLibrary:
    install_shop(house.shop)
    return house.shop.articles


@pytest.fixture
def client(articles: ArticleLibrary) -> httpx.AsyncClient:
    app = Starlette(routes=discovery_routes(BASE, pages(), publications(), articles))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)


def parse(document: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(document)  # noqa: S314 - written a moment ago by the code under test


def all_articles(articles: ArticleLibrary) -> list[Article]:
    return [article for language in languages() for article in articles.front_page(language)]


def page_of(article: Article) -> str:
    return BASE + address(article.language, f"/article/{article.slug}")


async def test_the_sitemap_lists_what_search_engines_may_list_and_nothing_else(
    client: httpx.AsyncClient, articles: ArticleLibrary
) -> None:
    answer = await client.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    root = parse(answer.content)
    listed = [entry.findtext("s:loc", namespaces=NAMES) for entry in root]
    expected = {page_of(article) for article in all_articles(articles)}
    expected |= {BASE + address(one, path) for one in languages() for path in ("/", "/terms", "/privacy")}
    assert len(listed) == len(set(listed))
    assert set(listed) == expected


async def test_each_article_in_the_sitemap_names_its_languages_and_when_it_changed(
    client: httpx.AsyncClient, articles: ArticleLibrary
) -> None:
    root = parse((await client.get("/sitemap.xml")).content)
    entries = {entry.findtext("s:loc", namespaces=NAMES): entry for entry in root}
    for article in all_articles(articles):
        entry = entries[page_of(article)]
        modified = datetime.fromisoformat(entry.findtext("s:lastmod", namespaces=NAMES) or "")
        assert modified == (article.updated or article.published)
        assert modified.tzinfo is not None
        alternates = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", NAMES)}
        assert alternates == {
            "sv": f"{BASE}/article/{article.slug}",
            "en": f"{BASE}/en/article/{article.slug}",
            "x-default": f"{BASE}/article/{article.slug}",
        }
    newest = max(article.updated or article.published for article in articles.front_page("sv"))
    front = entries[f"{BASE}/"].findtext("s:lastmod", namespaces=NAMES) or ""
    assert datetime.fromisoformat(front) == newest


def test_an_article_of_one_language_has_no_alternates(articles: ArticleLibrary) -> None:
    [page] = [one for one in pages() if one.language == "en" and one.path == "/terms"]
    [entry] = parse(sitemap(BASE, [replace(page, languages=("en",))]))
    assert entry.findtext("s:loc", namespaces=NAMES) == f"{BASE}/en/terms"
    assert entry.findall("x:link", NAMES) == []


async def test_no_sitemap_says_a_word_of_what_stands_behind_a_wall(
    client: httpx.AsyncClient, articles: ArticleLibrary
) -> None:
    document = (await client.get("/sitemap.xml")).text
    for article in all_articles(articles):
        assert leaked(article, document) == []


@pytest.mark.parametrize(("language", "path"), [("sv", "/feed.xml"), ("en", "/en/feed.xml")])
async def test_a_feed_holds_each_article_of_its_language_the_newest_first(
    client: httpx.AsyncClient, articles: ArticleLibrary, language: str, path: str
) -> None:
    answer = await client.get(path)
    assert answer.headers["content-type"] == "application/atom+xml"
    root = parse(answer.content)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert root.findtext("a:id", namespaces=NAMES) == BASE + path
    entries = root.findall("a:entry", NAMES)
    newest = sorted(articles.front_page(language), key=lambda one: one.published, reverse=True)
    assert [entry.findtext("a:id", namespaces=NAMES) for entry in entries] == [page_of(one) for one in newest]
    for entry, article in zip(entries, newest, strict=True):
        assert entry.findtext("a:title", namespaces=NAMES) == article.title
        assert entry.findtext("a:summary", namespaces=NAMES) == article.standfirst
        assert entry.findtext("a:author/a:name", namespaces=NAMES) == article.byline
        published = datetime.fromisoformat(entry.findtext("a:published", namespaces=NAMES) or "")
        assert published == article.published
        [link] = entry.findall("a:link", NAMES)
        assert link.get("href") == page_of(article)


@pytest.mark.parametrize(("language", "path"), [("sv", "/feed.xml"), ("en", "/en/feed.xml")])
async def test_a_feed_holds_every_teaser_and_no_body_not_even_a_free_one(
    client: httpx.AsyncClient, articles: ArticleLibrary, language: str, path: str
) -> None:
    document = (await client.get(path)).text
    for article in articles.front_page(language):
        assert all(fragment in document for fragment in fragments(article.teaser_blocks)), article.slug
        assert leaked(article, document) == []


def test_a_feed_survives_whatever_stands_in_an_article(articles: ArticleLibrary) -> None:
    title = "]]> </title> <!-- \x0b & \u2028 \ufffe"
    article = replace(articles.front_page("sv")[0], title=title, byline="<b>A</b>")
    root = parse(feed(BASE, Publication("sv", "A & B", "<i>"), [article]))
    assert root.findtext("a:title", namespaces=NAMES) == "A & B"
    assert root.findtext("a:entry/a:title", namespaces=NAMES) == "]]> </title> <!--  & \u2028 "
    assert root.findtext("a:entry/a:author/a:name", namespaces=NAMES) == "<b>A</b>"


def test_a_link_in_a_feed_is_a_whole_address(articles: ArticleLibrary) -> None:
    one = articles.front_page("sv")[0]
    text = read_text('[a](#x) [b](/terms) [c](https://other.example/) and `href="/x"`.\n\n## X')
    article = replace(one, teaser_blocks=text.teaser, rest=text.rest)
    root = parse(feed(BASE, Publication("sv", "Tidning", ""), [article]))
    content = root.findtext("a:entry/a:content", namespaces=NAMES) or ""
    assert re.findall(r' href="([^"]+)"', content) == [
        f"{page_of(one)}#x",
        f"{BASE}/terms",
        "https://other.example/",
    ]


@pytest.mark.parametrize("year", [1000, 1850, 1899, 9998])
def test_times_long_ago_and_far_away_are_written_as_the_standard_has_them(
    articles: ArticleLibrary, year: int
) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    article = replace(articles.front_page("sv")[0], published=moment, updated=moment)
    root = parse(feed(BASE, Publication("sv", "Tidning", ""), [article]))
    listed = replace(next(one for one in pages() if one.indexed), changed=moment)
    times = [node.text for node in root.iter() if node.tag.endswith(("published", "updated"))]
    times += [node.text for node in parse(sitemap(BASE, [listed])).iter() if node.tag.endswith("lastmod")]
    times += [news_article(article)[name] for name in ("datePublished", "dateModified")]
    assert len(times) == 6
    for time in times:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", time or ""), time
        assert datetime.fromisoformat(time or "") == moment


def test_a_feed_is_bounded_and_may_be_empty(articles: ArticleLibrary) -> None:
    one = articles.front_page("sv")[0]
    many = [replace(one, slug=f"a-{number}") for number in range(MOST_ENTRIES + 5)]
    publication = Publication("sv", "Tidning", "")
    root = parse(feed(BASE, publication, many))
    assert len(root.findall("a:entry", NAMES)) == MOST_ENTRIES
    empty = parse(feed(BASE, publication, []))
    assert datetime.fromisoformat(empty.findtext("a:updated", namespaces=NAMES) or "").tzinfo is not None


async def test_the_robots_file_closes_what_is_nobodys_business(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]
    personal = ("/account", "/checkout?purchase=1", "/confirmation?purchase=1", "/receipt", "/login?next=/")
    for path in [*personal, *(f"/en{path}" for path in personal), "/studio", "/studio/funnel", "/auth/start"]:
        assert not rules.can_fetch("Googlebot", BASE + path), path


async def test_the_robots_file_leaves_open_what_the_sitemap_lists_and_what_pages_are_made_of(
    client: httpx.AsyncClient, articles: ArticleLibrary
) -> None:
    rules = RobotFileParser()
    rules.parse((await client.get("/robots.txt")).text.splitlines())
    listed = parse((await client.get("/sitemap.xml")).content)
    open_to_all = [entry.findtext("s:loc", namespaces=NAMES) or "" for entry in listed]
    open_to_all += [BASE + bitmap.address for bitmap in all_bitmaps(articles)]
    open_to_all += [f"{BASE}{path}" for path in ("/assets/root.js", "/packages", "/en/packages", "/feed.xml")]
    for one in open_to_all:
        assert rules.can_fetch("Googlebot", one), one


@pytest.mark.parametrize(("language", "start"), [("sv", "/"), ("en", "/en")])
async def test_a_manifest_speaks_its_language_and_its_icons_exist(
    client: httpx.AsyncClient, articles: ArticleLibrary, language: str, start: str
) -> None:
    answer = await client.get(address(language, "/manifest.webmanifest"))
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert (manifest["lang"], manifest["start_url"]) == (language, start)
    drawn = {bitmap.address: f"{bitmap.width}x{bitmap.height}" for bitmap in all_bitmaps(articles)}
    for icon in manifest["icons"]:
        source = urlsplit(icon["src"]).path
        if icon["type"] == "image/png":
            assert drawn[source] == icon["sizes"]
        else:
            assert (PROJECT / "assets" / source.lstrip("/")).is_file()


async def test_who_has_the_feed_already_is_not_sent_it_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/feed.xml")
    again = await client.get("/feed.xml", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"
