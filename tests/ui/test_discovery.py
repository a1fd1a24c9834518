"""What pages say to search engines and social networks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.assembly import House
from klarna_shop.shop.articles import Article, ArticleKind, ArticleLibrary
from klarna_shop.shop.bitmaps import SHARE_SIZE, all_bitmaps, share_image
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.offers import OfferKind
from klarna_shop.ui.discovery import article_data, image_address, links, meta_tags, product_data
from klarna_shop.ui.discovery.article_data import news_article
from klarna_shop.ui.discovery.json_ld import json_ld
from klarna_shop.ui.languages import address, languages
from klarna_shop.ui.page import Page
from klarna_shop.ui.routes import pages
from tests.walled_text import leaked

BASE = "http://localhost:8000"


@pytest.fixture
def articles(house: House) -> ArticleLibrary:
    install_shop(house.shop)
    return house.shop.articles


def every(articles: ArticleLibrary) -> list[Article]:
    return [article for language in languages() for article in articles.front_page(language)]


def find(path: str, language: str = "sv") -> Page:
    [page] = [one for one in pages() if (one.language, one.path) == (language, path)]
    return page


def links_of(page: Page) -> list[dict[str, str]]:
    """The attributes of the page's links, as plain words."""
    props = ("rel", "href", "href_lang", "type")
    return [
        {name: str(getattr(link, name)._var_value) for name in props if getattr(link, name, None) is not None}
        for link in links(page)
    ]


def meta_of(page: Page) -> dict[str, str]:
    tags = meta_tags(page)
    named = {tag.get("property") or tag["name"]: tag["content"] for tag in tags}
    assert len(named) == len(tags), "a tag stands twice"
    return named


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_structured_data_can_neither_end_its_element_nor_lose_a_character(data: Any) -> None:
    written = json_ld(data)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == data


def test_a_headline_cannot_leave_its_script_element(articles: ArticleLibrary) -> None:
    attack = "</script><script>alert(1)</script><!--"
    hostile = replace(every(articles)[0], title=attack, standfirst=attack, byline=attack, section=attack)
    rendered = str(article_data(hostile))
    assert "alert(1)" in rendered
    assert "</script>" not in rendered.lower()
    assert "<!--" not in rendered


def test_every_article_is_a_news_article_that_says_whether_it_is_free(articles: ArticleLibrary) -> None:
    kinds = set()
    for article in every(articles):
        data = news_article(article)
        kinds.add(article.kind)
        assert data["@type"] == "NewsArticle"
        assert data["isAccessibleForFree"] is (article.kind is ArticleKind.FREE)
        assert "hasPart" not in data
        assert "articleBody" not in data
        assert data["headline"] == article.title
        assert data["inLanguage"] == article.language
        assert data["mainEntityOfPage"] == f"{BASE}{address(article.language, f'/article/{article.slug}')}"
        assert datetime.fromisoformat(data["datePublished"]) == article.published
        assert datetime.fromisoformat(data["dateModified"]) == (article.updated or article.published)
        assert data["datePublished"][-6:] in {"+01:00", "+02:00"}
        assert data["publisher"]["name"] == "Norrlunda Tidning"
        assert data["image"].startswith(BASE)
        assert data["publisher"]["logo"]["url"].startswith(BASE)
        assert leaked(article, json_ld(data)) == []
    assert kinds == set(ArticleKind)


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Maja Hedlund", [("Person", "Maja Hedlund")]),
        ("Idun Fors och Petter Lindholm", [("Person", "Idun Fors"), ("Person", "Petter Lindholm")]),
        (
            "Carl von Linné, Ann Och och TT",
            [("Person", "Carl von Linné"), ("Person", "Ann Och"), ("Organization", "TT")],
        ),
        ("Ledarredaktionen", [("Organization", "Ledarredaktionen")]),
        ("Norrlunda Tidning", [("Organization", "Norrlunda Tidning")]),
    ],
)
def test_authors_are_named_one_by_one(
    articles: ArticleLibrary, byline: str, authors: list[tuple[str, str]]
) -> None:
    article = replace(articles.front_page("sv")[0], byline=byline)
    assert [(one["@type"], one["name"]) for one in news_article(article)["author"]] == authors


def test_every_page_with_an_address_names_it_and_previews_itself(articles: ArticleLibrary) -> None:
    drawn = {BASE + bitmap.address for bitmap in all_bitmaps(articles)}
    addressed = [page for page in pages() if page.addressed]
    assert len(addressed) > 2 * len(articles.slugs())
    for page in addressed:
        own = BASE + address(page.language, page.path)
        assert [link["href"] for link in links_of(page) if link["rel"] == "canonical"] == [own]
        meta = meta_of(page)
        assert meta["og:url"] == own
        assert meta["og:title"] == page.title
        assert meta["og:description"]
        assert meta["og:locale"] == {"sv": "sv_SE", "en": "en_GB"}[page.language]
        assert meta["twitter:card"] == "summary_large_image"
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
        assert image_address(page) in drawn
        assert image_address(page).endswith(".png")
        assert (meta["robots"] == "noindex") is not page.indexed


def test_every_address_is_built_on_the_public_one(house: House) -> None:
    public = "https://tidning.example"
    settings = house.shop.settings.model_copy(update={"app_url": public})
    install_shop(replace(house.shop, settings=settings))
    article = house.shop.articles.front_page("en")[0]
    page = find(f"/article/{article.slug}", "en")
    absolute = [link["href"] for link in links_of(page) if link["href"].startswith("http")]
    assert len(absolute) == 4
    data = news_article(article)
    told = [meta_of(page)["og:url"], image_address(page), data["mainEntityOfPage"], data["image"]]
    told += [data["publisher"]["url"], data["publisher"]["logo"]["url"]]
    assert all(one.startswith(f"{public}/") for one in [*absolute, *told])


def test_listed_pages_name_their_other_languages_and_the_feed_and_others_do_not(
    articles: ArticleLibrary,
) -> None:
    for page in pages():
        alternates = [link for link in links_of(page) if link["rel"] == "alternate"]
        named = {link["href_lang"]: link["href"] for link in alternates if "href_lang" in link}
        feeds = [link["href"] for link in alternates if link.get("type") == "application/atom+xml"]
        if page.indexed:
            assert named == {
                "sv": BASE + page.path,
                "en": BASE + address("en", page.path),
                "x-default": BASE + page.path,
            }
            assert feeds == [address(page.language, "/feed.xml")]
        else:
            assert alternates == []


def test_what_exists_in_one_language_only_names_no_other(articles: ArticleLibrary) -> None:
    page = replace(find("/terms", "en"), languages=("en",))
    assert not [link for link in links_of(page) if "href_lang" in link]
    other = replace(find("/terms", "en"), languages=("en", "de"))
    [fallback] = [link["href"] for link in links_of(other) if link.get("href_lang") == "x-default"]
    assert fallback == f"{BASE}/en/terms"


def test_the_page_for_unknown_addresses_claims_none(articles: ArticleLibrary) -> None:
    lost = [page for page in pages() if not page.addressed]
    assert {page.path for page in lost} == {"/not-found"}
    for page in lost:
        assert not [link for link in links_of(page) if link["rel"] == "canonical"]
        assert meta_of(page) == {"robots": "noindex"}


def test_an_article_is_previewed_with_its_own_picture_and_any_other_page_with_the_newspapers(
    articles: ArticleLibrary,
) -> None:
    default = BASE + share_image(articles, None).address
    article = articles.front_page("sv")[0]
    page = find(f"/article/{article.slug}")
    assert f"/{article.slug}-" in image_address(page)
    meta = meta_of(page)
    assert meta["og:type"] == "article"
    assert article.illustration is not None
    assert meta["og:image:alt"] == article.illustration.alt
    assert datetime.fromisoformat(meta["article:published_time"]) == article.published
    assert image_address(replace(page, article=replace(article, illustration=None))) == default
    for path in ("/", "/terms", "/packages"):
        assert image_address(find(path)) == default


def test_a_picture_that_changes_gets_another_address(articles: ArticleLibrary) -> None:
    bitmaps = list(all_bitmaps(articles))
    assert len({bitmap.address for bitmap in bitmaps}) == len(bitmaps) == len(articles.slugs()) + 3
    sizes = {(bitmap.width, bitmap.height) for bitmap in bitmaps if "touch" not in bitmap.address}
    assert SHARE_SIZE in sizes


async def test_every_offer_is_a_product_with_each_price_that_payway_says(
    house: House, articles: ArticleLibrary
) -> None:
    offers = await house.shop.offers.offers()
    assert {offer.kind for offer in offers} == set(OfferKind)
    graph = json.loads(product_data(offers, "sv"))["@graph"]
    assert [product["name"] for product in graph] == [offer.name for offer in offers]
    for product, offer in zip(graph, offers, strict=True):
        assert product["@type"] == "Product"
        assert product["offers"]["url"] == f"{BASE}/packages?code={offer.code}"
        prices = product["offers"]["priceSpecification"]
        ore = [offer.price, *([offer.after.price] if offer.after else [])]
        assert [round(float(price["price"]) * 100) for price in prices] == ore
        assert all(price["valueAddedTaxIncluded"] and price["priceCurrency"] == "SEK" for price in prices)
        assert prices[0]["referenceQuantity"]["value"] == offer.period.length
        assert ("billingDuration" in prices[0]) is not offer.recurring
        if offer.after is not None:
            assert prices[1]["billingStart"] == offer.period.length


async def test_an_offer_is_linked_in_the_language_of_the_page(house: House, articles: ArticleLibrary) -> None:
    graph = json.loads(product_data(await house.shop.offers.offers(), "en"))["@graph"]
    assert all(one["offers"]["url"].startswith(f"{BASE}/en/packages?code=") for one in graph)
    assert product_data([], "en") == ""
